import { existsSync } from 'node:fs';

import { expect } from 'chai';

import { bin, Lab, type Outcome, until } from './support.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const pmx = `"${process.execPath}" "${bin}"`;
const full = existsSync('/dev/full');

interface Operation {
  operation: string;
  status: string;
}

/** What pmx prints may get lost, what it does may not. */
describe('output that gets lost', function () {
  this.timeout(60_000);
  let lab: Lab;
  let number = 0;

  before(async () => {
    lab = await Lab.start('--task-millis', '400');
  });

  after(() => lab.stop());

  /** Of the newest one; faults are operations as well. */
  const creation = async (): Promise<string> =>
    (await lab.json<Operation[]>('op', 'list')).find(({ operation }) => operation === 'vm.create')!
      .status;
  const statusOf = async (name: string): Promise<string | undefined> =>
    (await lab.json<Array<{ name: string; status: string }>>('vm', 'list')).find(
      (vm) => vm.name === name,
    )?.status;
  const next = (): string => `lost-${++number}`;

  /** `code` is that of pmx itself, also before a pipe. */
  const shell = (words: string, redirection: string): Promise<Outcome> =>
    lab.shell(`set -o pipefail; ${pmx} ${words} ${redirection}`);

  const places: ReadonlyArray<readonly [redirection: string, code: number]> = [
    ['2>&1 | true', 0],
    ['2>&1 | head -c 1', 0],
    ['| true', 0],
    ['2> >(true)', 0],
    ['>&- 2>&-', 0],
    ['2>/dev/full', 0],
    ['>/dev/full', 2],
    ['>/dev/full 2>&1', 2],
  ];

  for (const [redirection, expected] of places) {
    const needsFull = redirection.includes('/dev/full');

    it(`${redirection}: a change is finished all the same, exit code ${expected}`, async function () {
      if (needsFull && !full) this.skip();
      const name = next();
      const words = `vm create ${name} --empty --disk 64M --start --debug`;
      const { code, stderr } = await shell(words, redirection);
      expect(code, stderr).to.equal(expected);
      expect(await creation()).to.equal('completed');
      expect(await statusOf(name)).to.equal('running');
      expect(stderr).to.not.match(/ at .*\.js:\d+/);
    });

    it(`${redirection}: and what fails is taken back`, async function () {
      if (needsFull && !full) this.skip();
      const before = await lab.holdings();
      const fault = ['--action', 'task-fail', '--path', '/nodes/*/qemu/*/status/start'];
      await lab.json('sandbox', 'fault', 'add', ...fault, '--nth', '1');
      const words = `vm create ${next()} --empty --disk 64M --start --debug`;
      const { code } = await shell(words, redirection);
      await lab.json('sandbox', 'fault', 'clear');
      expect(code).to.equal(3);
      expect(await creation()).to.equal('rolled-back');
      expect(await lab.holdings()).to.deep.equal(before);
    });
  }

  it('a result that could not be written is said, with what to do', async function () {
    if (!full) this.skip();
    for (const words of ['vm list', 'vm list --json', 'vm list --watch 300ms', 'help']) {
      const { code, stderr } = await shell(words, '>/dev/full');
      expect(code, words).to.equal(2);
      expect(stderr, words).to.match(/^Error: The result could not be written: ENOSPC.*\n {2}→ /);
      expect(stderr, words).to.include('PMX_OUTPUT_LOST');
    }
  });

  it('a terminal that is closed half way: all is taken back', async function () {
    if (!hasTerminal) this.skip();
    const before = await lab.holdings();
    const words = ['vm', 'create', next(), '--empty', '--disk', '64M', '--start'];
    const terminal = new Terminal(lab, words);
    await terminal.sees('✔ Create VM');
    terminal.kill('SIGKILL');
    await terminal.end();
    await until(async () => (await creation()) !== 'running', 'the end of the operation');
    expect(await creation()).to.equal('rolled-back');
    expect(await lab.holdings()).to.deep.equal(before);
  });
});
