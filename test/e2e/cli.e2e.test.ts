import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { bin, Home, Lab, outcomeOf } from './support.ts';

describe('the command line', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base');
  });

  after(() => lab.stop());

  it('takes global flags before, between and after the words', async () => {
    const after = await lab.pmx(['vm', 'list', '--json']);
    for (const args of [
      ['--json', 'vm', 'list'],
      ['vm', '--json', 'list'],
      ['--context', 'sandbox', '--json', 'vm', 'list'],
      ['--context=sandbox', 'vm', 'list', '--json'],
    ]) {
      const { code, stdout } = await lab.pmx(args);
      expect(code, args.join(' ')).to.equal(0);
      expect(stdout).to.equal(after.stdout);
    }
  });

  const usage: Array<[what: string, args: string[]]> = [
    ['an unknown command', ['vm', 'lst']],
    ['help of an unknown command', ['help', 'vm', 'lst']],
    ['an unknown flag', ['vm', 'list', '--bogus']],
    ['a missing argument', ['vm', 'show']],
    ['too many arguments', ['vm', 'show', 'a', 'b']],
    ['a flag without value', ['vm', 'create', 'x', '--template']],
    [
      'a value that is none of the options',
      ['vm', 'create', 'x', '--template', 'base', '--wait', 'forever'],
    ],
    [
      'flags that exclude each other',
      ['vm', 'create', 'x', '--template', 'base', '--full', '--linked'],
    ],
    ['a number that is none', ['task', 'list', '--limit', 'many']],
  ];

  for (const [what, args] of usage) {
    it(`ends with 1 on ${what}, with one JSON document if asked`, async () => {
      const human = await lab.pmx(args);
      expect(human.code, human.stderr).to.equal(1);
      expect(human.stdout).to.equal('');
      const json = await lab.pmx([...args, '--json']);
      expect(json.code).to.equal(1);
      const { error } = JSON.parse(json.stdout) as { error: { code: string; exitCode: number } };
      expect(error.code).to.match(/^PMX_(USAGE|COMMAND_NOT_FOUND)$/);
      expect(error.exitCode).to.equal(1);
    });
  }

  it('tells exit codes, versions and help with 0', async () => {
    for (const args of [
      ['help', 'exit-codes'],
      ['--version'],
      ['-v'],
      ['--help'],
      ['vm', 'create', '-h'],
      ['vm'],
    ]) {
      const { code, stdout } = await lab.pmx(args);
      expect(code, args.join(' ')).to.equal(0);
      expect(stdout).to.not.equal('');
    }
  });

  it('shows examples of one command, of a noun, of all', async () => {
    const one = await lab.pmx(['help', 'vm', 'create', '--examples']);
    expect(one.code).to.equal(0);
    expect(one.stdout).to.match(/^# Create VMs.*\npmx vm create /);
    const rows = await lab.json<Array<{ command: string; examples: string[] }>>(
      'examples',
      'vm',
      'snapshot',
    );
    expect(rows.map(({ command }) => command)).to.include.members(['vm snapshot create']);
    expect(rows.every(({ command }) => command.startsWith('vm snapshot '))).to.equal(true);
    expect(JSON.stringify(rows)).not.to.include('<%');
    const unknown = await lab.pmx(['examples', 'nosuch']);
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.include("'nosuch'").and.to.include('PMX_COMMAND_UNKNOWN');
  });

  it('does not eat the input of a loop', async () => {
    const script = `printf 'web-01\\nweb-01\\n' | while read vm; do "${process.execPath}" "${bin}" vm show "$vm" --json >/dev/null; "${process.execPath}" "${bin}" vm list >/dev/null; echo "$vm"; done`;
    const child = spawn('bash', ['-c', script], { env: lab.env() });
    const { stdout } = await outcomeOf(child);
    expect(stdout).to.equal('web-01\nweb-01\n');
  });

  it('survives a closed pipe', async () => {
    const child = spawn(
      'bash',
      [
        '-c',
        `set -o pipefail; "${process.execPath}" "${bin}" api get /cluster/resources | head -1`,
      ],
      { env: lab.env() },
    );
    const { code, stderr } = await outcomeOf(child);
    expect(code, stderr).to.equal(0);
  });

  for (const watching of [
    'vm list --watch 300ms',
    'vm list --watch 300ms -o jsonl',
    'status --watch 300ms -o jsonl',
    'doctor --watch 300ms -o jsonl',
  ])
    it(`${watching}: ends with who reads it`, async () => {
      const script = `set -o pipefail; "${process.execPath}" "${bin}" ${watching} | head -1`;
      const { code, stdout, stderr } = await outcomeOf(
        spawn('bash', ['-c', script], { env: lab.env() }),
      );
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout.split('\n')).to.have.length(2);
    });

  it('ends with 2 where nothing listens, with host and port named', async () => {
    const { code, stderr } = await lab.pmx(['node', 'list'], {
      env: {
        PMX_HOST: '127.0.0.1:1',
        PMX_TOKEN_ID: 'a@pve!b1',
        PMX_TOKEN_SECRET: 'long-enough-secret',
      },
    });
    expect(code).to.equal(2);
    expect(stderr)
      .to.include('127.0.0.1')
      .and.to.include('PMX_UNREACHABLE')
      .and.to.not.include('long-enough-secret');
  });

  it('sends nothing to a server with another certificate than the pinned one', async () => {
    const { endpoint, fingerprint } = await lab.json<{ endpoint: string; fingerprint: string }>(
      'context',
      'show',
      'sandbox',
    );
    const before = lab.requests().length;
    const wrong = fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00');
    const { code, stderr } = await lab.pmx(['node', 'list'], {
      env: {
        PMX_HOST: endpoint,
        PMX_FINGERPRINT: wrong,
        PMX_TOKEN_ID: 'root@pam!pmx',
        PMX_TOKEN_SECRET: 'long-enough-secret',
      },
    });
    expect(code).to.equal(2);
    expect(stderr).to.include(wrong).and.to.include(fingerprint);
    expect(lab.requests()).to.have.lengthOf(before);
  });

  it('names a self-signed certificate and how to pin it', async () => {
    const { endpoint, fingerprint } = await lab.json<{ endpoint: string; fingerprint: string }>(
      'context',
      'show',
      'sandbox',
    );
    const { code, stderr } = await lab.pmx(['node', 'list'], {
      env: {
        PMX_HOST: endpoint,
        PMX_TOKEN_ID: 'root@pam!pmx',
        PMX_TOKEN_SECRET: 'long-enough-secret',
      },
    });
    expect(code).to.equal(2);
    expect(stderr).to.include(fingerprint).and.to.include('--fingerprint');
  });

  it('ends with 3 on a wrong secret, and shows it nowhere', async () => {
    const { endpoint, fingerprint } = await lab.json<{ endpoint: string; fingerprint: string }>(
      'context',
      'show',
      'sandbox',
    );
    const { code, stderr, stdout } = await lab.pmx(['node', 'list', '--debug'], {
      env: {
        PMX_HOST: endpoint,
        PMX_FINGERPRINT: fingerprint,
        PMX_TOKEN_ID: 'root@pam!pmx',
        PMX_TOKEN_SECRET: 'long-enough-secret',
      },
    });
    expect(code, stderr).to.equal(3);
    expect(stderr + stdout)
      .to.include('PMX_AUTH_FAILED')
      .and.to.not.include('long-enough-secret');
  });

  it('asks on a terminal before a delete, and declining changes nothing', async function () {
    const probe = await outcomeOf(
      spawn('script', ['--version']).on('error', () => undefined),
    ).catch(() => undefined);
    if (probe?.code !== 0) {
      console.log('      skipped: util-linux script(1), which makes the terminal, is not here');
      this.skip();
    }
    const before = lab.writes();
    const child = spawn(
      'script',
      ['-qec', `"${process.execPath}" "${bin}" vm delete web-01`, '/dev/null'],
      { env: lab.env({ TERM: 'xterm' }) },
    );
    const ended = outcomeOf(child);
    const timer = setInterval(() => child.stdin.write('n\r'), 1500);
    const { code, stdout } = await ended;
    clearInterval(timer);
    expect(stdout).to.include('Goes:').and.to.include('web-01');
    expect(code, stdout).to.equal(1);
    expect(lab.writes()).to.equal(before);
  });

  it('a newer Node is asked for in one line, exit 2', async () => {
    const source = readFileSync(bin, 'utf8');
    const old = new Home();
    try {
      // What an old Node would see, without having one: only the version that the file asks differs.
      mkdirSync(join(old.path, 'bin'));
      writeFileSync(join(old.path, 'package.json'), '{"type":"module"}');
      writeFileSync(
        join(old.path, 'bin/run.js'),
        source.replaceAll('process.versions.node', "'20.20.2'"),
      );
      const child = spawn(process.execPath, [join(old.path, 'bin/run.js'), 'vm', 'list'], {
        env: old.env(),
      });
      child.stdin.end();
      const { code, stdout, stderr } = await outcomeOf(child);
      expect(code).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr.trim().split('\n')).to.have.lengthOf(1);
      expect(stderr).to.include('22.20').and.to.include('20.20.2');
    } finally {
      old.remove();
    }
  });
});

