import { expect } from 'chai';

import { hasTerminal, Terminal } from './terminal.ts';
import { Lab } from './support.ts';

const enter = '\r';
const ctrlC = '\u0003';

describe('missing values at a terminal', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    if (!hasTerminal) this.skip();
    lab = await Lab.start();
    await lab.template('base');
  });

  after(async () => lab?.stop());

  it('are asked for with their description, again when refused, and the command goes on', async () => {
    const terminal = new Terminal(lab, ['vm', 'create']);
    await terminal.answer('Name or id of the template', `base${enter}`);
    await terminal.answer('Name of the new VM', `not a name${enter}`);
    await terminal.answer("'not a name'", `web-01${enter}`);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    expect(terminal.screen).to.include("'not a name'");
    const guests = await lab.json<Array<{ name: string }>>('vm', 'list');
    expect(guests.map(({ name }) => name)).to.deep.equal(['web-01']);
  });

  it('of a fixed set are chosen from a list', async () => {
    const terminal = new Terminal(lab, ['wait', 'web-01', '--timeout', '5s']);
    // The first of the list is `running`, the second `stopped`.
    await terminal.answer('(--for', `\u001b[B${enter}`);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    expect(terminal.screen).to.include('· stopped');
  });

  it('guests are asked for where a selector could have named them', async () => {
    const terminal = new Terminal(lab, ['vm', 'start']);
    await terminal.answer('Which VM?', `web-01${enter}`);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    expect(terminal.screen).to.include('is running');
  });

  it('Ctrl-C leaves, exit 130, nothing was changed', async () => {
    const writes = lab.writes();
    const terminal = new Terminal(lab, ['vm', 'create', 'web-02']);
    await terminal.answer('Name or id of the template', ctrlC);
    expect(await terminal.end(), terminal.screen).to.equal(130);
    expect(terminal.screen).to.include('Nothing was changed');
    expect(lab.writes()).to.equal(writes);
  });

  for (const [what, words, env] of [
    ['--no-input', ['vm', 'create', '--no-input'], {}],
    ['--no-input before the verb', ['--no-input', 'vm', 'create'], {}],
    ['PMX_NO_INPUT', ['vm', 'create'], { PMX_NO_INPUT: '1' }],
    ['--json', ['vm', 'create', '--json'], {}],
    ['CI', ['vm', 'create'], { CI: 'true' }],
  ] as const) {
    it(`with ${what}: the usual usage error, exit 1`, async () => {
      const terminal = new Terminal(lab, words, env);
      expect(await terminal.end(), terminal.screen).to.equal(1);
      expect(terminal.screen).to.include('Missing').and.to.include('PMX_USAGE');
    });
  }

  it('--no-input holds for questions before a change, too', async () => {
    const terminal = new Terminal(lab, ['vm', 'delete', 'web-01', '--stop', '--no-input']);
    expect(await terminal.end(), terminal.screen).to.equal(1);
    expect(terminal.screen).to.include('PMX_CONFIRMATION_NEEDED');
  });

  it('without a terminal: the usual usage error, exit 1', async () => {
    const { code, stderr } = await lab.pmx(['vm', 'create'], { input: 'web-01\nbase\n' });
    expect(code).to.equal(1);
    expect(stderr).to.include('Missing').and.to.include('PMX_USAGE');
  });
});
