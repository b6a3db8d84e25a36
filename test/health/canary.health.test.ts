import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, outcomeOf } from '../e2e/support.ts';
import { calls, commands, type Facts, prepare, withFlags } from './calls.ts';

/** Secrets that are put in, each at another door; none may come out anywhere. */
const canaries = {
  stdin: 'canary-from-stdin-4f1d9a',
  password: 'canary-password-77be02',
  header: 'canary-header-c3a1e8',
};
const environment = { PMX_PASSWORD: canaries.password, GATEWAY_KEY: canaries.header };

/** It is there to print the secret, for other clients. */
const prints = new Set(['sandbox:env']);

/** What every process of this machine shows of itself, as often as there is time. */
function watchCommandLines(secrets: readonly string[]): () => string[] {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (secrets.some((secret) => line.includes(secret))) seen.add(line.replaceAll('\0', ' '));
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 15);
  return () => {
    clearInterval(timer);
    return [...seen];
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

(existsSync('/proc/self/cmdline') ? describe : describe.skip)('no secret comes out', function () {
  this.timeout(60_000);
  let lab: Lab;
  let facts: Facts;
  let secrets: string[];
  let commandLines: () => string[];

  before(async function () {
    this.timeout(180_000);
    lab = await Lab.start('--idrac', '9');
    facts = await prepare(lab);
    secrets = [lab.secret(), ...Object.values(canaries)];
    const [, host = '', , fingerprint = ''] = lab.server();
    const add = ['context', 'add', 'guarded', '--host', host, '--fingerprint', fingerprint];
    const added = await lab.pmx(
      [...add, '--token-id', 'root@pam!pmx', '--token-stdin', '--header', 'X-Key=${GATEWAY_KEY}'],
      { input: lab.secret(), env: environment },
    );
    expect(added.code, added.stderr).to.equal(0);
    const dead = await lab.pmx(
      [
        'context',
        'add',
        'dead',
        '--host',
        '127.0.0.1:1',
        '--token-id',
        'a@pve!b1',
        '--token-stdin',
      ],
      { input: canaries.stdin },
    );
    expect(dead.code, dead.stderr).to.equal(0);
    commandLines = watchCommandLines(secrets);
  });

  after(() => lab.stop());

  async function run(
    args: readonly string[],
    context: string,
  ): Promise<{ code: number | null; shown: string }> {
    const log = ['--log-level', 'trace', '--log-file', lab.file('pmx.log'), '--log-format', 'json'];
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    const child = lab.spawn(
      [...args.slice(0, end), ...log, '--context', context, ...args.slice(end)],
      { env: environment },
    );
    child.stdin!.on('error', () => undefined).end(canaries.stdin);
    const { code, stdout, stderr } = await outcomeOf(child);
    return { code, shown: stdout + stderr };
  }

  function expectNone(text: string, where: string): void {
    for (const secret of secrets) expect(text.includes(secret), where).to.equal(false);
  }

  for (const command of commands().filter(({ id }) => id !== 'help' && !prints.has(id))) {
    const changes = 'dry-run' in command.flags;
    for (const [context, name] of [
      ['guarded', 'as it should be'],
      ['dead', 'with nobody at the other end'],
    ] as const) {
      // Its contexts are what it is about, and a sandbox is not asked at an endpoint of one's own.
      if (context === 'dead' && /^(?:sandbox|context|config|explain|audit|op)/.test(command.id))
        continue;
      it(`pmx ${command.id.replaceAll(':', ' ')}, ${name}`, async () => {
        const args = [...command.id.split(':'), ...calls[command.id]!(lab, facts)];
        const { shown } = await run(withFlags(args, changes ? ['--dry-run'] : []), context);
        expectNone(shown, shown);
      });
    }
  }

  const real: Array<[line: string, code: number]> = [
    ['context add third --host 127.0.0.1:1 --token-id a@pve!b1 --token-stdin', 0],
    ['api put /nodes/pve1/qemu/101/config ciuser=ann cipassword=@-', 0],
    ['api put /nodes/pve1/qemu/777/config cipassword=@-', 3],
    ['api post /access/users userid=eve@pve password=@-', 0],
    ['vm create web-09 --template base --start', 0],
    ['vm create web-10 --template base --vmid 101', 1],
    ['vm delete web-09 --stop --yes', 0],
    ['config set defaults.node pve1', 0],
    ['config encrypt', 1],
    ['auth test', 0],
    ['logout third --yes', 0],
  ];
  for (const [line, expected] of real) {
    it(`pmx ${line}, for real: exit ${expected}`, async () => {
      const { code, shown } = await run(line.split(' '), 'guarded');
      expectNone(shown, shown);
      expect(code, shown).to.equal(expected);
    });
  }

  for (const args of [
    ['vm', 'list'],
    ['auth', 'test'],
    ['vm', 'start', 'web-01'],
  ]) {
    it(`pmx ${args.join(' ')}, with a secret that the server refuses`, async () => {
      const child = lab.spawn([...args, '--context', 'sandbox', '--log-level', 'trace', '--json'], {
        env: { PMX_TOKEN_SECRET: canaries.password },
      });
      const { code, stdout, stderr } = await outcomeOf(child);
      expect(code).to.be.oneOf([2, 3]);
      expectNone(stdout + stderr, stdout + stderr);
    });
  }

  it('nor is one in a log, journal, audit log, backup or any other file, but where secrets are kept', () => {
    const kept = lab.file('config/secrets.json');
    const files = filesBelow(lab.path).filter(
      (path) =>
        path !== kept &&
        !path.endsWith('.qcow2') &&
        // Disks of guests: gigabytes of nothing.
        !/\/images\/.*\.raw$/.test(path),
    );
    expect(files.some((path) => path.endsWith('pmx.log'))).to.equal(true);
    expect(files.some((path) => path.includes('audit'))).to.equal(true);
    for (const path of files) expectNone(readFileSync(path, 'latin1'), path);
  });

  it('nor was one in the command line of any process', () => {
    expect(commandLines()).to.deep.equal([]);
  });

  it('and this test would have seen it', async () => {
    const stop = watchCommandLines(['canary-of-the-test']);
    const shown = spawn(process.execPath, [
      '-e',
      'setTimeout(() => {}, 400)',
      'canary-of-the-test',
    ]);
    await new Promise((resolve) => shown.once('close', resolve));
    expect(stop()).to.have.length(1);
    writeFileSync(lab.file('note'), lab.secret());
    expect(() => expectNone(readFileSync(lab.file('note'), 'utf8'), 'note')).to.throw('note');
  });
});
