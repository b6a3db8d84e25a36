import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { CatalogEntry } from './types.js';

/** Id or distribution of the catalogue, or `*` → file with the keys of its publisher. */
export type Keyrings = Readonly<Record<string, string>>;

export interface SignedText {
  text: string;
  /** Left out for a text that is signed itself. */
  signature?: Buffer;
  url: string;
}

const gpgvMillis = 30_000;

/** The keyring for an entry: that of its id, of its distribution, or of all. */
export function keyringFor(entry: CatalogEntry, keyrings: Keyrings = {}): string | undefined {
  return keyrings[entry.id] ?? keyrings[entry.distribution] ?? keyrings['*'];
}

/**
 * Has gpgv, which knows no keys but those of the keyring, check what a publisher signed.
 * @returns what is signed, and nothing that stands around it; and the fingerprint of the key
 * @throws SurroundingsError `PMX_SIGNATURE_INVALID`, `PMX_SIGNATURE_UNCHECKABLE`
 */
export async function verifySigned(
  { text, signature, url }: SignedText,
  keyring: string,
): Promise<{ text: string; fingerprint: string }> {
  const ring = resolve(keyring);
  await access(ring).catch((error: unknown) => {
    throw uncheckable(url, `the keyring ${keyring} cannot be read`, error);
  });
  const block = signature === undefined ? clearsigned(text, url) : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'pmx-gpgv-'));
  try {
    const [data, detached] = [join(folder, 'data'), join(folder, 'signature')];
    await writeFile(data, block?.whole ?? text);
    if (signature) await writeFile(detached, signature);
    const { code, status, said } = await gpgv(
      ['--homedir', folder, '--status-fd', '1', '--keyring', ring],
      signature ? [detached, data] : [data],
      url,
    );
    const fingerprint = /^\[GNUPG:\] VALIDSIG ([0-9A-F]{40,64}) /m.exec(status)?.[1];
    const good = /^\[GNUPG:\] GOODSIG /m.test(status) && !/^\[GNUPG:\] BADSIG /m.test(status);
    if (code !== 0 || !good || fingerprint === undefined)
      throw invalidSignature(url, keyring, said);
    return { text: block?.signed ?? text, fingerprint };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one signed part of a text; lines around it are nobody's word. */
function clearsigned(text: string, url: string): { whole: string; signed: string } {
  const blocks = [
    ...text.matchAll(
      /^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([\s\S]*?)^-----BEGIN PGP SIGNATURE-----[\s\S]*?^-----END PGP SIGNATURE-----/gm,
    ),
  ];
  const [block] = blocks;
  if (blocks.length !== 1 || !block)
    throw invalidSignature(url, undefined, `it has ${blocks.length} signed parts, not one`);
  return { whole: `${block[0]}\n`, signed: block[1]!.replaceAll(/^- /gm, '') };
}

function gpgv(
  options: readonly string[],
  files: readonly string[],
  url: string,
): Promise<{ code: number | null; status: string; said: string }> {
  return new Promise((done, fail) => {
    const child = spawn('gpgv', [...options, ...files], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: gpgvMillis,
      env: { ...process.env, LC_ALL: 'C' },
    });
    let [status, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (status += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT'
          ? uncheckable(url, "the program 'gpgv' is not there", error)
          : uncheckable(url, `gpgv cannot be run: ${error.message}`, error),
      ),
    );
    child.once('close', (code) => done({ code, status, said }));
  });
}

function invalidSignature(url: string, keyring: string | undefined, said: string): Error {
  const last = said
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/^gpgv: /, '');
  return new SurroundingsError({
    code: 'PMX_SIGNATURE_INVALID',
    message: `What ${url} says is not signed by a key of ${keyring ?? 'its publisher'}${last ? `: ${last}` : ''}. Nothing was downloaded.`,
    hints: [
      'A mirror in the middle of an update looks like this: try again later, or another mirror.',
      'If it stays so, do not use the image: somebody may have changed it, or the publisher has a new key.',
    ],
    data: { url, ...(keyring !== undefined && { keyring }) },
  });
}

function uncheckable(url: string, why: string, cause: unknown): Error {
  return new SurroundingsError({
    code: 'PMX_SIGNATURE_UNCHECKABLE',
    message: `The signature of ${url} is to be checked, and ${why}.`,
    hints: [
      'Debian and Ubuntu: apt install gpgv',
      'The keyring is the one that the setting keyrings names: pmx config get keyrings',
    ],
    data: { url },
    cause,
  });
}
