import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import { Lab, outcomeOf } from './support.ts';

/** An address of this machine that a guest could have: what goes there never leaves the machine. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe('pmx wait --for ssh', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    if (ownAddress === undefined) return this.skip();
    lab = await Lab.start();
    await lab.template('base');
    await lab.json(
      ...['vm', 'create', 'web-01', '--template', 'base', '--start'],
      ...['--ip', `${ownAddress}/24`],
    );
  });

  after(async () => lab?.stop());

  /** A server that says `greeting` to whoever connects. */
  async function greeting(
    text: () => string | undefined,
  ): Promise<{ server: Server; port: string }> {
    const server = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      const words = text();
      if (words === undefined) socket.destroy();
      else socket.end(words);
    });
    server.listen(0, ownAddress);
    await once(server, 'listening');
    return { server, port: String((server.address() as AddressInfo).port) };
  }

  const wait = (port: string, timeout: string): string[] => [
    ...['wait', 'web-01', '--for', 'ssh', '--ssh-port', port],
    ...['--timeout', timeout, '--interval', '100ms', '--json'],
  ];

  it('ends when the SSH server of the guest greets, with its address', async () => {
    let up = false;
    let asked = 0;
    const { server, port } = await greeting(() => {
      asked++;
      return up ? 'SSH-2.0-OpenSSH_10.0\r\n' : undefined;
    });
    try {
      const ended = outcomeOf(lab.spawn(wait(port, '30s')));
      while (asked < 2) await sleep(20);
      up = true;
      const { code, stdout, stderr } = await ended;
      expect(code, stderr).to.equal(0);
      const [reached] = JSON.parse(stdout) as Array<Record<string, unknown>>;
      expect(reached).to.include({ goal: 'ssh', name: 'web-01', address: ownAddress });
    } finally {
      server.close();
    }
  });

  it('is not content with another service on that port', async () => {
    const { server, port } = await greeting(() => '220 mail ready\r\n');
    try {
      const { code, stdout } = await lab.pmx(wait(port, '1s'));
      expect(code).to.equal(2);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      expect(error.code).to.equal('PMX_WAIT_TIMEOUT');
      expect(error.message).to.include(`no SSH server answers at ${ownAddress}, port ${port}`);
    } finally {
      server.close();
    }
  });
});
