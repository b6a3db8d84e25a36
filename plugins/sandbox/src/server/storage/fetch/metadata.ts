import { failure } from '../../errors.js';
import { hostOf, portOf } from './hosts.js';
import { fetchUrl, Unreachable } from './request.js';

export interface UrlMetadata {
  filename?: string;
  size?: number;
  mimetype?: string;
}

function nameOf(disposition: string | undefined, url: string): string | undefined {
  const told =
    /filename="([^"]*)"/.exec(disposition ?? '') ?? /filename=([^;]*)/.exec(disposition ?? '');
  return told?.[1] ?? /^[^?]+\/([^?/]*)(?:\?.*)?$/.exec(url)?.[1];
}

/** What a server says about a file, without the file. */
export async function queryUrl(
  url: string,
  options: { verify: boolean; allowed: readonly string[]; signal: AbortSignal },
): Promise<UrlMetadata> {
  let at = url;
  const answer = await fetchUrl(url, {
    ...options,
    method: 'HEAD',
    onHop: (hop) => (at = `${hostOf(hop)}:${portOf(hop)}`),
  }).catch((error: unknown) => {
    if (!(error instanceof Unreachable)) throw error;
    const why = error.reason === undefined ? error.message : `${error.message}; ${error.reason}`;
    throw failure(`invalid server response: '500 Can't connect to ${at} (${why})'`);
  });
  answer.destroy();
  if (answer.statusCode !== 200)
    throw failure(`invalid server response: '${answer.statusCode} ${answer.statusMessage ?? ''}'`);
  const filename = nameOf(answer.headers['content-disposition'], url);
  const size = Number(answer.headers['content-length'] ?? 0);
  const mimetype = answer.headers['content-type']?.replace(/;.*$/s, '');
  return {
    ...(filename === undefined || filename === '' ? {} : { filename }),
    ...(size > 0 ? { size } : {}),
    ...(mimetype === undefined || mimetype === '' ? {} : { mimetype }),
  };
}
