import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Lab, until } from '../e2e/support.ts';
import { asking, calls, commands, type Facts, prepare, prepareIdrac, withFlags } from './calls.ts';
import { type JsonSchema, violations } from './json-schema.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'schemas/output');
const fileOf = (id: string): string => `${id.replaceAll(':', '-')}.json`;
const schemaOf = (file: string): JsonSchema =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonSchema;

async function token(lab: Lab, user: string, name: string): Promise<string> {
  await lab.json('api', 'post', '/access/users', `userid=${user}`);
  const path = `/access/users/${user}/token/${name}`;
  return (await lab.json<{ data: { value: string } }>('api', 'post', path)).data.value;
}

/** Volumes that a snapshot holds can neither go nor move. */
async function withoutSnapshot(lab: Lab, noun: string, guest: string): Promise<object> {
  await lab.json(noun, 'snapshot', 'delete', guest, 'first', '--yes');
  return {};
}

/** What a call needs to come to its end for real. */
const more: Record<string, (lab: Lab) => Promise<{ args?: string[]; input?: string }>> = {
  'api:delete': async (lab) => {
    await lab.json('vm', 'stop', '101');
    return { args: ['purge=1'] };
  },
  'ct:disk:move': async (lab) => withoutSnapshot(lab, 'ct', 'proxy'),
  'vm:disk:move': async (lab) => withoutSnapshot(lab, 'vm', 'web-01'),
  'vm:disk:remove': async (lab) => withoutSnapshot(lab, 'vm', 'web-01'),
  undo: async (lab) => {
    await lab.json('vm', 'set', 'web-01', '--cores', '3');
    return {};
  },
  'auth:role': async (lab) => ({ input: await token(lab, 'ci@pve', 't1') }),
  login: async (lab) => ({ input: await token(lab, 'a@pve', 'b1') }),
  // Nobody answers SSH here.
  'idrac:connect': async () => ({ args: ['--via-host', 'a b'] }),
  'sandbox:start': async () => ({ args: ['--detach'] }),
  'sandbox:record': async () => ({ args: ['--count', '1'] }),
};

/** They end with an error here: no terminal, no passphrase, no SSH in a guest, nobody to download from. */
const fails: Record<string, string> = {
  ...asking,
  'config:encrypt': 'PMX_NO_PASSPHRASE',
  'ct:console': 'PMX_NO_TERMINAL',
  'vm:console': 'PMX_NO_TERMINAL',
  'idrac:connect': 'PMX_INVALID_SSH_WORD',
  'op:resume': 'PMX_WAIT_TIMEOUT',
  'storage:download': 'PMX_TASK_FAILED',
  ...(spawnSync('faketime', ['--version']).status === 0
    ? {}
    : { 'time:exec': 'PMX_PROGRAM_MISSING' }),
};

/** They say with their exit code that what was asked for is not so: a checkout keeps no older version. */
const codes: Record<string, number> = { 'update:rollback': 1 };

describe('schemas of the output', function () {
  this.timeout(60_000);
  const all = commands().filter(({ id }) => id !== 'help');
  const changes = all.filter(({ flags }) => 'dry-run' in flags);
  let lab: Lab;
  let facts: Facts;

  before(async function () {
    this.timeout(180_000);
    lab = await Lab.start('--idrac', '9');
    facts = await prepare(lab);
    cpSync(lab.file('config'), lab.file('config.before'), { recursive: true });
  });

  after(async () => {
    await lab.pmx(['sandbox', 'stop', '--data', lab.file('other-sandbox')]);
    await lab.stop();
  });

  // The files are the snapshot: what was required cannot vanish without a change of them.
  it('are fresh: a change of them is a change of an interface', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.js', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status, stderr).to.equal(0);
  });

  it('there is one for each command, one for dry runs and one for errors', () => {
    const expected = [...all.map(({ id }) => fileOf(id)), 'dry-run.json', 'error.json'].sort();
    expect(readdirSync(folder).sort()).to.deep.equal(expected);
  });

  async function run(args: string[], input = 'from-stdin'): Promise<[number | null, unknown]> {
    const { code, stdout, stderr } = await lab.pmx(withFlags(args, ['--json']), { input });
    expect(stdout, `${args.join(' ')}\n${stderr}`).to.not.equal('');
    // What is set up for the others stays as it was.
    rmSync(lab.file('config'), { recursive: true, force: true });
    cpSync(lab.file('config.before'), lab.file('config'), { recursive: true });
    return [code, JSON.parse(stdout)];
  }

  function expectValid(file: string, document: unknown): void {
    const problems = violations(schemaOf(file), document);
    expect(problems, `${file}\n${JSON.stringify(document)}`).to.deep.equal([]);
  }

  for (const { id, flags } of all) {
    const dry = 'dry-run' in flags ? ['--dry-run'] : [];
    it(`pmx ${[...id.split(':'), ...dry].join(' ')}`, async () => {
      const [code, document] = await run(
        withFlags([...id.split(':'), ...calls[id]!(lab, facts)], dry),
      );
      if (id in asking) {
        expect(document).to.have.nested.property('error.code', asking[id]);
        return expectValid('error.json', document);
      }
      expect(code, JSON.stringify(document)).to.equal(0);
      if (dry.length > 0) expect(document).to.include({ dryRun: true });
      expectValid(fileOf(id), document);
    });
  }

  /** A recording ends when there was something to record. */
  async function somethingToRecord(): Promise<void> {
    await until(() => existsSync(lab.file('recording.jsonl')), 'recording');
    await lab.pmx(['api', 'get', '/version']);
  }

  let restore: (() => Promise<void>) | undefined;

  for (const { id, flags } of changes) {
    it(`pmx ${id.replaceAll(':', ' ')}, for real`, async () => {
      // Each finds what was prepared, whatever the one before it took away.
      if (restore) await restore();
      else restore = await lab.save();
      if (id.startsWith('idrac:')) await prepareIdrac(lab);
      const { args = [], input } = (await more[id]?.(lab)) ?? {};
      const yes = 'yes' in flags ? ['--yes'] : [];
      const words = withFlags([...id.split(':'), ...calls[id]!(lab, facts), ...args], yes);
      const [[code, document]] = await Promise.all([
        run(words, input),
        ...(id === 'sandbox:record' ? [somethingToRecord()] : []),
      ]);
      const { error } = document as { error?: unknown };
      // `time run` has an error of a clock, in milliseconds.
      const failure = typeof error === 'object' ? (error as { code: string }) : undefined;
      if (!(id in fails)) expect(code, JSON.stringify(document)).to.equal(codes[id] ?? 0);
      expect(failure?.code).to.equal(fails[id]);
      expectValid(failure ? 'error.json' : fileOf(id), document);
    });
  }

  for (const line of ['vm show nosuch', 'vm list --nosuch', 'config set nosuch 1', 'explain X'])
    it(`pmx ${line}: an error`, async () => {
      const [code, document] = await run(line.split(' '));
      expect(code).to.not.equal(0);
      expectValid('error.json', document);
    });
});
