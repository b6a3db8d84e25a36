import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommandError, jsonLines, NoAnswer } from '../dist/server/engine/qemu/json-stream.js';
import { Qga } from '../dist/server/engine/qemu/qga.js';
import { Qmp } from '../dist/server/engine/qemu/qmp.js';

type Message = Record<string, unknown>;
type Answer = (message: Message, socket: Socket) => void;

describe('talking to QEMU', () => {
  let dir: string;
  let path: string;
  let server: Server;
  const open = new Set<Socket>();

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pmx-qmp-'));
    path = join(dir, 'socket');
  });

  afterEach(async () => {
    for (const socket of open) socket.destroy();
    open.clear();
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true });
  });

  function serve(answer: Answer, greeting = ''): Promise<void> {
    server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.write(greeting);
      socket.on(
        'data',
        jsonLines((message) => answer(message, socket)),
      );
    });
    return new Promise((resolve) => server.listen(path, resolve));
  }

  const write = (socket: Socket, message: Message): void =>
    void socket.write(`${JSON.stringify(message)}\n`);

  const caught = async (promise: Promise<unknown>): Promise<Error> => {
    try {
      await promise;
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };

  describe('QMP', () => {
    it('matches answers by id, tells errors and events', async () => {
      const held: Message[] = [];
      await serve((message, socket) => {
        if (message['execute'] === 'qmp_capabilities')
          return write(socket, { return: {}, id: message['id'] });
        held.push(message);
        if (held.length < 2) return;
        write(socket, { event: 'STOP', data: { why: 1 } });
        write(socket, {
          error: { class: 'GenericError', desc: 'no such device' },
          id: held[1]!['id'],
        });
        write(socket, { return: { first: true }, id: held[0]!['id'] });
      }, '{"QMP": {}}\n');
      const qmp = await Qmp.open(path);
      const event = new Promise((resolve) => qmp.once('STOP', resolve));
      const first = qmp.run('one');
      const error = await caught(qmp.run('two', { a: 1 }));
      expect(error)
        .to.be.instanceOf(CommandError)
        .and.to.have.property('message', 'no such device');
      expect(await first).to.deep.equal({ first: true });
      expect(await event).to.deep.equal({ why: 1 });
      qmp.close();
    });

    it('gives up after its time, and when QEMU is gone', async () => {
      await serve((message, socket) => {
        if (message['execute'] === 'qmp_capabilities')
          write(socket, { return: {}, id: message['id'] });
        if (message['execute'] === 'die') socket.destroy();
      });
      const qmp = await Qmp.open(path);
      expect(await caught(qmp.run('sleep', undefined, 30))).to.be.instanceOf(NoAnswer);
      const gone = new Promise((resolve) => qmp.once('gone', resolve));
      expect(await caught(qmp.run('die'))).to.be.instanceOf(NoAnswer);
      await gone;
      expect((await caught(qmp.run('later'))).message).to.include('QEMU is gone');
    });

    it('does not wait for a QEMU that has ended', async () => {
      await serve(() => undefined);
      expect(await caught(Qmp.open(join(dir, 'nobody'), () => false))).to.have.property(
        'code',
        'ENOENT',
      );
    });
  });

  describe('guest agent', () => {
    const sync = (message: Message, socket: Socket): boolean => {
      if (message['execute'] !== 'guest-sync-delimited') return false;
      const { id } = message['arguments'] as { id: number };
      // What somebody before us has asked is answered first.
      socket.write('{"return": 1}\n{"return": {"stale": true}}\n');
      socket.write(Buffer.concat([Buffer.from([0xff]), Buffer.from(`{"return": ${id}}\n`)]));
      return true;
    };

    it('overlooks stale answers, and hands errors on', async () => {
      await serve((message, socket) => {
        if (sync(message, socket)) return;
        if (message['execute'] === 'guest-info') write(socket, { return: { version: 'ä' } });
        else write(socket, { error: { class: 'GenericError', desc: 'refused' } });
      });
      const qga = new Qga(path);
      expect(await qga.run('guest-info', undefined, 5000)).to.deep.equal({ version: 'ä' });
      const error = await caught(qga.run('guest-exec', { path: 'x' }, 5000));
      expect(error).to.be.instanceOf(CommandError).and.to.have.property('message', 'refused');
    });

    it('sends one command at a time', async () => {
      let busy = 0;
      let most = 0;
      await serve((message, socket) => {
        if (sync(message, socket)) return;
        most = Math.max(most, ++busy);
        setTimeout(() => {
          busy--;
          write(socket, { return: message['execute'] });
        }, 20);
      });
      const qga = new Qga(path);
      const names = ['guest-a', 'guest-b', 'guest-c'];
      expect(await Promise.all(names.map((name) => qga.run(name, undefined, 5000)))).to.deep.equal(
        names,
      );
      expect(most).to.equal(1);
    });

    it('gives up on a silent agent, and goes on with the next command', async () => {
      let silent = true;
      await serve((message, socket) => {
        if (silent) return;
        if (!sync(message, socket)) write(socket, { return: 'here' });
      });
      const qga = new Qga(path);
      expect((await caught(qga.run('guest-ping', undefined, 50))).message).to.equal(
        "qga command 'guest-ping' failed - got timeout",
      );
      silent = false;
      expect(await qga.run('guest-ping', undefined, 5000)).to.equal('here');
    });

    it('takes the end of the connection for a guest that powers off', async () => {
      await serve((message, socket) => {
        if (!sync(message, socket)) socket.destroy();
      });
      const qga = new Qga(path);
      expect(await qga.run('guest-shutdown', undefined, 5000)).to.equal(undefined);
      expect(await caught(qga.run('guest-ping', undefined, 5000))).to.be.instanceOf(NoAnswer);
    });
  });
});
