import { basename } from 'node:path/posix';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import { requireArch } from './catalog.js';
import { findChecksum } from './checksums.js';
import { getBytes, getText } from './fetch/web.js';
import { type Mirrors, mirrored } from './mirrors.js';
import { fill, type Newest, newestIn } from './newest.js';
import { keyringFor, type Keyrings, verifySigned } from './signature.js';
import type { Arch, Build, CatalogEntry } from './types.js';

export interface ResolveOptions {
  arch: Arch;
  mirrors?: Mirrors | undefined;
  /** Signatures are checked where there is a keyring for the publisher. */
  keyrings?: Keyrings | undefined;
  signal: AbortSignal;
}

/**
 * The newest build of an entry and its checksum, as its publisher says now.
 * @throws RequestError `PMX_ARCH_UNAVAILABLE`
 * @throws SurroundingsError `PMX_BUILD_NOT_FOUND`, `PMX_CHECKSUM_NOT_FOUND`, `PMX_SIGNATURE_…`, `PMX_DOWNLOAD_…`
 */
export async function resolveBuild(entry: CatalogEntry, options: ResolveOptions): Promise<Build> {
  const { mirrors, signal } = options;
  const arch = requireArch(entry, options.arch);
  const texts = new Map<string, Promise<string>>();
  const read = (url: string): Promise<string> => {
    const at = mirrored(url, mirrors);
    const text = texts.get(at) ?? getText(at, signal);
    texts.set(at, text);
    return text;
  };
  let newest: Newest | undefined;
  if (entry.newest) {
    const listing = fill(entry.newest.url, { arch });
    newest = newestIn(await read(listing), entry.newest, arch);
    if (newest === undefined) throw noBuild(entry, mirrored(listing, mirrors));
  }
  const values = { arch, ...newest };
  const image = fill(entry.image, values);
  const filename = basename(new URL(image).pathname);
  const { checksum, signature } = await checksumOf(entry, values, image, read, options);
  return {
    entry,
    arch: options.arch,
    url: mirrored(image, mirrors),
    filename,
    // Where the listing gives a whole URL, its name has the build.
    build: entry.image === '{build}' ? filename : newest?.build,
    checksum,
    signature,
  };
}

async function checksumOf(
  entry: CatalogEntry,
  values: Readonly<Record<string, string>>,
  image: string,
  read: (url: string) => Promise<string>,
  options: ResolveOptions,
): Promise<Pick<Build, 'checksum' | 'signature'>> {
  const rule = entry.checksum;
  if (!rule) return { checksum: undefined, signature: 'none' };
  const { algorithm } = rule;
  if ('value' in rule) return { checksum: { algorithm, value: rule.value }, signature: 'none' };
  const url = fill(rule.url, values);
  const filled =
    rule.format === 'json' ? { ...rule, json: rule.json.map((key) => fill(key, values)) } : rule;
  const said = await read(url);
  const { text, signature } = await signedText(entry, values, said, url, options);
  const filename = basename(new URL(image).pathname);
  const value = findChecksum(text, filled, filename, { alone: url.startsWith(`${image}.`) });
  if (value !== undefined) return { checksum: { algorithm, value }, signature };
  throw new SurroundingsError({
    code: 'PMX_CHECKSUM_NOT_FOUND',
    message: `The publisher of ${entry.id} names no ${algorithm} checksum of ${filename} in ${url}.`,
    hints: [
      'A new build may be on its way there: try again later.',
      `See what the catalogue expects: pmx catalog show ${entry.id}`,
    ],
    data: { url, filename },
  });
}

/** What its publisher signed of a text, where pmx has the publisher's keys. */
async function signedText(
  entry: CatalogEntry,
  values: Readonly<Record<string, string>>,
  text: string,
  url: string,
  { keyrings, mirrors, signal }: ResolveOptions,
): Promise<{ text: string; signature: Build['signature'] }> {
  if (!entry.signature) return { text, signature: 'none' };
  const keyring = keyringFor(entry, keyrings);
  if (keyring === undefined) return { text, signature: 'unchecked' };
  const at = mirrored(fill(entry.signature.url, values), mirrors);
  const verified = await verifySigned(
    {
      text,
      url,
      ...(entry.signature.kind === 'openpgp' && { signature: await getBytes(at, signal) }),
    },
    keyring,
  );
  return { text: verified.text, signature: 'verified' };
}

function noBuild(entry: CatalogEntry, url: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BUILD_NOT_FOUND',
    message: `The publisher of ${entry.id} lists no build of it at ${url}.`,
    hints: [
      'The publisher has moved it, or a mirror does not have it yet.',
      `See what the catalogue expects: pmx catalog show ${entry.id}`,
    ],
    data: { url },
  });
}
