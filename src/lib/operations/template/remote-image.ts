import { basename } from 'node:path/posix';

import type { PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { firstBytes } from '../../catalog/fetch/resumed.js';
import {
  type Arch,
  type Compression,
  loadCatalog,
  mirrored,
  parseArch,
  resolveBuild,
} from '../../catalog/index.js';
import { notAnImage } from '../engine/handlers/download-errors.js';
import type { Checksum } from '../storage/files.js';
import { type ImageRequest, nameOf, type SourceImage } from './image-source.js';
import { looksLikeText, qcow2VirtualSize } from './probe.js';

interface Remote {
  url: string;
  label: string;
  name: string;
  format: SourceImage['format'];
  compression: Compression | undefined;
  checksum: Checksum | undefined;
  needs: SourceImage['needs'];
  notes: string[];
}

/** Slow mirrors and big images. */
const timeoutSeconds = 12 * 3600;
const gibibyte = 2 ** 30;

/** @throws RequestError `PMX_DISTRIBUTION_NOT_FOUND`, `PMX_ARCH_UNAVAILABLE`, `PMX_CHECKSUM_NEEDED` */
export async function distributionImage(
  pve: PveReader,
  node: string,
  name: string,
  request: ImageRequest,
): Promise<SourceImage> {
  const { mirrors, keyrings, signal } = request;
  const entry = (await loadCatalog(request.catalogFile)).find(name);
  const arch = await archFor(pve, node, request.arch);
  const found = await resolveBuild(entry, { arch, mirrors, keyrings, signal });
  const { url, filename, build, checksum, signature } = found;
  const { firmware, cpu, os, minDisk, compression, provisioning } = entry;
  const image = await remoteImage(pve, node, request, {
    url,
    label: filename,
    name: nameOf(entry.id),
    format: entry.format,
    compression,
    checksum: request.checksum ?? checksum,
    needs: {
      ...(firmware !== 'any' && { firmware }),
      ...(cpu !== undefined && { cpu }),
      ostype: os,
      provisioning,
    },
    notes: [
      ...(build === undefined ? [] : [`The newest build of ${entry.id} is ${build}.`]),
      ...(signature === 'unchecked'
        ? [
            `The signature of ${entry.id} is not checked: the setting keyrings has no keyring for '${entry.distribution}'.`,
          ]
        : []),
      ...(entry.status === 'eol' ? [`${entry.id} gets no updates any more.`] : []),
      ...(entry.note === undefined ? [] : [entry.note]),
    ],
  });
  image.catalog = entry.id;
  const { virtualSize } = image;
  if (virtualSize !== undefined && virtualSize < minDisk * gibibyte)
    image.notes.push(`Give its clones a disk of ${minDisk} GiB or more.`);
  return image;
}

/** @throws RequestError `PMX_IMAGE_URL`, `PMX_CHECKSUM_NEEDED`, `PMX_COMPRESSION_UNSUPPORTED` */
export async function urlImage(
  pve: PveReader,
  node: string,
  url: string,
  request: ImageRequest,
): Promise<SourceImage> {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol))
    throw new RequestError({
      code: 'PMX_INVALID_URL',
      message: `URL '${url}' is not valid: it must begin with http:// or https://.`,
      hints: ['A file of this machine: pmx template create --image FILE'],
    });
  const filename = decodeURIComponent(basename(address.pathname));
  const { format, compression } = kindOf(filename);
  return remoteImage(pve, node, request, {
    url: mirrored(url, request.mirrors),
    label: filename,
    name: nameOf(filename),
    format,
    compression,
    checksum: request.checksum,
    needs: {},
    notes: [],
  });
}

