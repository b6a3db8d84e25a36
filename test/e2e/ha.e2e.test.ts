import { expect } from 'chai';

import { Lab } from './support.ts';

interface Row {
  sid: string;
  requested: string;
}

describe('guests that HA manages', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    for (const vmid of [101, 102])
      await lab.json('api', 'post', '/nodes/pve1/qemu', `vmid=${vmid}`, `name=web-${vmid}`);
    await lab.json('ha', 'add', '101', '--max-restart', '2');
    await lab.json('vm', 'start', '101', '102');
  });

  after(() => lab.stop());

  const resources = async (): Promise<string[]> =>
    (await lab.json<Row[]>('ha', 'list')).map(({ sid, requested }) => `${sid} ${requested}`);
  const status = async (vmid: number): Promise<string> =>
    (await lab.json<{ status: string }>('vm', 'show', String(vmid))).status;

  it('are listed, and what HA does is shown', async () => {
    expect(await resources()).to.deep.equal(['vm:101 started']);
    const rows = await lab.json<Array<{ id: string }>>('ha', 'status');
    expect(rows.map(({ id }) => id)).to.include.members(['quorum', 'service:vm:101']);
  });

  it('are stopped through HA: it asks, waits for the end, and HA does not start it again', async () => {
    const writes = lab.writes();
    const asked = await lab.pmx(['vm', 'stop', '101', '--json']);
    expect(asked.code).to.equal(1);
    expect(asked.stdout).to.include('PMX_CONFIRMATION_NEEDED').and.to.include('HA manages');
    expect(lab.writes()).to.equal(writes);
    const stopped = await lab.pmx(['vm', 'stop', '101', '--yes']);
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect(await status(101)).to.equal('stopped');
    expect(await resources()).to.deep.equal(['vm:101 stopped']);
  });

  it('are started through HA, without a question', async () => {
    await lab.json('vm', 'start', '101');
    expect(await status(101)).to.equal('running');
    expect(await resources()).to.deep.equal(['vm:101 started']);
  });

  it('others are not asked about, and one look is enough for all', async () => {
    const before = lab.requests().length;
    await lab.json('vm', 'stop', '102');
    const looks = lab
      .requests()
      .slice(before)
      .filter(({ path }) => path.includes('/cluster/ha/resources'));
    expect(looks).to.have.length(1);
  });

  it('set changes what is asked for; ignored guests are handled directly', async () => {
    await lab.json('ha', 'set', '101', '--state', 'ignored', '--comment', 'by hand');
    await lab.json('vm', 'stop', '101');
    expect(await resources()).to.deep.equal(['vm:101 ignored']);
    await lab.json('ha', 'set', '101', '--state', 'started');
  });

  it('a delete stops through HA, and the resource goes with the guest', async () => {
    await lab.json('vm', 'start', '101');
    const gone = await lab.pmx(['vm', 'delete', '101', '--stop', '--yes']);
    expect(gone.code, gone.stderr).to.equal(0);
    expect(gone.stderr).to.include('HA resource vm:101');
    expect(await resources()).to.deep.equal([]);
  });

  it('a delete that is refused leaves a managed guest running', async () => {
    await lab.json('vm', 'start', '102');
    await lab.json('ha', 'add', '102');
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'status', '--status', '500'],
      ...['--message', 'disk is busy', '--method', 'DELETE', '--path', '/nodes/*/qemu/*'],
      ...['--times', '1'],
    );
    const { code, stdout } = await lab.pmx(['vm', 'delete', '102', '--stop', '--yes', '--json']);
    expect(code, stdout).to.equal(3);
    expect(await resources()).to.deep.equal(['vm:102 started']);
    expect(await status(102)).to.equal('running');
  });

  it('remove takes it out, and leaves it running', async () => {
    await lab.json('ha', 'remove', '102');
    expect(await resources()).to.deep.equal([]);
    expect(await status(102)).to.equal('running');
  });

  for (const [args, code] of [
    [['set', '102', '--state', 'stopped'], 'PMX_HA_UNMANAGED'],
    [['remove', '102'], 'PMX_HA_UNMANAGED'],
    [['set', '102'], 'PMX_NOTHING_TO_SET'],
    [['add', 'nosuch'], 'PMX_GUEST_NOT_FOUND'],
  ] as Array<[string[], string]>) {
    it(`ha ${args.join(' ')}: ${code}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx(['ha', ...args, '--json']);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
      expect(outcome.code).to.equal(1);
      expect(lab.writes()).to.equal(writes);
    });
  }
});
