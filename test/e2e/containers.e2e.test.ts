import { expect } from 'chai';

import { Lab } from './support.ts';

interface Made {
  vmid: number;
  name: string;
  address: string | null;
  operation: string;
}

const startFails = '--action task-fail --path /nodes/*/lxc/*/status/start --times 1'.split(' ');

describe('making containers', function () {
  this.timeout(60_000);
  let lab: Lab;
  const archive = 'local:vztmpl/debian-12-standard_12.12-1_amd64.tar.gz';

  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.stop());

  const config = (vmid: number): Promise<Record<string, unknown>> =>
    lab.json('api', 'get', `/nodes/pve1/lxc/${vmid}/config`);

  it('says how to get a template that is not there', async () => {
    const { code, stderr } = await lab.pmx(['ct', 'create', 'proxy', '--template', 'debian-12']);
    expect(code).to.equal(1);
    expect(stderr).to.contain('pmx ct template download debian-12');
  });

  it('downloads a template once', async () => {
    const list = await lab.json<Array<{ name: string; volids: string[] }>>(
      'ct',
      'template',
      'list',
    );
    expect(list.filter(({ volids }) => volids.length > 0)).to.deep.equal([]);
    const download = ['ct', 'template', 'download', 'debian-12'];
    expect(await lab.json(...download)).to.include({ volid: archive, changed: true });
    const writes = lab.writes();
    expect(await lab.json(...download)).to.include({ volid: archive, changed: false });
    expect(lab.writes()).to.equal(writes);
    expect(await lab.json('ct', 'template', 'list', '--downloaded')).to.have.length(1);
  });

  it('makes one that runs, with all that was said', async () => {
    const flags = '--rootfs 4G --memory 1G --swap 0 --cores 2 --net vmbr0,tag=5 --ip dhcp';
    const more = '--features nesting=1 --nameserver 10.0.0.53 --tags web,lab --wait ip';
    const made = await lab.json<Made>(
      ...`ct create proxy --template debian-12 ${flags} ${more}`.split(' '),
    );
    expect(made.address).to.match(/^10\.99\./);
    expect(await config(made.vmid)).to.deep.include({
      hostname: 'proxy',
      cores: 2,
      swap: 0,
      unprivileged: 1,
      features: 'nesting=1',
      nameserver: '10.0.0.53',
      tags: 'lab;web',
    });
  });

  it('takes the password from a pipe and writes it nowhere', async () => {
    const { code, stdout, stderr } = await lab.pmx(
      ['ct', 'create', 'build', '-t', 'debian-12', '--password-stdin', '--json'],
      { input: 'correct-horse\n' },
    );
    expect(code, stderr).to.equal(0);
    const { operation } = JSON.parse(stdout) as Made;
    const journal = await lab.pmx(['op', 'show', operation, '--json']);
    expect(stdout + stderr + journal.stdout).not.to.contain('correct-horse');
    const short = await lab.pmx(['ct', 'create', 'x', '-t', 'debian-12', '--password-stdin'], {
      input: 'abc',
    });
    expect(short.code).to.equal(1);
    expect(short.stderr).to.contain('PMX_PASSWORD_TOO_SHORT');
  });

  it('a create whose answer was lost is looked up, not sent again', async () => {
    const lost = '--action reset --after --method POST --path /nodes/*/lxc --times 1'.split(' ');
    await lab.json('sandbox', 'fault', 'add', ...lost);
    const { guests } = await lab.holdings();
    await lab.json('ct', 'create', 'lost', '-t', 'debian-12', '--start');
    expect((await lab.holdings()).guests).to.have.length(guests.length + 1);
    await lab.json('sandbox', 'fault', 'clear');
  });

  it('takes everything back when a later step fails', async () => {
    const before = await lab.holdings();
    await lab.json('sandbox', 'fault', 'add', ...startFails);
    const { code, stdout } = await lab.pmx([
      'ct',
      'create',
      'broken',
      '-t',
      'debian-12',
      '--start',
      '--json',
    ]);
    expect(code, stdout).to.equal(3);
    expect(await lab.holdings()).to.deep.equal(before);
    await lab.json('sandbox', 'fault', 'clear');
  });

  it('an interrupted one is rolled back from its journal', async () => {
    const before = await lab.holdings();
    await lab.json('sandbox', 'fault', 'add', ...startFails);
    const { stdout } = await lab.pmx([
      'ct',
      'create',
      'kept',
      '-t',
      'debian-12',
      '--start',
      '--keep-on-failure',
      '--json',
    ]);
    await lab.json('sandbox', 'fault', 'clear');
    const { error } = JSON.parse(stdout) as { error: { data: { operation: string } } };
    expect((await lab.holdings()).guests).to.have.length(before.guests.length + 1);
    await lab.json('op', 'rollback', error.data.operation);
    expect(await lab.holdings()).to.deep.equal(before);
  });
});
