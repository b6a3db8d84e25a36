import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { duplexPair } from 'node:stream';

import { expect } from 'chai';

import { spiceWith, vncWith } from '#dist/lib/operations/engine/handlers/guest-screen.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const place = { node: 'pve1', vmid: 101, label: 'VM 101 (web-01)' };

/** What was said so far, and the next that is. */
function listener(): { said: string[]; say(text: string): void; next(): Promise<string> } {
  const said: string[] = [];
  let wake: (() => void) | undefined;
  let at = 0;
  return {
    said,
    say: (text) => {
      said.push(text);
      wake?.();
    },
    next: async () => {
      while (said.length <= at) await new Promise<void>((resolve) => (wake = resolve));
      return said[at++]!;
    },
  };
}

describe('guest.vnc', () => {
  const asked: Array<Record<string, unknown>> = [];

  /** A screen that answers in capitals. */
  function server(): FakePve {
    const pve = new FakePve();
    asked.length = 0;
    return Object.assign(pve, {
      send: async (method: string, path: string, params: Record<string, unknown>) => {
        asked.push({ method, path, ...params });
        return { port: '5900', ticket: 'PVEVNC:ticket', password: `secret-${asked.length}` };
      },
      openStream: async (path: string, params: Record<string, unknown>) => {
        asked.push({ path, ...params });
        const [near, far] = duplexPair();
        far.on('data', (chunk: Buffer) => far.write(chunk.toString().toUpperCase()));
        far.on('end', () => far.end());
        return near;
      },
    });
  }

  it('leads each viewer to the screen with a password of its own, until it is stopped', async () => {
    const context = contextFor(server());
    const { said, say, next } = listener();
    const running = vncWith(say).run({ ...place, port: 0 }, context);
    const port = Number(/127\.0\.0\.1:(\d+) until Ctrl-C/.exec(await next())![1]);
    for (const password of ['secret-1', 'secret-3']) {
      const viewer = connect(port, '127.0.0.1');
      expect(await next()).to.include(password);
      viewer.write('abc');
      const [answer] = (await once(viewer, 'data')) as [Buffer];
      expect(answer.toString()).to.equal('ABC');
      viewer.destroy();
    }
    expect(asked).to.deep.include({
      method: 'POST',
      path: '/nodes/pve1/qemu/101/vncproxy',
      websocket: true,
      'generate-password': true,
    });
    expect(asked).to.deep.include({
      path: '/nodes/pve1/qemu/101/vncwebsocket',
      port: 5900,
      vncticket: 'PVEVNC:ticket',
    });
    expect(context.kept['vnc']).to.equal('secret-3');
    const last = connect(port, '127.0.0.1');
    await next();
    const closed = once(last, 'close');
    context.stop.abort();
    expect(await running).to.deep.equal({ ended: 'left' });
    await closed;
    expect(said.join()).to.not.include('ticket');
  });

  it('a refusal of Proxmox VE ends it; so does a port that is taken', async () => {
    const pve = Object.assign(new FakePve(), {
      send: async () => {
        throw new Error('Timeout while waiting for port');
      },
    });
    const { say, next } = listener();
    const running = failure(() => vncWith(say).run({ ...place, port: 0 }, contextFor(pve)));
    const port = Number(/127\.0\.0\.1:(\d+) /.exec(await next())![1]);
    connect(port, '127.0.0.1').on('error', () => undefined);
    expect((await running).message).to.include('Timeout while waiting');

    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    const error = await failure(() =>
      vncWith(say).run({ ...place, port: taken }, contextFor(server())),
    );
    expect(error).to.include({ code: 'PMX_LOCAL_PORT', exitCode: 2 });
    other.close();
  });
});

describe('guest.spice', () => {
  const folder = useFolder();
  const settings = { type: 'spice', password: 'top-secret', ca: 'one\ntwo\n' };
  const server = (): FakePve => Object.assign(new FakePve(), { send: async () => settings });

  it('gives the viewer a file that nobody else reads, and that goes with it', async () => {
    const seen = folder.file('seen');
    const viewer = folder.put('viewer', `#!/bin/sh\ncp -p "$1" ${seen}\n`);
    chmodSync(viewer, 0o755);
    const file = folder.file('x.vv');
    const context = contextFor(server());
    const { say } = listener();
    const result = await spiceWith(say, viewer).run({ ...place, file }, context);
    expect(result).to.deep.equal({ ended: 'left' });
    expect(readFileSync(seen, 'utf8')).to.equal(
      '[virt-viewer]\ntype=spice\npassword=top-secret\nca=one\\ntwo\\n\n',
    );
    expect(statSync(seen).mode & 0o777).to.equal(0o600);
    expect(existsSync(file)).to.equal(false);
    expect(context.kept['spice']).to.equal('top-secret');
  });

  it('without a viewer says what to open, and takes it away at the end', async () => {
    const file = folder.file('x.vv');
    const context = contextFor(server());
    const { said, say, next } = listener();
    const running = spiceWith(say, folder.file('nosuch')).run({ ...place, file }, context);
    await next();
    expect(await next()).to.include(file);
    expect(existsSync(file)).to.equal(true);
    context.stop.abort();
    await running;
    expect(existsSync(file)).to.equal(false);
    expect(said.join()).to.not.include('top-secret');
  });

  it('writes over nothing', async () => {
    const file = folder.put('x.vv', 'mine');
    const error = await failure(() =>
      spiceWith(() => undefined, 'true').run({ ...place, file }, contextFor(server())),
    );
    expect(error.message).to.include('EEXIST');
    expect(readFileSync(file, 'utf8')).to.equal('mine');
  });
});
