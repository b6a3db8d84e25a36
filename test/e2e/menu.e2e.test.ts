import { expect } from 'chai';

import { Lab } from './support.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const enter = '\r';
const down = '\u001b[B';
const ctrlC = '\u0003';

describe('pmx menu', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    if (!hasTerminal) this.skip();
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base');
  });

  after(async () => lab?.stop());

  it('leads to a command, which asks for what it needs; then the list is there again', async () => {
    const terminal = new Terminal(lab, ['menu']);
    await terminal.answer('What is it about?', enter);
    await terminal.answer('pmx …', enter);
    // More than fit: the beginning of the word narrows them down.
    await terminal.answer('pmx vm …', 'start');
    await terminal.sees('start Start VMs.');
    terminal.type(enter);
    await terminal.answer('pmx vm start …', enter);
    await terminal.sees('$ pmx vm start');
    await terminal.answer('Which VM?', `web-01${enter}`);
    await terminal.sees('is running');
    await terminal.answer('pmx vm …', ctrlC);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    const { status } = await lab.json<{ status: string }>('vm', 'show', 'web-01');
    expect(status).to.equal('running');
  });

  it('takes words behind the command, and says how it ended', async () => {
    const terminal = new Terminal(lab, ['menu']);
    await terminal.answer('What is it about?', enter);
    await terminal.answer('pmx …', enter);
    await terminal.answer('pmx vm …', 'show');
    await terminal.sees('show Show a VM');
    terminal.type(enter);
    await terminal.answer('pmx vm show …', `${down}${down}${enter}`);
    await terminal.answer('pmx vm show ·', `'nosuch${enter}`);
    await terminal.answer('single quote', `nosuch${enter}`);
    await terminal.sees('$ pmx vm show nosuch');
    await terminal.sees('exit code 1');
    await terminal.answer('pmx vm …', ctrlC);
    expect(await terminal.end(), terminal.screen).to.equal(0);
  });

  it('is what pmx alone does, where the configuration says so', async () => {
    const plain = new Terminal(lab, []);
    expect(await plain.end()).to.equal(0);
    expect(plain.screen).to.include('USAGE');
    await lab.json('config', 'set', 'menu', 'true');
    const terminal = new Terminal(lab, []);
    await terminal.answer('What is it about?', ctrlC);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    const { code, stdout } = await lab.pmx([]);
    expect({ code, isHelp: stdout.includes('USAGE') }).to.deep.equal({ code: 0, isHelp: true });
  });

  it('without a terminal: an error that says what else to do', async () => {
    const { code, stderr } = await lab.pmx(['menu']);
    expect(code).to.equal(1);
    expect(stderr).to.include('PMX_MENU_NEEDS_TERMINAL').and.to.include('pmx help');
  });
});
