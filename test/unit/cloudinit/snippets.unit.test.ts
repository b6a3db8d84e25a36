import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';

import {
  fileProgram,
  findSnippets,
  installProgram,
  isPackageName,
  loadSnippets,
  type Snippet,
  snippetProgram,
} from '#dist/lib/cloudinit/index.js';

import { failure } from './support.ts';

/** A folder of programs that only note how they were called: all that the programs for guests find. */
class Guest {
  readonly path = mkdtempSync(join(tmpdir(), 'pmx-snippet-'));

  constructor() {
    mkdirSync(join(this.path, 'bin'));
    for (const name of [
      'sh',
      'mktemp',
      'rm',
      'tail',
      'chmod',
      'cat',
      'mkdir',
      'grep',
      'sed',
      'env',
    ]) {
      const real = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
      symlinkSync(real.stdout.trim(), join(this.path, 'bin', name));
    }
  }

  /** @param body what it does beside noting; `$*` are its words */
  program(name: string, body = ''): this {
    const file = join(this.path, 'bin', name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> ${this.path}/calls\n${body}\n`);
    chmodSync(file, 0o755);
    return this;
  }

  run([program, ...words]: readonly string[]): { status: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync(join(this.path, 'bin', program!), words, {
      encoding: 'utf8',
      env: { PATH: join(this.path, 'bin') },
    });
    return { status, out: stdout + stderr };
  }

  calls(): string[] {
    const file = join(this.path, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

const snippet = (parts: Partial<Snippet>): Snippet => ({
  id: 'x',
  title: 'x',
  description: 'x',
  ...parts,
});

describe('programs that put things into a template', () => {
  let guest: Guest;
  beforeEach(() => (guest = new Guest()));
  afterEach(() => guest.remove());

  /** Debian's way to say what is installed. */
  const installed = (...names: string[]) =>
    `for last; do :; done; case $last in ${names.join('|') || '-'}) echo "install ok installed" ;; *) exit 1 ;; esac`;

  it('asks a package manager only for what is not there', () => {
    guest.program('apt-get').program('dpkg-query', installed('git'));
    expect(guest.run(installProgram(['git', 'curl', 'jq']))).to.deep.equal({ status: 0, out: '' });
    expect(guest.calls().filter((call) => call.startsWith('apt-get'))).to.deep.equal([
      'apt-get -q -o DPkg::Lock::Timeout=600 update',
      'apt-get -q -y -o DPkg::Lock::Timeout=600 install curl jq',
    ]);
  });

  it('needs no network for what is there', () => {
    guest.program('apt-get').program('dpkg-query', installed('git'));
    expect(guest.run(installProgram(['git'])).status).to.equal(0);
    expect(guest.calls().filter((call) => call.startsWith('apt-get'))).to.deep.equal([]);
  });

  for (const [manager, query, call] of [
    ['dnf', 'rpm', 'dnf -q -y install jq'],
    ['zypper', 'rpm', 'zypper --non-interactive install jq'],
    ['apk', undefined, 'apk add --quiet jq'],
  ] as const) {
    it(`knows ${manager}`, () => {
      if (query) guest.program(query, 'exit 1');
      guest.program(manager, manager === 'apk' ? '[ "$1" != info ]' : '');
      expect(guest.run(installProgram(['jq']))).to.deep.equal({ status: 0, out: '' });
      expect(guest.calls().at(-1)).to.equal(call);
    });
  }

  it('ends with what the package manager said last, and with its exit code', () => {
    guest.program('dpkg-query', 'exit 1');
    guest.program(
      'apt-get',
      'i=0; while [ $i -lt 200 ]; do echo noise; i=$((i+1)); done; echo "E: no such package" >&2; exit 100',
    );
    const { status, out } = guest.run(installProgram(['nope']));
    expect(status).to.equal(100);
    expect(out).to.match(/E: no such package\n$/);
  });

  it('says so where there is no package manager', () => {
    const { status, out } = guest.run(installProgram(['git']));
    expect(status).not.to.equal(0);
    expect(out).to.include('no package manager that pmx knows');
  });

  it('stops a snippet at the first thing that fails', () => {
    guest.program('first').program('second', 'exit 7').program('third');
    const { status } = guest.run(snippetProgram(snippet({ script: 'first\nsecond\nthird\n' })));
    expect(status).to.equal(7);
    expect(guest.calls()).to.deep.equal(['first ', 'second']);
  });

  it('refuses a snippet without packages for the distribution, and one whose check fails', () => {
    guest.program('apk');
    const elsewhere = guest.run(snippetProgram(snippet({ packages: { apt: ['docker.io'] } })));
    expect(elsewhere.status).to.equal(1);
    expect(elsewhere.out).to.include('no packages for this distribution');
    const checked = guest.run(snippetProgram(snippet({ script: ':', check: 'command -v docker' })));
    expect(checked.status).not.to.equal(0);
  });

  for (const [state, enables] of [
    ['disabled', true],
    ['static', false],
  ] as const) {
    it(`starts a service that is ${state}, and ${enables ? 'enables it' : 'has nothing to enable'}`, () => {
      guest.program(
        'systemctl',
        `[ "$1" != is-enabled ] || { echo ${state}; ${enables ? 'exit 1' : ':'}; }`,
      );
      const { status } = guest.run(snippetProgram(snippet({ script: 'enable_service agent' })));
      expect(status).to.equal(0);
      expect(guest.calls()).to.deep.equal([
        'systemctl is-enabled agent',
        ...(enables ? ['systemctl enable agent'] : []),
        'systemctl start agent',
      ]);
    });
  }

  it('runs a script and removes it; one that fails stays', () => {
    for (const code of [0, 3]) {
      const file = join(guest.path, 'script');
      writeFileSync(file, `#!/bin/sh\necho said\nexit ${code}\n`);
      expect(guest.run(fileProgram(file))).to.deep.equal({ status: code, out: 'said\n' });
      expect(existsSync(file)).to.equal(code !== 0);
    }
  });

  it('lets through no name that a shell would take for more than a word', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        if (!isPackageName(name)) return;
        const { stdout } = spawnSync('sh', ['-c', `printf %s ${name}`], { encoding: 'utf8' });
        expect(stdout).to.equal(name);
        expect(name.startsWith('-')).to.equal(false);
      }),
      { numRuns: 300 },
    );
  });
});

describe('snippets that come with pmx', () => {
  it('are scripts that a POSIX shell reads', async () => {
    const snippets = await loadSnippets();
    expect(snippets.map(({ id }) => id)).to.include.members([
      ...['docker', 'hardening', 'auto-updates', 'node-exporter', 'qemu-guest-agent'],
    ]);
    for (const one of snippets) {
      const [, , program] = snippetProgram(one);
      const { status, stderr } = spawnSync('sh', ['-n'], { input: program, encoding: 'utf8' });
      expect([one.id, status, stderr]).to.deep.equal([one.id, 0, '']);
    }
  });

  it('are found by id, and a typing error is answered', async () => {
    const error = await failure(() => findSnippets(['dokcer']));
    expect(error.code).to.equal('PMX_SNIPPET_UNKNOWN');
    expect(error.hints[0]).to.equal('Did you mean docker?');
  });
});
