import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Bench } from '../../plugins/sandbox/test/helper.ts';
import type { Row } from './rows.ts';

let web: Server | undefined;

/** A web server with one small file; it does not keep the process. */
async function serve(): Promise<void> {
  if (web) return;
  web = createServer((request, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(1000, 'iso'));
  });
  await new Promise<void>((resolve) => web!.listen(0, '127.0.0.1', resolve));
  web.unref();
}

function backedUp(times: number) {
  return async (bench: Bench): Promise<void> => {
    for (let made = 0; made < times; made++)
      await bench.ok(bench.post('/nodes/pve1/vzdump', { vmid: 190, storage: 'local' }));
  };
}

/** Nobody sees a guest of a node that is off. */
async function emptied(bench: Bench): Promise<void> {
  await bench.ok(bench.del('/nodes/pve2/qemu/103'));
}

async function switchedOff(bench: Bench): Promise<void> {
  await emptied(bench);
  await bench.put('/nodes/pve2/config', { wakeonlan: 'BC:24:11:00:00:01' });
  await bench.post('/nodes/pve2/status', { command: 'shutdown' });
}

/** What cannot be taken back, or only begins something. */
export const lateRows: readonly Row[] = [
  {
    command: 'backup:delete',
    arrange: backedUp(1),
    call: () => ['backup', 'delete', 'proxy', '--yes'],
  },
  {
    command: 'backup:prune',
    arrange: backedUp(2),
    call: () => ['backup', 'prune', 'proxy', '--storage', 'local', '--keep-last', '1', '--yes'],
  },
  {
    command: 'storage:prune',
    arrange: backedUp(2),
    call: () => ['storage', 'prune', 'local', '--keep-last', '1', '--node', 'pve1', '--yes'],
  },
  {
    command: 'storage:download',
    arrange: serve,
    call: () => [
      ...['storage', 'download', `http://127.0.0.1:${(web!.address() as AddressInfo).port}/x.iso`],
      ...['--storage', 'local', '--node', 'pve1'],
    ],
  },
  {
    command: 'ct:template:download',
    call: () => [
      ...['ct', 'template', 'download', 'debian-12', '--storage', 'local', '--node', 'pve1'],
    ],
  },
  { command: 'ct:suspend', call: () => ['ct', 'suspend', 'cache'] },
  {
    command: 'ct:resume',
    arrange: async (bench) => bench.ok(bench.post('/nodes/pve1/lxc/191/status/suspend')),
    call: () => ['ct', 'resume', 'cache'],
  },
  {
    command: 'node:shutdown',
    arrange: emptied,
    call: () => ['node', 'shutdown', 'pve2', '--yes'],
    unknowable: true,
  },
  {
    command: 'node:wake',
    arrange: switchedOff,
    call: () => ['node', 'wake', 'pve2'],
    unknowable: true,
  },
];
