import { randomBytes } from 'node:crypto';

import type { UploadRequest } from './types.js';

export interface Multipart {
  contentType: string;
  head: Buffer;
  tail: Buffer;
  /** Bytes of head, file and tail together. */
  length: number;
}

/**
 * The frame around an upload. PVE reads it in one pass: the fields must come before the file, and
 * the file's field must be called `filename` (else 500 "wrong field name").
 */
export function multipartFor(request: UploadRequest): Multipart {
  const boundary = `----pmx${randomBytes(16).toString('hex')}`;
  const { content, sha256, filename, length } = request;
  const checksum =
    request.checksum ?? (sha256 === undefined ? undefined : { algorithm: 'sha256', value: sha256 });
  const fields = {
    content,
    ...(checksum && { checksum: checksum.value, 'checksum-algorithm': checksum.algorithm }),
  };
  const head = Buffer.from(
    [
      ...Object.entries(fields).map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      ),
      `--${boundary}\r\nContent-Disposition: form-data; name="filename"; filename="${quote(filename)}"\r\n`,
      'Content-Type: application/octet-stream\r\n\r\n',
    ].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head,
    tail,
    length: head.length + length + tail.length,
  };
}

/** As browsers do it: nothing in the name can end the header line. */
function quote(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
