import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

import { expect } from 'chai';

import { Home, Lab } from './support.ts';

interface Examination {
  status: string;
  exitCode: number;
  checks: Array<{ area: string; title: string; status: string }>;
}

describe('pmx doctor and pmx version', function () {
  this.timeout(60_000);
  let lab: Lab;
  let home: Home;

  before(async () => {
    lab = await Lab.start();
    home = new Home();
  });

  after(async () => {
    await lab.stop();
    home.remove();
  });

  const red = (stdout: string): string[] =>
    (JSON.parse(stdout) as Examination).checks
      .filter(({ status }) => status === 'error')
      .map(({ area, title }) => `${area}: ${title}`);

  it('a healthy server: no error, exit code 0, nothing is changed', async () => {
    const writes = lab.writes();
    const { code, stdout, stderr } = await lab.pmx(['doctor']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout)
      .to.match(/^Tool\n {2}✔ Node /)
      .and.to.match(/\nTime\n/);
    expect(stdout).to.not.include('✖');
    expect(lab.writes()).to.equal(writes);
  });

  it('no context: 1, with the way to one', async () => {
    const { code, stdout } = await home.pmx(['doctor', '--json']);
    expect(code).to.equal(1);
    expect(red(stdout)).to.deep.equal(['configuration: Context']);
    const { stdout: words } = await home.pmx(['doctor']);
    expect(words).to.include('→ pmx login, or pmx sandbox start');
  });

  it('a secret that is refused: 3', async () => {
    const [, url, , pin] = lab.server();
    const env = { PMX_HOST: url!, PMX_FINGERPRINT: pin!, PMX_TOKEN_ID: 'root@pam!pmx' };
    const { code, stdout } = await home.pmx(['doctor', '--json'], {
      env: { ...env, PMX_TOKEN_SECRET: 'not-that-one' },
    });
    expect(code).to.equal(3);
    expect(red(stdout)).to.deep.equal(['access: Server']);
    expect(stdout).to.not.include('not-that-one');
  });

  it('a server that says nothing: 2, as soon as --request-timeout says', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const { port } = silent.address() as AddressInfo;
    const { code, stdout } = await home.pmx(['doctor', '--json', '--request-timeout', '1'], {
      env: { PMX_HOST: `127.0.0.1:${port}`, PMX_TOKEN_ID: 'a@pve!b', PMX_TOKEN_SECRET: 'x-y-z-1' },
    });
    silent.close();
    expect(code).to.equal(2);
    expect(red(stdout)).to.deep.equal(['access: Server']);
  });

  it('a configuration that cannot be read: 1, and the rest is looked at all the same', async () => {
    await home.pmx(['config', 'set', 'output', 'table']);
    writeFileSync(home.file('config/config.yaml'), 'output: nosuch\n');
    const { code, stdout } = await home.pmx(['doctor', '--json']);
    expect(code).to.equal(1);
    expect(red(stdout)).to.include('configuration: output');
  });

  it('warns from the use on that the settings say, under its older name, too', async () => {
    const load = (stdout: string): string | undefined =>
      (JSON.parse(stdout) as Examination).checks.find(({ title }) => title === 'Load')?.status;
    expect(load((await lab.pmx(['doctor', '--json'])).stdout)).to.equal('ok');
    const env = { PMX_MEMORY_WARNING: '1' };
    const { code, stdout } = await lab.pmx(['health', '--json'], { env });
    expect({ code, load: load(stdout) }).to.deep.equal({ code: 0, load: 'warning' });
    const refused = await lab.pmx(['doctor'], { env: { PMX_MEMORY_WARNING: '101' } });
    expect(refused.code).to.equal(1);
    expect(refused.stdout + refused.stderr).to.match(/'101'.*from 1 to 100/);
  });

  it('version: as --version, and all that a report needs', async () => {
    const short = await lab.pmx(['--version']);
    expect((await lab.pmx(['version'])).stdout).to.equal(short.stdout);
    const { version, details, server } = await lab.json<{
      version: string;
      details: {
        node: string;
        oclif: string;
        kit: string;
        paths: { state: string };
        plugins: Array<{ name: string }>;
      };
      server: { version: string };
    }>('version', '--verbose', '--server');
    expect(short.stdout).to.equal(`pmx ${version}\n`);
    expect(details).to.include({ node: process.versions.node, kit: version });
    expect(details.oclif).to.match(/^5\./);
    expect(details.paths.state).to.equal(lab.file('state'));
    // The bundle has it folded in.
    if (!process.env['PMX_TEST_BIN'])
      expect(details.plugins.map(({ name }) => name)).to.include('@pmx-cli/plugin-sandbox');
    expect(server.version).to.match(/^9\./);
    const { stdout } = await lab.pmx(['version', '--verbose']);
    expect(stdout)
      .to.include(lab.file('config'))
      .and.to.match(/Keychain: +\S/);
  });
});
