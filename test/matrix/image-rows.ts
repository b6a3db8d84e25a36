import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { digest, serveFile } from '../unit/catalog/publisher.ts';
import type { Row } from './rows.ts';

let web: Server | undefined;
let image: Buffer;
let packed: Buffer;

/** A publisher with one image, as it is and packed; it does not keep the process. */
async function publish(): Promise<void> {
  if (web) return;
  const folder = await mkdtemp(join(tmpdir(), 'pmx-image-'));
  await createEmptyQcow2(join(folder, 'image.qcow2'), 2 ** 20);
  image = await readFile(join(folder, 'image.qcow2'));
  packed = gzipSync(image);
  await rm(folder, { recursive: true });
  web = createServer((request, response) =>
    serveFile(request.url!.endsWith('.gz') ? packed : image, request, response),
  );
  await new Promise<void>((resolve) => web!.listen(0, '127.0.0.1', resolve));
  web.unref();
}

function from(file: string, content: () => Buffer): string[] {
  const { port } = web!.address() as AddressInfo;
  return [
    ...['template', 'create', '--url', `http://127.0.0.1:${port}/${file}`, '--name', 'made'],
    ...['--checksum', `sha256:${digest('sha256', content())}`],
  ];
}

/** Templates of images from elsewhere. */
export const imageRows: readonly Row[] = [
  {
    command: 'template:create',
    title: 'of an image that the node downloads',
    arrange: publish,
    call: () => [...from('image.qcow2', () => image), '--fetch', 'node'],
  },
  {
    command: 'template:create',
    title: 'of an image that pmx downloads and unpacks',
    arrange: publish,
    call: () => from('image.qcow2.gz', () => packed),
  },
  {
    command: 'template:create',
    title: 'with a package put into it',
    arrange: publish,
    call: () => [...from('image.qcow2', () => image), '--fetch', 'node', '--packages', 'git'],
  },
  {
    command: 'template:create',
    title: 'with the medium of an installer',
    arrange: async (bench) => {
      await publish();
      await bench.ok(
        bench.post('/nodes/pve1/storage/local/download-url', {
          content: 'iso',
          filename: 'install.iso',
          url: `http://127.0.0.1:${(web!.address() as AddressInfo).port}/image.qcow2`,
        }),
      );
    },
    call: () => [
      ...['template', 'create', '--iso', 'install.iso', '--name', 'made', '--node', 'pve1'],
      ...['--disk', '1G', '--storage', 'local'],
    ],
  },
  {
    command: 'template:build',
    call: () => ['template', 'build', '-f', 'templates.yaml', '--prune-keep', '1', '--yes'],
  },
];
