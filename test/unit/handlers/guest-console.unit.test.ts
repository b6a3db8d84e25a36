import { duplexPair, type Duplex, PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';

import {
  type ConsoleOptions,
  runConsole,
  type Screen,
} from '#dist/lib/operations/engine/handlers/console-session.js';
import { consoleAt } from '#dist/lib/operations/engine/handlers/guest-console.js';
import { parseEscape } from '#dist/lib/operations/reach/console.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

class FakeScreen implements Screen {
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly modes: boolean[] = [];
  said = '';
  shown = '';
  columns = 80;
  resized: (() => void) | undefined;

  constructor() {
    this.output.on('data', (chunk: Buffer) => (this.shown += chunk.toString()));
  }

  say = (text: string): void => void (this.said += text);
  raw = (on: boolean): void => void this.modes.push(on);
  size = (): { columns: number; rows: number } => ({ columns: this.columns, rows: 24 });
  onResize = (listener: () => void): (() => void) => {
    this.resized = listener;
    return () => (this.resized = undefined);
  };
}

/** What the server got, as text. */
function listen(server: Duplex): { text: string } {
  const seen = { text: '' };
  server.on('data', (chunk: Buffer) => (seen.text += chunk.toString('latin1')));
  return seen;
}

const ticket = { user: 'root@pam!pmx', ticket: 'PVEVNC:1::x' };

describe('a console', () => {
  function begin(options: Partial<ConsoleOptions> = {}) {
    const [near, server] = duplexPair();
    const screen = new FakeScreen();
    const seen = listen(server);
    const stop = new AbortController();
    const ended = runConsole(near, ticket, screen, {
      escape: 0x1d,
      signal: stop.signal,
      ...options,
    });
    ended.catch(() => undefined);
    return { server, screen, seen, stop, ended, near };
  }

  it('shows its ticket, then its size; keys go out counted in bytes', async () => {
    const { server, screen, seen, ended } = begin();
    server.write('O');
    server.write('Klogin: ');
    await delay(5);
    screen.input.write('grün\r\x03');
    await delay(5);
    screen.input.write('\x1d');
    expect(await ended).to.equal('left');
    const keys = Buffer.from('grün\r\x03').toString('latin1');
    expect(seen.text).to.equal(`root@pam!pmx:PVEVNC:1::x\n1:80:24:0:7:${keys}`);
    expect(screen.shown).to.equal('login: ');
    expect(screen.modes).to.deep.equal([true, false]);
  });

  it('what was typed before the escape key still goes out, what is behind it does not', async () => {
    const { server, screen, seen, ended } = begin();
    server.write('OK');
    await delay(5);
    screen.input.write('ab\x1dcd');
    expect(await ended).to.equal('left');
    expect(seen.text).to.match(/0:2:ab$/);
  });

  it('without an escape key that byte is one like all others', async () => {
    const { server, screen, seen, ended } = begin({ escape: undefined });
    server.write('OK');
    await delay(5);
    screen.input.write('\x1d');
    await delay(5);
    expect(seen.text).to.match(/0:1:\x1d$/);
    server.end();
    expect(await ended).to.equal('guest');
  });

  it('tells a new size, and that it is still there', async () => {
    const { server, screen, seen, ended } = begin({ heartbeat: 10 });
    server.write('OK');
    await delay(5);
    screen.columns = 120;
    screen.resized!();
    await delay(25);
    screen.input.end();
    expect(await ended).to.equal('left');
    expect(seen.text).to.match(/1:120:24:2/);
    expect(screen.resized).to.equal(undefined);
    const until = seen.text.length;
    await delay(25);
    expect(seen.text.length).to.equal(until);
  });

  it('ends with the guest, with its last words on the screen', async () => {
    const { server, screen, ended } = begin();
    server.write('OKbye');
    server.end('!');
    expect(await ended).to.equal('guest');
    expect(screen.shown).to.equal('bye!');
  });

  it('a signal leaves it, with the terminal as it was', async () => {
    const { server, screen, stop, ended } = begin();
    server.write('OK');
    await delay(5);
    stop.abort();
    expect(await ended).to.equal('left');
    expect(screen.modes).to.deep.equal([true, false]);
  });

  it('a connection that breaks is the error, with the terminal as it was', async () => {
    const { server, screen, ended, near } = begin();
    server.write('OK');
    await delay(5);
    near.destroy(new Error('gone'));
    expect((await failure(() => ended)).message).to.equal('gone');
    expect(screen.modes).to.deep.equal([true, false]);
  });

  for (const [what, say] of [
    ['hangs up', (server: Duplex) => server.end()],
    ['says something else', (server: Duplex) => server.write('permission denied')],
    ['says nothing', () => undefined],
  ] as const)
    it(`a server that ${what} has not taken the ticket; the terminal is not touched`, async () => {
      const { server, screen, ended } = begin({ patience: 20 });
      say(server);
      expect(await failure(() => ended)).to.include({ code: 'PMX_CONSOLE_FAILED', exitCode: 3 });
      expect(screen.modes).to.deep.equal([]);
    });

  it('what the server says instead of a console is the error', async () => {
    const { server, ended } = begin();
    server.end('OKunable to find a serial interface\r\n');
    const error = await failure(() => ended);
    expect(error).to.include({ code: 'PMX_CONSOLE_FAILED' });
    expect(error.message).to.include('unable to find a serial interface');
  });

  it('the same words after somebody typed are those of the guest', async () => {
    const { server, screen, ended } = begin();
    server.write('OK');
    await delay(5);
    screen.input.write('x');
    await delay(5);
    server.end('nginx is not running\r\n');
    expect(await ended).to.equal('guest');
  });
});

describe('guest.console', () => {
  const args = {
    node: 'pve1',
    vmid: 101,
    type: 'qemu',
    label: 'VM 101 (web-01)',
    serial: 'serial1',
    escape: 0x1d,
  } as const;

  class ConsolePve extends FakePve {
    readonly calls: unknown[] = [];
    guest2: ((server: Duplex) => void) | undefined;
    refusal: Error | undefined;

    override async send<T>(method: string, path: string, params?: unknown): Promise<T> {
      this.calls.push([method, path, params]);
      if (this.refusal) throw this.refusal;
      return { user: this.user, ticket: 'PVEVNC:1::x', port: '5901' } as T;
    }

    async openStream(path: string, params?: unknown): Promise<Duplex> {
      this.calls.push(['stream', path, params]);
      const [near, server] = duplexPair();
      this.guest2!(server);
      return near;
    }
  }

  it('asks for a port, connects to it, and says how to leave', async () => {
    const pve = new ConsolePve();
    pve.answers.set('/version', {});
    pve.guest2 = (server) => void server.end('OKwelcome\r\n');
    const screen = new FakeScreen();
    const context = contextFor(pve);
    const result = await consoleAt(() => screen).run(args, context);
    expect(result).to.deep.equal({ ended: 'guest' });
    expect(pve.calls).to.deep.equal([
      ['POST', '/nodes/pve1/qemu/101/termproxy', { serial: 'serial1' }],
      ['stream', '/nodes/pve1/qemu/101/vncwebsocket', { port: 5901, vncticket: 'PVEVNC:1::x' }],
    ]);
    expect(screen.said).to.include('Ctrl-] leaves it').and.to.include('The console has ended');
    expect(screen.shown).to.equal('welcome\r\n');
    expect([context.held, context.kept, context.variables]).to.deep.equal([{}, {}, {}]);
  });

  it('a server that is gone is told apart from a console that has ended', async () => {
    const pve = new ConsolePve();
    pve.guest2 = (server) => void server.end('OK');
    pve.answers.set('/version', new Error('nobody there'));
    const error = await failure(() => consoleAt(() => new FakeScreen()).run(args, contextFor(pve)));
    expect(error.message).to.equal('nobody there');
  });

  it('what the server refuses is handed on, and leaves no listener behind', async () => {
    const pve = new ConsolePve();
    pve.refusal = apiError('VM is locked');
    const before = process.listenerCount('SIGTERM');
    const error = await failure(() => consoleAt(() => new FakeScreen()).run(args, contextFor(pve)));
    expect(error.message).to.equal('VM is locked');
    expect(process.listenerCount('SIGTERM')).to.equal(before);
  });

  it('SIGTERM leaves it as interrupted', async () => {
    const pve = new ConsolePve();
    pve.guest2 = (server) => {
      server.write('OK');
      setTimeout(() => process.emit('SIGTERM'), 10);
    };
    const screen = new FakeScreen();
    const error = await failure(() => consoleAt(() => screen).run(args, contextFor(pve)));
    expect(error).to.include({ exitCode: 130 });
    expect(screen.modes).to.deep.equal([true, false]);
  });

  it('nobody can tell afterwards how it ended', async () => {
    const error = await failure(() =>
      consoleAt(() => new FakeScreen()).recover(args, contextFor(new FakePve())),
    );
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN' });
  });
});

describe('the key that leaves a console', () => {
  for (const [text, code] of [
    ['^]', 29],
    ['^o', 15],
    ['^O', 15],
    ['^_', 31],
    ['none', undefined],
  ] as const)
    it(`${text} is ${code}`, () => expect(parseEscape(text)).to.equal(code));

  for (const text of ['', 'q', '^', '^^^', '^1', '^M', '^m', 'Ctrl-O'])
    it(`'${text}' is none`, async () => {
      expect(await failure(() => parseEscape(text))).to.include({ code: 'PMX_INVALID_ESCAPE' });
    });
});
