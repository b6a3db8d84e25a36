import { expect } from 'chai';

import { Lab } from './support.ts';

interface Job {
  job: string;
  enabled: boolean;
  schedule: string;
  covers: string;
  keep?: string;
}

describe('backup jobs', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    for (const [vmid, name] of [
      [101, 'web'],
      [102, 'db'],
    ])
      await lab.json(
        'api',
        'post',
        '/nodes/pve1/qemu',
        `vmid=${vmid}`,
        `name=${name}`,
        'scsi0=local:1',
      );
    await lab.json(
      ...['backup', 'job', 'create', 'nightly', '--schedule', 'sun 02:00', '--vmid', '101,102'],
      ...['--storage', 'local', '--keep-last', '1', '--notes', 'of {{guestname}}'],
    );
  });

  after(() => lab.stop());

  const job = async (): Promise<Job> =>
    (await lab.json<Job[]>('backup', 'job', 'list')).find((row) => row.job === 'nightly')!;
  const archives = (): Promise<Array<{ vmid: number; notes: string }>> =>
    lab.json('backup', 'list');

  it('are listed and shown with the guests that they cover', async () => {
    expect(await job()).to.include({ enabled: true, schedule: 'sun 02:00', covers: '101,102' });
    const shown = await lab.pmx(['backup', 'job', 'show', 'nightly']);
    expect(shown.stdout).to.include('101 (web), 102 (db)').and.to.include('keep-last=1');
  });

  it('set shows old and new, and undo brings the old values back', async () => {
    const before = await job();
    const words = ['backup', 'job', 'set', 'nightly', '--all', '--exclude', '102'];
    const dry = await lab.pmx([...words, '--dry-run']);
    expect(dry.stdout + dry.stderr).to.include('vmid: 101,102 → (not set)');
    await lab.json(...words);
    expect((await job()).covers).to.equal('all but 102');
    await lab.json('undo');
    expect(await job()).to.deep.equal(before);
  });

  it('disable and enable; twice changes nothing', async () => {
    await lab.json('backup', 'job', 'disable', 'nightly');
    expect((await job()).enabled).to.equal(false);
    const writes = lab.writes();
    await lab.json('backup', 'job', 'disable', 'nightly');
    expect(lab.writes()).to.equal(writes);
    await lab.json('backup', 'job', 'enable', 'nightly');
    expect((await job()).enabled).to.equal(true);
  });

  it('run backs all up with the notes of the job; older ones stay without --prune', async () => {
    for (const count of [2, 4]) {
      await lab.json('backup', 'job', 'run', 'nightly');
      const found = await archives();
      expect(found.map(({ notes }) => notes).sort()).to.include.members(['of db', 'of web']);
      expect(found).to.have.length(count);
    }
    const asked = await lab.pmx(['backup', 'job', 'run', 'nightly', '--prune', '--json']);
    expect(asked.stdout).to.include('PMX_CONFIRMATION_NEEDED');
    await lab.json('backup', 'job', 'run', 'nightly', '--prune', '--yes');
    expect(await archives()).to.have.length(2);
  });

  it('a run that fails leaves no archive', async () => {
    const before = await archives();
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'task-fail', '--path', '/nodes/*/vzdump'],
      ...['--message', 'job errors', '--times', '1'],
    );
    const { code, stdout } = await lab.pmx(['backup', 'job', 'run', 'nightly', '--json']);
    expect(code, stdout).to.equal(3);
    expect(await archives()).to.deep.equal(before);
  });

  it('delete names whom it covered, and asks', async () => {
    const dry = await lab.pmx(['backup', 'job', 'delete', 'nightly', '--dry-run']);
    expect(dry.stdout).to.include('goes:  backup job nightly').and.to.include('guest 101 (web)');
    const asked = await lab.pmx(['backup', 'job', 'delete', 'nightly', '--json']);
    expect(asked.stdout).to.include('PMX_CONFIRMATION_NEEDED');
    await lab.json('backup', 'job', 'delete', 'nightly', '--yes');
    expect(await job()).to.equal(undefined);
  });
});
