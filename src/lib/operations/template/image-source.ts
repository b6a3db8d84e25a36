import { basename, resolve } from 'node:path';

import { parseGuestName, type PveReader, type Step, type TextValue } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { Keyrings, Mirrors } from '../../catalog/index.js';
import { hashRange, inspectImage } from '../../images/index.js';
import type { Checksum } from '../storage/files.js';

/** Which image a template is made from; exactly one of the first three. */
export interface ImageRequest {
  imagePath?: string | undefined;
  /** Id or alias of the catalogue. */
  distribution?: string | undefined;
  url?: string | undefined;
  /** What a URL must have; wins over what the publisher says. */
  checksum?: Checksum | undefined;
  /** Take an image that nobody publishes a checksum of. */
  withoutChecksum?: boolean | undefined;
  /** Who fetches it; the node where it can, else pmx. */
  fetch?: 'auto' | 'node' | 'local' | undefined;
  arch?: string | undefined;
  mirrors?: Mirrors | undefined;
  /** With them what publishers sign is checked. */
  keyrings?: Keyrings | undefined;
  /** File with entries beside those of the catalogue. */
  catalogFile?: string | undefined;
  signal: AbortSignal;
}

export interface ImagePlace {
  node: string;
  storage: string;
  filename: TextValue;
}

/** An image that was looked at, and the way it comes to the server. */
export interface SourceImage {
  /** What a person calls it. */
  label: string;
  /** Entry of the catalogue that it is a build of. */
  catalog?: string;
  /** For a template without a name of its own. */
  name: string;
  format: 'qcow2' | 'raw' | 'vmdk';
  /** Where it comes from: a path or a URL. */
  path: string;
  digest: Checksum | undefined;
  /** Of the disk as the guest sees it; undefined when only the server will know. */
  virtualSize: number | undefined;
  /** What its publisher says that it needs. */
  needs: { firmware?: 'bios' | 'uefi'; cpu?: string; ostype?: string; provisioning?: string };
  notes: string[];
  /** The step that brings it onto a storage, without its undo. */
  store(place: ImagePlace): Pick<Step, 'title' | 'kind' | 'args'>;
}

/**
 * Looks at the image that was asked for.
 * @throws RequestError `PMX_IMAGE_…`, `PMX_DISTRIBUTION_NOT_FOUND`, `PMX_CHECKSUM_NEEDED`
 * @throws SurroundingsError `PMX_DOWNLOAD_…`
 */
export async function sourceImage(
  pve: PveReader,
  node: string,
  request: ImageRequest,
): Promise<SourceImage> {
  const { imagePath, distribution, url } = request;
  const given = [imagePath, distribution, url].filter((source) => source !== undefined);
  if (given.length !== 1) throw oneSource(given);
  if (imagePath !== undefined) return fileImage(imagePath, request.signal);
  const { distributionImage, urlImage } = await import('./remote-image.js');
  return distribution === undefined
    ? urlImage(pve, node, url!, request)
    : distributionImage(pve, node, distribution, request);
}

async function fileImage(path: string, signal: AbortSignal): Promise<SourceImage> {
  const image = await inspectImage(path);
  const value = await hashRange(image.path, image.offset, image.length, { signal });
  const { format, offset, length, fileSize, modifiedMillis, otherDisks } = image;
  const source = {
    type: 'file',
    path: resolve(image.path),
    offset,
    length,
    fileSize,
    modifiedMillis,
  } as const;
  return {
    label: basename(image.path),
    name: nameOf(image.path),
    format,
    path: image.path,
    digest: { algorithm: 'sha256', value },
    virtualSize: image.virtualSize,
    needs: {},
    notes:
      otherDisks && otherDisks.length > 0
        ? [
            `Only the first disk (${image.diskName}) of the OVA is used, not ${otherDisks.join(', ')}.`,
          ]
        : [],
    store: ({ node, storage, filename }) => ({
      title: `Upload ${basename(image.path)} (${format}) to storage ${storage}`,
      kind: 'pve.upload',
      args: { node, storage, content: 'import', filename, sha256: value, source },
    }),
  };
}

/** `Debian 12_generic.qcow2` → `debian-12-generic`. */
export function nameOf(path: string): string {
  const name = basename(path)
    .replace(/\.(?:xz|gz|zst|bz2|zip)$/i, '')
    .replace(/\.(qcow2|raw|img|vmdk|ova|tar)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  return parseGuestName(name);
}

function oneSource(given: readonly string[]): RequestError {
  return new RequestError({
    code: 'PMX_IMAGE_SOURCE',
    message:
      given.length === 0
        ? 'Nothing says what the template is made from.'
        : `${given.map((source) => `'${source}'`).join(' and ')} are more than one image.`,
    hints: [
      'A distribution of the catalogue: pmx template create debian-13',
      'An image from elsewhere: pmx template create --url URL --checksum sha256:…',
      'A file of this machine: pmx template create --image FILE',
    ],
  });
}
