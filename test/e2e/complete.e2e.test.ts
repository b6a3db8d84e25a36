import { writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Home, Lab, until } from './support.ts';

describe('pmx complete', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base', '--tags', 'web');
  });

  after(() => lab.stop());

  const lines = async (...words: string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await lab.pmx(['complete', '--', ...words]);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    return stdout.trimEnd().split('\n');
  };

  it('knows words at once, and names as soon as they were read in the background', async () => {
    expect(await lines('vm', 'sto')).to.deep.equal([
      'stop\tStop VMs at once, like pulling the plug.',
      ':values',
    ]);
    await until(async () => (await lines('vm', 'start', '')).length > 1, 'names of VMs');
    expect(await lines('vm', 'start', '')).to.deep.equal([
      'web-01\tVM 101 on pve1, stopped',
      ':values',
    ]);
  });

  it('follows the context that is named', async () => {
    expect(await lines('--context', 'nosuch', 'vm', 'start', '')).to.deep.equal([':values']);
    expect(await lines('--context', '')).to.have.length(2);
  });

  it('is silent without a server, with a broken configuration, and for nonsense', async () => {
    const home = new Home();
    const run = (env: Record<string, string>, ...words: string[]) =>
      home.pmx(['complete', '--', ...words], { env });
    const values = { code: 0, stdout: ':values\n', stderr: '' };
    const nobody = { PMX_HOST: '127.0.0.1:1', PMX_TOKEN_ID: 'a@pve!b', PMX_TOKEN_SECRET: 'x' };
    expect(await run(nobody, 'vm', 'start', '')).to.deep.equal(values);
    expect(await run({}, 'vm', 'start', '')).to.deep.equal(values);
    expect(await run({}, 'no', 'such', '')).to.deep.equal(values);
    await home.pmx(['config', 'set', 'output', 'table']);
    writeFileSync(home.file('config/config.yaml'), 'contexts: [');
    const broken = await run({}, 'context', 'use', '');
    expect(broken).to.include({ code: 0, stderr: '' });
    home.remove();
  });
});
