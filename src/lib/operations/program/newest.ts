import { isPmxError, type PmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { findChecksum } from '../../catalog/checksums.js';
import { firstBytes } from '../../catalog/fetch/resumed.js';
import { getText, unreachable } from '../../catalog/fetch/web.js';

/** Who asks for a version does not wait by the minute. */
const patienceMillis = 10_000;

const versionShape = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?$/;

export function isVersion(text: unknown): text is string {
  return typeof text === 'string' && versionShape.test(text);
}

/** A standalone archive as its publisher describes it. */
export interface Archive {
  url: string;
  sha256: string;
  bytes: number | undefined;
}

interface Wanted {
  name: string;
  registry: string;
  /** This version instead of the newest one. */
  wanted?: string | undefined;
  /** Milliseconds. */
  patience?: number;
}

/**
 * What the registry has as the newest version, or whether it has the one that is wanted.
 * @throws RequestError `PMX_RELEASE_NOT_FOUND`, SurroundingsError `PMX_UPDATE_UNREACHABLE`, `PMX_UPDATE_ANSWER`
 */
export async function newestVersion(
  { name, registry, wanted, patience }: Wanted,
  signal: AbortSignal,
): Promise<string> {
  const url = `${withSlash(registry)}${name}/${wanted ?? 'latest'}`;
  const text = await asked(url, signal, (limit) => getText(url, limit), patience).catch(
    (error: unknown) => {
      throw isMissing(error) ? noVersion(name, registry, wanted) : error;
    },
  );
  const version = versionIn(text);
  if (!isVersion(version) || (wanted !== undefined && version !== wanted))
    throw unexpected(url, looksLikePage(text) ? 'a web page' : 'no answer of a registry');
  return version;
}

function versionIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { version?: unknown } | null)?.version;
  } catch {
    return undefined;
  }
}

/**
 * Where the archive of a version is, and what it must be.
 * @param folder of the release, with a slash at its end
 * @throws RequestError `PMX_UPDATE_NO_ARCHIVE`, SurroundingsError `PMX_UPDATE_UNREACHABLE`, `PMX_UPDATE_ANSWER`
 */
export async function archiveOf(
  version: string,
  folder: string,
  signal: AbortSignal,
): Promise<Archive> {
  const file = `pmx-${version}-${process.platform}-${process.arch}.tar.gz`;
  const sums = `${folder}SHA256SUMS`;
  const url = `${folder}${file}`;
  const missing = (error: unknown): never => {
    throw isMissing(error) ? noArchive(version, folder) : error;
  };
  const text = await asked(sums, signal, (limit) => getText(sums, limit)).catch(missing);
  const rule = { url: sums, algorithm: 'sha256', format: 'coreutils' } as const;
  const sha256 = findChecksum(text, rule, file);
  if (sha256 === undefined)
    throw looksLikePage(text) ? unexpected(sums, 'a web page') : noArchive(version, folder);
  const { head, length, type } = await asked(url, signal, (limit) =>
    firstBytes(url, 2, limit),
  ).catch(missing);
  if (head.readUInt16BE?.(0) !== 0x1f8b) throw unexpected(url, `no archive (${type || 'no type'})`);
  return { url, sha256, bytes: length };
}

/** The folder of a release: as it is set, or of the repository that this pmx was built from. */
export function releaseFolder(
  version: string,
  set: string | undefined,
  repository: string | { url?: string } | undefined,
): string | undefined {
  if (set !== undefined) return withSlash(set.replaceAll('VERSION', version));
  const url = typeof repository === 'string' ? repository : repository?.url;
  const [, project] =
    /^(?:github:|(?:git\+)?(?:https|ssh):\/\/(?:git@)?github\.com\/)([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(
      url ?? '',
    ) ?? [];
  return project === undefined
    ? undefined
    : `https://github.com/${project}/releases/download/v${version}/`;
}

/** Errors of a download in words of this command; how long one waits is its own, too. */
async function asked<T>(
  url: string,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<T>,
  patience = patienceMillis,
): Promise<T> {
  const limit = AbortSignal.timeout(patience);
  try {
    return await read(AbortSignal.any([signal, limit]));
  } catch (error) {
    const slow = new Error(`no answer within ${patience / 1000} s`);
    throw updateError(limit.aborted && !signal.aborted ? unreachable(url, slow, signal) : error);
  }
}

/** The mirrors of images are no help here. */
export function updateError(error: unknown): unknown {
  if (!isPmxError(error) || !/^PMX_(?:DOWNLOAD_|REDIRECT_LOOP)/.test(error.code)) return error;
  return new SurroundingsError({
    code: 'PMX_UPDATE_UNREACHABLE',
    message: error.message,
    hints: [
      'Check the network; a proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
      'Somewhere else: pmx config set updateRegistry URL, pmx config set updateArchives URL',
    ],
    ...(error.data !== undefined && { data: error.data }),
    cause: error,
  });
}

function isMissing(error: unknown): boolean {
  return isPmxError(error) && [404, 410].includes(Number(error.data?.['status']));
}

function looksLikePage(text: string): boolean {
  return text.trimStart().startsWith('<');
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function unexpected(url: string, found: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_UPDATE_ANSWER',
    message: `What ${url} gives is ${found}.`,
    hints: ['Open it in a browser: a login page, a consent page, or an error of a mirror?'],
    data: { url },
  });
}

function noVersion(name: string, registry: string, wanted: string | undefined): PmxError {
  const told = {
    code: 'PMX_RELEASE_NOT_FOUND',
    message: `There is no ${wanted === undefined ? '' : `version ${wanted} of `}${name} at ${registry}.`,
    hints: ['Another registry: pmx config set updateRegistry URL'],
    data: { registry },
  };
  // Nobody asked for anything that is not there: the registry is the wrong one.
  return wanted === undefined ? new SurroundingsError(told) : new RequestError(told);
}

function noArchive(version: string, folder: string): RequestError {
  return new RequestError({
    code: 'PMX_UPDATE_NO_ARCHIVE',
    message: `${folder} has no archive of pmx ${version} for ${process.platform}-${process.arch}, or its checksum is missing.`,
    hints: ['Another place: pmx config set updateArchives https://HOST/FOLDER/VERSION/'],
    data: { folder, version },
  });
}