describe('contexts', function () {
  this.timeout(60_000);
  let home: Home;

  beforeEach(() => {
    home = new Home();
  });

  afterEach(() => home.remove());

  const add = (name: string): string[] => [
    'context',
    'add',
    name,
    '--host',
    `${name}.example.org`,
    '--token-id',
    'root@pam!pmx',
    '--token-stdin',
  ];

  it('stores endpoint, token and pin; the secret apart, for its owner only', async () => {
    const pin = Array.from({ length: 32 }, () => 'AB').join(':');
    const { code, stdout, stderr } = await home.pmx([...add('lab'), '--fingerprint', pin], {
      input: 'very-secret-token\n',
    });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('https://lab.example.org:8006');
    expect(readFileSync(home.file('config/config.yaml'), 'utf8')).to.not.include(
      'very-secret-token',
    );
    const secrets = home.file('config/secrets.json');
    expect(readFileSync(secrets, 'utf8')).to.include('very-secret-token');
    expect(statSync(secrets).mode & 0o777).to.equal(0o600);
    const shown = await home.pmx(['context', 'show', '--json']);
    expect(JSON.parse(shown.stdout)).to.include({
      name: 'lab',
      current: true,
      fingerprint: pin,
      secretStored: true,
    });
    expect(shown.stdout).to.not.include('very-secret-token');
  });

  it('switches, goes back with -, refuses a name twice, removes with the secret', async () => {
    for (const name of ['one', 'two'])
      expect((await home.pmx(add(name), { input: 'very-secret-token' })).code).to.equal(0);
    const current = async (): Promise<string> =>
      (await home.json<Array<{ name: string; current: boolean }>>('context', 'list')).find(
        (row) => row.current,
      )!.name;
    expect(await current()).to.equal('one');
    await home.json('context', 'use', 'two');
    await home.json('context', 'use', '-');
    expect(await current()).to.equal('one');
    const twice = await home.pmx(add('one'), { input: 'x' });
    expect(twice.code).to.equal(1);
    expect(twice.stderr).to.include('--replace');
    expect((await home.pmx(['context', 'remove', 'one'])).code).to.equal(1);
    await home.json('context', 'remove', 'one', '--yes');
    expect(readFileSync(home.file('config/secrets.json'), 'utf8')).to.not.include('"one"');
  });

  it('asks for a context, or shows the sandbox as a way', async () => {
    const { code, stderr } = await home.pmx(['vm', 'list']);
    expect(code).to.equal(1);
    expect(stderr).to.include('pmx context add').and.to.include('pmx sandbox start');
  });
});