async function remoteImage(
  pve: PveReader,
  node: string,
  request: ImageRequest,
  remote: Remote,
): Promise<SourceImage> {
  const { url, label, name, needs, compression, checksum } = remote;
  if (checksum === undefined && request.withoutChecksum !== true) throw needsChecksum(label);
  const { head } = await firstBytes(url, 64 * 1024, request.signal);
  if (looksLikeText(head)) throw notAnImage(url, 'a text, like a page of a web server');
  const virtualSize = compression === undefined ? qcow2VirtualSize(head) : undefined;
  // By content: Ubuntu calls qcow2 images .img.
  const format =
    compression !== undefined || remote.format === 'vmdk'
      ? remote.format
      : virtualSize === undefined
        ? 'raw'
        : 'qcow2';
  const way = await whoFetches(pve, node, request.fetch ?? 'auto', url, compression);
  const notes = [
    ...remote.notes,
    ...(checksum === undefined ? ['Nobody checks that it is the right file.'] : []),
    ...(way.note === undefined ? [] : [way.note]),
  ];
  return {
    label,
    name,
    format,
    path: url,
    digest: checksum,
    virtualSize,
    needs,
    notes,
    store: ({ node: target, storage, filename }) =>
      way.byNode
        ? {
            title: `Let node ${target} download ${label} to storage ${storage}`,
            kind: 'pve.call',
            args: {
              method: 'POST',
              path: `/nodes/${target}/storage/${storage}/download-url`,
              params: {
                url,
                content: 'import',
                filename,
                ...(checksum && {
                  checksum: checksum.value,
                  'checksum-algorithm': checksum.algorithm,
                }),
              },
              lookup: { type: 'download', id: filename },
              timeoutSeconds,
            },
          }
        : {
            title: `Download ${label} and send it ${compression === undefined ? '' : 'unpacked '}to storage ${storage}`,
            kind: 'pve.upload',
            args: {
              node: target,
              storage,
              content: 'import',
              filename,
              ...(checksum && compression === undefined && { checksum }),
              source: {
                type: 'download',
                url,
                format,
                ...(checksum && { checksum }),
                ...(compression !== undefined && { compression }),
              },
            },
          },
  };
}

/** The node can only take an image as it is, and must reach the publisher. */
async function whoFetches(
  pve: PveReader,
  node: string,
  asked: 'auto' | 'node' | 'local',
  url: string,
  compression: Compression | undefined,
): Promise<{ byNode: boolean; note?: string }> {
  if (asked === 'local') return { byNode: false };
  if (compression !== undefined) {
    if (asked === 'auto') return { byNode: false };
    throw new RequestError({
      code: 'PMX_COMPRESSION_UNSUPPORTED',
      message: `Proxmox VE cannot unpack ${compression} for an import, so node ${node} cannot fetch ${url} itself.`,
      hints: ['Let pmx fetch and unpack it: --fetch local'],
    });
  }
  if (asked === 'node') return { byNode: true };
  try {
    await pve.get(`/nodes/${node}/query-url-metadata`, { url });
    return { byNode: true };
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    const why =
      error.code === 'PMX_PERMISSION_DENIED' ? 'this identity may not let it' : error.message;
    return { byNode: false, note: `Node ${node} does not fetch it itself: ${why}` };
  }
}

/** @throws RequestError `PMX_ARCH_UNAVAILABLE`, `PMX_ARCH_UNKNOWN` */
export async function archFor(
  pve: PveReader,
  node: string,
  asked: string | undefined,
): Promise<Arch> {
  const status = await pve.get<{ 'current-kernel'?: { machine?: string } }>(
    `/nodes/${node}/status`,
  );
  const machine = status['current-kernel']?.machine;
  if (asked === undefined) return parseArch(machine ?? 'x86_64');
  const arch = parseArch(asked);
  if (machine === undefined || machine === arch) return arch;
  throw new RequestError({
    code: 'PMX_ARCH_UNAVAILABLE',
    message: `Node ${node} is ${machine}: an image for ${arch} does not boot there.`,
    hints: ['Name a node of that architecture: --node NODE', 'Or leave --arch out.'],
  });
}

function kindOf(filename: string): {
  format: SourceImage['format'];
  compression: Compression | undefined;
} {
  const packing = /\.(tar\.xz|tar\.gz|txz|tgz|xz|gz|zst|bz2|zip)$/i.exec(filename)?.[1];
  const short: Record<string, Compression> = { txz: 'tar.xz', tgz: 'tar.gz' };
  const compression =
    packing && (short[packing.toLowerCase()] ?? (packing.toLowerCase() as Compression));
  const inner = packing ? filename.slice(0, -packing.length - 1) : filename;
  const ending = /\.(\w+)$/.exec(inner)?.[1]?.toLowerCase();
  if (ending !== undefined && ['7z', 'rar', 'lzo', 'lz4', 'lz', 'br'].includes(ending))
    throw new RequestError({
      code: 'PMX_COMPRESSION_UNSUPPORTED',
      message: `'${filename}' is packed with ${ending}, which pmx does not unpack.`,
      hints: [
        'pmx unpacks xz, gz, zst, bz2, zip, tar.xz and tar.gz.',
        'Unpack it, then: pmx template create --image FILE',
      ],
    });
  const format = ending === 'qcow2' || ending === 'vmdk' ? ending : 'raw';
  return { format, compression: compression || undefined };
}

function needsChecksum(label: string): RequestError {
  return new RequestError({
    code: 'PMX_CHECKSUM_NEEDED',
    message: `Nothing says what checksum ${label} must have.`,
    hints: ['Give it: --checksum sha256:…', 'Take it as it comes: --no-checksum'],
  });
}
