import { expect } from 'chai';

import { Lab } from './support.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const enter = '\r';
const ctrlC = '\u0003';
const down = '\u001b[B';

describe('the login wizard at a terminal', function () {
  this.timeout(120_000);
  let lab: Lab;
  before(async function () {
    if (!hasTerminal) return this.skip();
    lab = await Lab.start();
  });
  after(() => lab?.stop());

  const host = () => new URL(lab.server()[1]!).host;
  const names = async () =>
    (await lab.json<Array<{ name: string }>>('context', 'list')).map(({ name }) => name);

  it('from a host to a context with a token, password and secret never on the screen', async () => {
    const terminal = new Terminal(lab, ['login', 'typed']);
    await terminal.answer('Host of the Proxmox VE server', `${host()}${enter}`);
    await terminal.answer('Is this the right certificate', 'y');
    await terminal.answer('User', enter);
    await terminal.answer('Realm', enter);
    await terminal.answer('Password of root@pam', `${lab.secret()}${enter}`);
    await terminal.answer('What shall its API token be good for?', `${down}${enter}`);
    expect(await terminal.end(), terminal.screen).to.equal(0);
    expect(terminal.screen).to.contain('it is self-signed');
    expect(terminal.screen).to.contain('The token has the role PmxOperator');
    expect(terminal.screen).to.not.contain(lab.secret());
    const me = await lab.json<{ user: string }>('whoami', '--context', 'typed');
    expect(me.user).to.equal('root@pam');
  });

  it('No to the certificate ends it, and nothing was sent', async () => {
    const since = lab.requests().length;
    const terminal = new Terminal(lab, ['login', 'declined', '--host', host()]);
    await terminal.answer('Is this the right certificate', 'n');
    expect(await terminal.end()).to.equal(1);
    expect(terminal.screen).to.contain('PMX_DECLINED');
    expect(lab.requests().length).to.equal(since);
  });

  for (const question of ['Is this the right certificate', 'Password of root@pam', 'What shall']) {
    it(`Ctrl-C at "${question}" leaves nothing behind`, async () => {
      const terminal = new Terminal(lab, [
        'login',
        'stopped',
        '--host',
        host(),
        '--user',
        'root@pam',
      ]);
      for (const [asked, typed] of [
        ['Is this the right certificate', 'y'],
        ['Password of root@pam', `${lab.secret()}${enter}`],
        ['What shall', enter],
      ] as const) {
        await terminal.answer(asked, asked === question ? ctrlC : typed);
        if (asked === question) break;
      }
      expect(await terminal.end(), terminal.screen).to.equal(130);
      expect(await names()).to.not.include('stopped');
    });
  }
});
