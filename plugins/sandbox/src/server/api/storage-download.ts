import { failure } from '../errors.js';
import { downloadUrl } from '../storage/fetch/download.js';
import { queryUrl } from '../storage/fetch/metadata.js';
import type { UploadContent } from '../storage/upload.js';
import { flag, onNode, onStorage, optionalText, text } from './common.js';
import type { Call, Check, Param, Route } from './types.js';

const url: Param = text('The URL to the file.', { pattern: 'https?://.*' });
const verify: Param = flag('If false, no SSL/TLS certificates will be verified.', 1);
/** Fetching lets somebody look into the server's network. */
const NETWORK: Check = [
  'or',
  ['perm', '/', ['Sys.Audit', 'Sys.Modify']],
  ['perm', '/nodes/{node}', ['Sys.AccessNetwork']],
];
/** How long PVE waits for a server that is asked about a file. */
const QUERY_MILLIS = 180_000;

function verifies({ params }: Call): boolean {
  return !params.has('verify-certificates') || params.flag('verify-certificates');
}

function download(call: Call): string {
  const { app, user, params } = call;
  return downloadUrl(app, user, {
    node: params.string('node'),
    storage: params.string('storage'),
    content: params.string('content') as UploadContent,
    filename: params.string('filename'),
    url: params.string('url'),
    checksum: params.optionalString('checksum'),
    algorithm: params.optionalString('checksum-algorithm') ?? 'sha256',
    compression: params.optionalString('compression'),
    verify: verifies(call),
  });
}

async function query(call: Call): Promise<unknown> {
  const { app, params } = call;
  return queryUrl(params.string('url'), {
    verify: verifies(call),
    allowed: app.settings.allowHosts,
    signal: AbortSignal.timeout(QUERY_MILLIS),
  }).catch((error: unknown) => {
    if ((error as Error).name === 'TimeoutError')
      throw failure("invalid server response: '500 read timeout'");
    throw error;
  });
}

/** Files from other servers. */
export const storageDownloadRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/query-url-metadata',
    name: 'query_url_metadata',
    description: 'Query metadata of an URL: file size, file name and mime type.',
    params: { ...onNode, url, 'verify-certificates': verify },
    permissions: { check: NETWORK },
    returns: 'object',
    handler: query,
  },
  {
    method: 'POST',
    path: '/nodes/{node}/storage/{storage}/download-url',
    name: 'download_url',
    description: 'Download templates, ISO images, OVAs and VM images by using an URL.',
    protected: true,
    params: {
      ...onStorage,
      url,
      'verify-certificates': verify,
      content: text('Content type.', {
        format: 'pve-storage-content',
        enum: ['iso', 'vztmpl', 'import'],
      }),
      filename: text('The name of the file to create. Caution: This will be normalized!', {
        maxLength: 255,
      }),
      checksum: {
        ...optionalText('The expected checksum of the file.'),
        requires: 'checksum-algorithm',
      },
      'checksum-algorithm': {
        ...optionalText('The algorithm to calculate the checksum of the file.', {
          enum: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
        }),
        requires: 'checksum',
      },
      compression: optionalText('Decompress the downloaded file using this compression algorithm.'),
    },
    permissions: {
      check: ['and', ['perm', '/storage/{storage}', ['Datastore.AllocateTemplate']], NETWORK],
    },
    returns: 'string',
    handler: download,
  },
];
