import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';

import { expect } from 'chai';

import { Lab, outcomeOf } from '../support.ts';
import { hasTerminal, Terminal } from '../terminal.ts';

const leave = '\x1d';

describe('pmx vm console, pmx ct console', function () {
  this.timeout(60_000);
  let lab: Lab;
  const open: Terminal[] = [];

  before(async function () {
    if (!hasTerminal) this.skip();
    lab = await Lab.start();
    await lab.template('base');
    for (const name of ['web-01', 'short'])
      await lab.json('vm', 'create', name, '--template', 'base', '--start');
    await lab.json('vm', 'create', 'off', '--template', 'base');
    await lab.json('vm', 'create', 'bare', '--empty');
    await lab.json('vm', 'start', 'bare');
    await lab.container('proxy');
    await lab.json('ct', 'start', 'proxy');
  });

  afterEach(() => {
    for (const terminal of open.splice(0)) terminal.kill();
  });

  after(() => lab?.stop());

  function at(words: readonly string[], env: Record<string, string> = {}): Terminal {
    const terminal = new Terminal(lab, words, env);
    open.push(terminal);
    return terminal;
  }

  it('keys go in, the screen comes out, Ctrl-] leaves', async () => {
    const terminal = at(['vm', 'console', 'web-01']);
    await terminal.sees('Ctrl-] leaves it');
    await terminal.answer('root@web-01:~#', 'echo grün > /tmp/note\r');
    await terminal.answer('root@web-01:~#', 'cat /tmp/note\r');
    await terminal.sees('grün\r');
    await terminal.answer('root@web-01:~#', `half a line${leave}`);
    expect(await terminal.end()).to.equal(0);
    expect(terminal.screen).to.include('[Left: VM');
    const { stdout } = await lab.pmx(['vm', 'exec', 'web-01', '--', 'cat', '/tmp/note']);
    expect(stdout).to.equal('grün\n');
  });

  it('Ctrl-C is a key of the guest', async () => {
    const terminal = at(['vm', 'console', 'web-01']);
    await terminal.answer('root@web-01:~#', 'no such thing\x03');
    await terminal.sees('^C');
    await terminal.answer('root@web-01:~#', leave);
    expect(await terminal.end()).to.equal(0);
  });

  it('--escape: another key, and Ctrl-] goes to the guest', async () => {
    const terminal = at(['vm', 'console', 'web-01', '--escape', '^O']);
    await terminal.sees('Ctrl-O leaves it');
    await terminal.answer('root@web-01:~#', `echo a${leave}b\r`);
    await terminal.sees(`a${leave}b\r`);
    await terminal.answer('root@web-01:~#', '\x0f');
    expect(await terminal.end()).to.equal(0);
  });

  it("a container's console has the size of the window", async () => {
    const sized = ['-c', 'stty rows 31 cols 117; "$@"', 'sh', process.execPath];
    const bin = join(import.meta.dirname, '../../../bin/run.js');
    const terminal = new Terminal(lab, [bin, 'ct', 'console', 'proxy'], {}, ['sh', ...sized]);
    open.push(terminal);
    await terminal.answer('root@proxy:~#', 'stty size\r');
    await terminal.sees('31 117');
    await terminal.answer('root@proxy:~#', leave);
    expect(await terminal.end()).to.equal(0);
  });

  it('ends when the guest does', async () => {
    const terminal = at(['vm', 'console', 'short']);
    await terminal.sees('root@short:~#');
    await lab.json('vm', 'stop', 'short', '-y');
    await terminal.sees('The console has ended');
    expect(await terminal.end()).to.equal(0);
  });

  it('with a password instead of a token', async () => {
    const [, url, , fingerprint] = lab.server();
    const terminal = at(['vm', 'console', 'web-01'], {
      PMX_HOST: url!,
      PMX_FINGERPRINT: fingerprint!,
      PMX_USER: 'root@pam',
      PMX_PASSWORD: lab.secret(),
    });
    await terminal.answer('root@web-01:~#', leave);
    expect(await terminal.end()).to.equal(0);
  });

  it('neither journal nor log have a word of it, and no ticket', async () => {
    const terminal = at(['vm', 'console', 'web-01', '--debug']);
    await terminal.answer('root@web-01:~#', 'echo classified\r');
    await terminal.sees('classified');
    await terminal.answer('root@web-01:~#', leave);
    expect(await terminal.end()).to.equal(0);
    const state = lab.file('state');
    const files = readdirSync(state, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    expect(files.join('\n')).to.include('guest.console');
    expect(files.join('\n')).to.not.match(/classified|PVEVNC/);
    expect(terminal.screen).to.not.include('PVEVNC');
  });

  it('others may change the guest meanwhile', async () => {
    const terminal = at(['vm', 'console', 'web-01']);
    await terminal.sees('root@web-01:~#');
    const set = await lab.pmx(['vm', 'tag', 'web-01', '+seen', '--wait-lock', '1s']);
    expect(set.code, set.stderr).to.equal(0);
    terminal.type(leave);
    expect(await terminal.end()).to.equal(0);
  });

  it('a connection that breaks is told, with exit code 2', async () => {
    const other = await Lab.start();
    try {
      await other.template('base');
      await other.json('vm', 'create', 'web-01', '--template', 'base', '--start');
      const terminal = new Terminal(other, ['vm', 'console', 'web-01']);
      open.push(terminal);
      await terminal.sees('root@web-01:~#');
      const ready = readFileSync(other.file('data/sandbox/ready.json'), 'utf8');
      process.kill((JSON.parse(ready) as { pid: number }).pid, 'SIGKILL');
      expect(await terminal.end()).to.equal(2);
      expect(terminal.screen).to.include('PMX_UNREACHABLE');
    } finally {
      await other.stop();
    }
  });

  for (const [what, words, code] of [
    ['a VM that is off', ['vm', 'console', 'off'], 'PMX_GUEST_NOT_RUNNING'],
    ['a VM without a serial port', ['vm', 'console', 'bare'], 'PMX_NO_SERIAL_PORT'],
    ['another port', ['vm', 'console', 'web-01', '--serial', 'serial2'], 'PMX_NO_SERIAL_PORT'],
    ['no such VM', ['vm', 'console', 'nosuch'], 'PMX_VM_NOT_FOUND'],
    ['a key that is none', ['vm', 'console', 'web-01', '--escape', 'q'], 'PMX_INVALID_ESCAPE'],
  ] as const)
    it(`${what}: one clear error, nothing sent`, async () => {
      const writes = lab.writes();
      const terminal = at(words);
      expect(await terminal.end()).to.equal(1);
      expect(terminal.screen).to.include(code);
      expect(lab.writes()).to.equal(writes);
    });

  it('what the server says instead of a console is the error', async () => {
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'status', '--status', '403'],
      ...['--method', 'POST', '--path', '/nodes/*/qemu/*/termproxy'],
    );
    const terminal = at(['vm', 'console', 'web-01']);
    expect(await terminal.end()).to.equal(3);
    await lab.json('sandbox', 'fault', 'clear');
    expect(terminal.screen).to.include('PMX_PERMISSION_DENIED');
  });

  it('without a terminal it says what to do instead', async () => {
    const { code, stderr } = await lab.pmx(['vm', 'console', 'web-01']);
    expect(code).to.equal(1);
    expect(stderr).to.include('PMX_NO_TERMINAL').and.to.include('vm exec');
  });

  it('--dry-run needs no terminal, and names both calls', async () => {
    const writes = lab.writes();
    const { code, stdout } = await lab.pmx(['vm', 'console', 'web-01', '--dry-run']);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/POST .*termproxy/)
      .and.to.match(/vncwebsocket/);
    expect(lab.writes()).to.equal(writes);
  });

  it('--vnc: a port of this machine until Ctrl-C; what the server says of the screen is the error', async () => {
    for (const connects of [false, true]) {
      const child = lab.spawn(['vm', 'console', 'web-01', '--vnc', '--json']);
      const outcome = outcomeOf(child);
      const port = await new Promise<number>((resolve) => {
        let said = '';
        child.stderr!.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const [, found] = /127\.0\.0\.1:(\d+) until Ctrl-C/.exec(said) ?? [];
          if (found !== undefined) resolve(Number(found));
        });
      });
      if (connects) connect(port, '127.0.0.1').on('error', () => undefined);
      else child.kill('SIGINT');
      const { code, stdout } = await outcome;
      expect(code, stdout).to.equal(connects ? 3 : 0);
      expect(stdout).to.include(connects ? 'Timeout while waiting for port' : '"ended": "left"');
    }
  });

  it('--spice: needs a display for it, and leaves no file behind', async () => {
    const none = await lab.pmx(['vm', 'console', 'web-01', '--spice']);
    expect([none.code, none.stderr.includes('PMX_NO_SPICE')]).to.deep.equal([1, true]);
    await lab.json('vm', 'set', 'bare', '--set', 'vga=qxl');
    await lab.json('vm', 'stop', 'bare');
    await lab.json('vm', 'start', 'bare');
    const bin = lab.file('viewer');
    mkdirSync(bin);
    writeFileSync(join(bin, 'remote-viewer'), '#!/bin/sh\necho "$1" >&2\ncat "$1" >&2\n', {
      mode: 0o755,
    });
    const env = { PATH: `${bin}${delimiter}${process.env['PATH']}` };
    const { code, stderr } = await lab.pmx(['vm', 'console', 'bare', '--spice'], { env });
    expect(code, stderr).to.equal(0);
    expect(stderr)
      .to.match(/^\[virt-viewer\]$/m)
      .and.match(/^tls-port=61000$/m);
    const file = /^.*\.vv$/m.exec(stderr)![0];
    const password = /^password=(.*)$/m.exec(stderr)![1]!;
    expect(existsSync(file)).to.equal(false);
    const base = lab.file('state');
    for (const entry of readdirSync(base, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).to.not.include(password);
  });
});
