import { createHash } from 'node:crypto';

import type { CatalogEntry } from '#dist/lib/catalog/index.js';

type Algorithm = 'sha256' | 'sha512';

/** What is asked of a shape. */
export interface Wanted {
  entry: CatalogEntry;
  /** As the publisher spells it. */
  arch: string;
}

/**
 * How the files of a publisher look. There is no way to the publishers here: the form is what was seen, names of builds
 * and all digests are made up.
 */
export interface Shape {
  /** Entries by their ids, or all of a distribution. */
  of: readonly string[];
  /** The form, in words. */
  form: string;
  /** Where it was seen, or that it was not. */
  known: string;
  /** Where builds are listed: an older one, the newest, and things that only look like one. */
  listing?: (wanted: Wanted) => { text: string; build: string; file: string; image?: string };
  /** The file with the checksum of an image. */
  checksums?: (file: string, wanted: Wanted) => string;
  /** Of entries whose publisher is not asked for a checksum: whose word it is. */
  digest?: 'of the catalogue' | 'of nobody';
}

/** The digest of a file that does not exist: of its name. */
export function made(algorithm: Algorithm | 'md5' | 'sha1', name: string): string {
  return createHash(algorithm).update(name).digest('hex');
}

export const two = (algorithm: Algorithm, ...names: string[]): string =>
  names.map((name) => `${made(algorithm, name)}  ${name}\n`).join('');
export const binary = (algorithm: Algorithm, ...names: string[]): string =>
  names.map((name) => `${made(algorithm, name)} *${name}\n`).join('');
export const bsd = (...names: string[]): string =>
  names.map((name) => `SHA256 (${name}) = ${made('sha256', name)}\n`).join('');
/** A comment with the size before each, as the tools of Fedora and its relatives write it. */
export const sized = (...names: string[]): string =>
  names.map((name) => `# ${name}: ${name.length}581376 bytes\n${bsd(name)}`).join('');
export const clearsigned = (text: string): string =>
  `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${text}-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEEMADEup\n=ab1C\n-----END PGP SIGNATURE-----\n`;

/** Apache cuts long names off in what it shows, not in the link. */
export const apache = (...names: string[]): string =>
  `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN"><html><head><title>Index of /</title></head><body><table>\n<tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>\n${names
    .map(
      (name) =>
        `<tr><td><img src="/icons/unknown.gif" alt="[   ]"></td><td><a href="${name}">${name.length > 23 ? `${name.slice(0, 21)}..&gt;` : name}</a></td><td align="right">2026-07-20 10:00  </td><td align="right">580M</td></tr>`,
    )
    .join('\n')}\n</table></body></html>`;
export const nginx = (...names: string[]): string =>
  `<html>\r\n<head><title>Index of /</title></head>\r\n<body>\r\n<h1>Index of /</h1><hr><pre><a href="../">../</a>\r\n${names
    .map(
      (name) =>
        `<a href="${name}">${name.length > 50 ? `${name.slice(0, 47)}..&gt;` : name}</a> 20-Jul-2026 10:00  60817408`,
    )
    .join('\r\n')}\r\n</pre><hr></body>\r\n</html>`;

export const copy = (where: string): string => `seen: a copy of it in the tests of ${where}`;
