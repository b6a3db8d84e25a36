import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

import type { ControllerReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  type CertificateFacts,
  certificateFacts,
  isForName,
  keyOfRequest,
  nameOf,
} from '../../../bmc/index.js';

/** What the new certificate is read from; none of it has been sent anywhere yet. */
export interface MaterialFiles {
  cert?: string | undefined;
  key?: string | undefined;
  /** The request that the controller made: its key never leaves it. */
  csr?: string | undefined;
  pfx?: string | undefined;
  passphrase(): Promise<string>;
}

export interface Material {
  facts: CertificateFacts;
  /** Of the certificate alone: its slot holds one. */
  pem: string;
  /** More certificates were in the file. */
  more: boolean;
  key?: string;
  pkcs12?: { base64: string; passphrase: string };
}

function unfit(what: string, rule: string, ...hints: string[]): RequestError {
  return new RequestError({
    code: 'PMX_BMC_CERT_UNFIT',
    message: `${what} cannot be used: ${rule}. Nothing was changed.`,
    hints,
  });
}

async function bytesOf(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw unfit(path, `it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  });
}

const pemOf = (label: string): RegExp =>
  new RegExp(`-----BEGIN ${label}-----[\\s\\S]+?-----END ${label}-----`, 'g');

/** @throws RequestError `PMX_BMC_CERT_UNFIT` */
export async function readMaterial(files: MaterialFiles): Promise<Material> {
  const { cert, key, pfx } = files;
  if (pfx !== undefined) return readPkcs12(pfx, await files.passphrase());
  const path = cert!;
  const found = (await bytesOf(path)).toString('latin1').match(pemOf('CERTIFICATE')) ?? [];
  const [first] = found;
  if (first === undefined)
    throw unfit(path, 'it holds no certificate in PEM', 'openssl x509 -inform der -in CERT.der');
  const certificate = certificateIn(path, first);
  return {
    facts: certificateFacts(certificate.raw, Date.now()),
    pem: certificate.toString(),
    more: found.length > 1,
    ...(key !== undefined && { key: await keyFor(certificate, key) }),
  };
}

function certificateIn(path: string, pem: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw unfit(path, `it holds no certificate that can be read (${(error as Error).message})`);
  }
}

async function keyFor(certificate: X509Certificate, path: string): Promise<string> {
  const pem = (await bytesOf(path)).toString('latin1');
  if (/ENCRYPTED/.test(pem))
    throw unfit(
      path,
      'the key is encrypted, and a controller takes it only without a passphrase',
      `openssl pkcs12 -export -in CERT -inkey ${path} -out cert.pfx, then --pfx cert.pfx`,
    );
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw unfit(path, 'it holds no private key in PEM');
  }
  if (!certificate.checkPrivateKey(key))
    throw unfit(path, 'the key is not that of the certificate', 'Were the files mixed up?');
  return pem;
}

async function readPkcs12(path: string, passphrase: string): Promise<Material> {
  const pfx = await bytesOf(path);
  let der: Buffer | undefined;
  try {
    // Node opens such files for its own servers only; the context tells what it found.
    const { context } = createSecureContext({ pfx, passphrase, ciphers: 'DEFAULT@SECLEVEL=0' });
    der = (context as { getCertificate(): Buffer | undefined }).getCertificate();
  } catch (error) {
    const wrong = /mac verify failure/i.test((error as Error).message);
    throw unfit(path, wrong ? 'the passphrase does not open it' : 'it is no PKCS#12 file');
  }
  if (!der) throw unfit(path, 'it holds no certificate');
  const certificate = certificateIn(path, der);
  return {
    facts: certificateFacts(certificate.raw, Date.now()),
    pem: certificate.toString(),
    more: false,
    pkcs12: { base64: pfx.toString('base64'), passphrase },
  };
}

const sha256 = (der: Buffer): string => createHash('sha256').update(der).digest('hex');

/** @throws RequestError `PMX_BMC_CERT_UNFIT` */
async function keyOfCsr(path: string): Promise<string> {
  const [pem] =
    (await bytesOf(path)).toString('latin1').match(pemOf('(?:NEW )?CERTIFICATE REQUEST')) ?? [];
  try {
    const spki = keyOfRequest(
      Buffer.from((pem ?? '').replaceAll(/-----[^-]+-----/g, ''), 'base64'),
    );
    return sha256(
      createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({
        format: 'der',
        type: 'spki',
      }),
    );
  } catch {
    throw unfit(path, 'it holds no certificate request in PEM');
  }
}

/**
 * What the controller would find out too late, or never say: key, dates, strength, name.
 * @returns what is worth knowing and no reason to stop
 * @throws RequestError `PMX_BMC_CERT_UNFIT`
 */
export async function refuseUnfit(
  material: Material,
  files: MaterialFiles,
  controller: ControllerReader,
): Promise<string[]> {
  const { facts } = material;
  const what = files.pfx ?? files.cert!;
  const ahead = (controller.skewSeconds ?? 0) * 1000;
  for (const [now, whose] of [
    [Date.now(), 'this machine'],
    [Date.now() + ahead, nameOf(controller)],
  ] as const) {
    if (Date.parse(facts.notAfter) < now)
      throw unfit(what, `by the clock of ${whose} it ended on ${facts.notAfter.slice(0, 10)}`);
    if (Date.parse(facts.notBefore) > now)
      throw unfit(
        what,
        `by the clock of ${whose} it begins on ${facts.notBefore} only`,
        `pmx idrac time show ${nameOf(controller)}`,
      );
  }
  if (/^(?:md[25]|sha1)$/.test(facts.sigAlg))
    throw unfit(what, `it is signed with ${facts.sigAlg}, which no current client takes`);
  if (facts.keyType.startsWith('rsa') && (facts.keyBits ?? 0) < 2048)
    throw unfit(what, `its key has ${facts.keyBits} bits, and it takes 2048 at least`);
  await refuseOtherKey(material, files, controller);
  const { host } = controller;
  return [
    ...(isIP(host) === 0 && !isForName(facts, host)
      ? [`The new certificate is not for ${host}: clients that go by that name will refuse it.`]
      : []),
    ...(material.more
      ? ['Only the first certificate of the file is installed: the controller holds one.']
      : []),
  ];
}

async function refuseOtherKey(
  { facts, key, pkcs12 }: Material,
  { csr, cert }: MaterialFiles,
  controller: ControllerReader,
): Promise<void> {
  if (key !== undefined || pkcs12 !== undefined) return;
  if (csr !== undefined) {
    if ((await keyOfCsr(csr)) === facts.keySha256) return;
    throw unfit(cert!, `it was not issued for the request in ${csr}: the keys differ`);
  }
  const served = new X509Certificate(controller.pem);
  if (certificateFacts(served.raw, Date.now()).keySha256 === facts.keySha256) return;
  throw unfit(
    cert!,
    `its key is not the one that ${nameOf(controller)} uses now, so nobody can tell whether it has it`,
    'Made from a request of the controller? Say which: --csr request.csr',
    'Made with a key of your own? Give it along: --key FILE, or --pfx FILE',
  );
}
