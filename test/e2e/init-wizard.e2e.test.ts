import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Lab } from './support.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const enter = '\r';
const ctrlC = '\u0003';
const down = '\u001b[B';

describe('the first-run wizard', function () {
  this.timeout(120_000);
  let lab: Lab;
  before(async () => {
    lab = await Lab.start('--nodes', '2');
    const storage = ['storage=fast', 'type=dir', 'path=/srv/fast', 'content=images'];
    await lab.json('api', 'post', '/storage', ...storage);
  });
  after(() => lab?.stop());
  afterEach(() => rmSync(lab.file('.bashrc'), { force: true }));

  const host = () => new URL(lab.server()[1]!).host;
  const names = async () =>
    (await lab.json<Array<{ name: string }>>('context', 'list')).map(({ name }) => name);
  const rc = () => readFileSync(lab.file('.bashrc'), 'utf8');
  const init = (...args: string[]) =>
    new Terminal(lab, ['init', ...args], { HOME: lab.path, SHELL: '/bin/bash' });
  const answers = (): Array<[question: string, typed: string]> => [
    ['Host of the Proxmox VE server', `${host()}${enter}`],
    ['Is this the right certificate', 'y'],
    ['User', enter],
    ['Realm', enter],
    ['Password of root@pam', `${lab.secret()}${enter}`],
    ['What shall its API token be good for?', `${down}${enter}`],
    ['Node for new guests', `${down}${enter}`],
    ['Storage for their disks', `${down}${enter}`],
    ['Put that there?', 'y'],
  ];

  it('without a terminal: an error with the commands to use instead, and nothing changes', async () => {
    const since = lab.requests().length;
    const env = { HOME: lab.path, SHELL: '/bin/bash' };
    const { code, stderr } = await lab.pmx(['init', 'lab', '--host', host()], { env });
    expect(code).to.equal(1);
    expect(stderr).to.contain('PMX_NOBODY_TO_ASK');
    expect(stderr).to.contain(`pmx login lab --host ${host()}`).and.contain('pmx completion bash');
    expect(lab.requests().length).to.equal(since);
    expect(await names()).to.not.include('lab');
    expect(existsSync(lab.file('.bashrc'))).to.equal(false);
  });

  describe('at a terminal', () => {
    before(function () {
      if (!hasTerminal) this.skip();
    });

    for (const [index, [question]] of [
      ['Host of the Proxmox VE server'],
      ['Is this the right certificate'],
      ['User'],
      ['Realm'],
      ['Password of root@pam'],
      ['What shall its API token be good for?'],
      ['Node for new guests'],
      ['Storage for their disks'],
      ['Put that there?'],
    ].entries())
      it(`Ctrl-C at "${question}" leaves nothing behind`, async () => {
        const writes = lab.writes();
        const terminal = init('stopped');
        for (const [asked, typed] of answers().slice(0, index)) await terminal.answer(asked, typed);
        await terminal.answer(question!, ctrlC);
        expect(await terminal.end(), terminal.screen).to.equal(130);
        expect(await names()).to.not.include('stopped');
        expect(existsSync(lab.file('.bashrc'))).to.equal(false);
        // The login itself is a request, and leaves nothing.
        expect(lab.writes() - writes).to.be.at.most(index > 4 ? 1 : 0);
        const tokens = await lab.json<unknown[]>('access', 'token', 'list', 'root@pam');
        expect(JSON.stringify(tokens)).to.not.contain('pmx-');
      });

    it('--dry-run shows it all and writes nothing', async () => {
      const terminal = init('dry', '--dry-run');
      for (const [asked, typed] of answers()) await terminal.answer(asked, typed);
      expect(await terminal.end(), terminal.screen).to.equal(0);
      expect(terminal.screen).to.contain('dry run, nothing is changed');
      expect(terminal.screen).to.contain(`Load the completion in ${lab.file('.bashrc')}`);
      expect(await names()).to.not.include('dry');
      expect(existsSync(lab.file('.bashrc'))).to.equal(false);
    });

    it('from nothing to a context with places, and a shell that completes', async () => {
      writeFileSync(lab.file('.bashrc'), 'alias ll="ls -l"\n');
      const terminal = init('first');
      for (const [asked, typed] of answers()) await terminal.answer(asked, typed);
      expect(await terminal.end(), terminal.screen).to.equal(0);
      expect(terminal.screen).to.not.contain(lab.secret());
      const shown = await lab.json<Record<string, unknown>>('context', 'show', 'first');
      expect(JSON.stringify(shown)).to.contain('"node":"pve1"').and.to.contain('"storage":"fast"');
      expect(rc()).to.match(/^alias ll="ls -l"\n# >>> pmx completion >>>\n/);
      const { stdout } = await lab.shell('. ./.bashrc; complete -p pmx');
      expect(stdout).to.contain('_pmx pmx');
    });

    it('again: the places stand first, and the completion is not asked about', async () => {
      const once = init('twice', '--host', host());
      for (const [asked, typed] of answers().slice(1)) await once.answer(asked, typed);
      expect(await once.end(), once.screen).to.equal(0);
      const again = init('twice', '--host', host());
      await again.answer('Node for new guests', enter);
      await again.answer('Storage for their disks', enter);
      expect(await again.end(), again.screen).to.equal(0);
      expect(rc().match(/>>> pmx completion/g)).to.have.length(1);
      const shown = await lab.json<Record<string, unknown>>('context', 'show', 'twice');
      expect(JSON.stringify(shown)).to.contain('"node":"pve1"');
    });

    it('No to the lines: everything else is done', async () => {
      const terminal = init('without', '--host', host());
      for (const [asked, typed] of answers().slice(1, -1)) await terminal.answer(asked, typed);
      await terminal.answer('Put that there?', 'n');
      expect(await terminal.end(), terminal.screen).to.equal(0);
      expect(await names()).to.include('without');
      expect(existsSync(lab.file('.bashrc'))).to.equal(false);
    });
  });
});
