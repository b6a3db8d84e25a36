/** Only as much of DER as a certificate's signature and a request's key take. */
interface Element {
  content: Buffer;
  end: number;
}

function element(der: Buffer, at: number): Element {
  const short = der[at + 1] ?? 0;
  const digits = short < 0x80 ? 0 : short & 0x7f;
  if (digits > 4) throw new Error('a length of more than four bytes');
  const length = digits === 0 ? short : der.readUIntBE(at + 2, digits);
  const begin = at + 2 + digits;
  return { content: der.subarray(begin, begin + length), end: begin + length };
}

function oidText(content: Buffer): string {
  const numbers: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

const digests: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'md2',
  '1.2.840.113549.1.1.4': 'md5',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': 'ed25519',
};

/** Digest of a certificate's signature; its object identifier when it is none of the usual. */
export function signatureDigest(certificate: Buffer): string {
  const outer = element(certificate, 0).content;
  const algorithm = element(outer, element(outer, 0).end).content;
  const oid = oidText(element(algorithm, 0).content);
  return digests[oid] ?? oid;
}

/**
 * The public key in a certificate request (PKCS#10), as DER of its SubjectPublicKeyInfo.
 * @throws when the bytes are none
 */
export function keyOfRequest(request: Buffer): Buffer {
  const info = element(element(request, 0).content, 0).content;
  // Version, subject, key.
  const subject = element(info, element(info, 0).end);
  const begin = subject.end;
  const { content, end } = element(info, begin);
  if (info[begin] !== 0x30 || content.length === 0 || end > info.length)
    throw new Error('no key where it should be');
  return info.subarray(begin, end);
}
