import { expect } from 'chai';

import type { WriteMethod, WriteParams } from '#dist/lib/api/types.js';
import { pveAwaitStatus } from '#dist/lib/operations/engine/handlers/pve-await-status.js';
import { pveBackup, pveDiscardBackup } from '#dist/lib/operations/engine/handlers/pve-backup.js';
import { pveDiscardVolume } from '#dist/lib/operations/engine/handlers/pve-discard.js';
import { apiError, denied, FakePve, lostAnswer } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const content = '/nodes/pve1/storage/dump/content';
const volid = 'dump:backup/vzdump-qemu-101-2026_01_02-00_00_00.vma.zst';
const variables = { operation: 'op1' };
const own = { volid, size: 7, notes: 'web\npmx-operation: op1' };
const ofOther = { volid: `${volid}.other`, size: 9, notes: 'web\npmx-operation: op2' };
const place = { node: 'pve1', vmid: 101, storage: 'dump' };
const args = {
  ...place,
  ...({ type: 'qemu', mode: 'snapshot', compress: 'zstd' } as const),
  notes: 'a\\b\nc',
  protected: true,
};

/** One that makes backups: the archive is there when the task has ended. */
class BackupPve extends FakePve {
  archives: object[];
  makes: object | undefined = own;
  loses = false;

  constructor(...archives: object[]) {
    super();
    this.archives = archives;
    this.answers.set(content, () => this.archives);
  }

  override async send<T>(method: WriteMethod, path: string, params: WriteParams = {}): Promise<T> {
    if (!path.endsWith('/vzdump')) return super.send<T>(method, path, params);
    await super.send(method, path, params);
    const { upid } = this.task('vzdump', 101);
    if (this.makes) this.archives.push(this.makes);
    if (this.loses) throw lostAnswer();
    return upid as T;
  }
}

const sent = (pve: FakePve): string[] => pve.writes.map(({ method, path }) => `${method} ${path}`);

describe('pve.backup', () => {
  it('tells the archive by the marker in its notes, and prunes nothing behind our back', async () => {
    const pve = new BackupPve(ofOther);
    const result = await pveBackup.run(args, contextFor(pve, variables));
    expect(result).to.include({ volid, sizeBytes: 7 });
    expect(pve.writes[0]!.params).to.deep.equal({
      vmid: '101',
      storage: 'dump',
      mode: 'snapshot',
      compress: 'zstd',
      'notes-template': String.raw`a\\b\nc\npmx-operation: op1`,
      protected: true,
      remove: false,
    });
  });

  it('a lost answer is looked up among the tasks, and nothing is sent twice', async () => {
    const pve = new BackupPve();
    pve.loses = true;
    expect(await pveBackup.run(args, contextFor(pve, variables))).to.include({ volid });
    expect(sent(pve)).to.deep.equal(['POST /nodes/pve1/vzdump']);
  });

  it('a task that ended well without an archive is an error', async () => {
    const pve = new BackupPve(ofOther);
    pve.makes = undefined;
    const error = await failure(() => pveBackup.run(args, contextFor(pve, variables)));
    expect(error).to.include({ code: 'PMX_ARCHIVE_NOT_FOUND', exitCode: 3 });
  });

  it('after a crash: its archive is found, or it did not happen', async () => {
    const done = new BackupPve(own);
    const { upid } = done.task('vzdump', 101, { status: 'stopped', exitstatus: 'OK' });
    expect(
      await pveBackup.recover(args, contextFor(done, variables, { upids: [upid] })),
    ).to.include({ volid });
    const failed = new BackupPve();
    const task = failed.task('vzdump', 101, { status: 'stopped', exitstatus: 'job errors' });
    const context = contextFor(failed, variables, { upids: [task.upid] });
    expect(await pveBackup.recover(args, context)).to.equal(undefined);
    expect(await pveBackup.recover(args, contextFor(new BackupPve(), variables))).to.equal(
      undefined,
    );
  });
});

describe('pve.discard-backup', () => {
  const path = `${content}/${encodeURIComponent(volid)}`;
  const run = (pve: FakePve, upids: string[] = []) =>
    pveDiscardBackup.run(place, contextFor(pve, variables, { upids }));

  it('lifts its own protection and removes the archive of this operation only', async () => {
    const pve = new BackupPve(ofOther, own);
    expect(await run(pve)).to.deep.equal({ removed: true });
    expect(sent(pve)).to.deep.equal([`PUT ${path}`, `DELETE ${path}`]);
  });

  it('leaves others alone', async () => {
    const pve = new BackupPve(ofOther);
    expect(await run(pve)).to.deep.equal({ removed: false });
    expect(pve.writes).to.deep.equal([]);
  });

  it('stops a backup that still runs, and looks only then', async () => {
    const pve = new BackupPve();
    const task = pve.task('vzdump', 101, { held: true });
    expect(await run(pve, [task.upid])).to.deep.equal({ removed: false });
    expect(task.exitstatus).to.equal('interrupted by signal');
    expect(sent(pve)).to.deep.equal([`DELETE /nodes/pve1/tasks/${encodeURIComponent(task.upid)}`]);
  });

  for (const [what, unseenEnd, notes, status] of [
    ['stops its own', true, 'pmx-operation: op1', 'stopped'],
    ['leaves that of another operation', true, 'pmx-operation: op2', 'running'],
    ['looks for none whose end was seen', false, 'pmx-operation: op1', 'running'],
  ] as const)
    it(`a backup without an answer: ${what}`, async () => {
      const pve = new BackupPve();
      const task = pve.task('vzdump', 101, { held: true });
      let looks = 0;
      // It waits for the backup of another guest before it says what it is.
      pve.taskLog = async () => {
        const lines =
          looks++ === 0
            ? ['INFO: trying to get global lock - waiting...']
            : [`INFO: starting new backup job: vzdump 101 --notes-template 'web\\n${notes}'`];
        return { lines, total: lines.length };
      };
      await pveDiscardBackup.run(place, contextFor(pve, variables, { unseenEnd }));
      expect(task.status).to.equal(status);
    });

  it('a task that has ended is not stopped', async () => {
    const pve = new BackupPve();
    const { upid } = pve.task('vzdump', 101, { status: 'stopped', exitstatus: 'OK' });
    await run(pve, [upid]);
    expect(pve.writes).to.deep.equal([]);
  });

  it('a refusal is told', async () => {
    const pve = new BackupPve(own);
    pve.on({ method: 'DELETE', path: /content/, error: denied('/storage/dump') });
    expect((await failure(() => run(pve))).code).to.equal('PMX_PERMISSION_DENIED');
  });
});

describe('pve.await-status', () => {
  const guest = '/nodes/pve1/qemu/101';
  const wait = (statuses: string[], timeoutSeconds: number) => {
    const pve = new FakePve();
    pve.answers.set(`${guest}/status/current`, () => ({
      status: statuses.length > 1 ? statuses.shift() : statuses[0],
    }));
    const context = contextFor(pve, variables);
    return {
      context,
      ended: pveAwaitStatus.run({ guest, status: 'stopped', timeoutSeconds }, context),
    };
  };

  it('asks each second until it is so', async () => {
    const { context, ended } = wait(['running', 'running', 'stopped'], 10);
    expect(await ended).to.deep.equal({ status: 'stopped' });
    expect(context.pauses).to.deep.equal([1000, 1000]);
  });

  it('gives up in time, and says where to look', async () => {
    const { context, ended } = wait(['running'], 3);
    const error = await failure(() => ended);
    expect(error).to.include({ code: 'PMX_HA_TIMEOUT', exitCode: 2 });
    expect(error.message).to.include('still running after 3 s');
    expect(context.pauses).to.have.length(3);
  });
});

describe('pve.discard-volume of what several guests had', () => {
  const iso = 'local:iso/pmx-20260101-000000-aaaaa-web.iso';
  const discard = (pve: FakePve) =>
    pveDiscardVolume.run(
      { node: 'pve1', storage: 'local', volid: iso, unlessUsedBy: ['/nodes/pve1/qemu/102'] },
      contextFor(pve, variables),
    );
  const server = (): FakePve => {
    const pve = new FakePve();
    pve.state.volumes.set(iso, 1);
    return pve;
  };

  it('stays while one that is still there has it', async () => {
    const pve = server();
    pve.guest(102, { ide2: `${iso},media=cdrom` });
    expect(await discard(pve)).to.deep.equal({ removed: false });
    expect(pve.writes).to.deep.equal([]);
  });

  for (const [what, prepare] of [
    ['the other is gone', () => undefined],
    ['the other has another one now', (pve) => void pve.guest(102, { ide2: 'none,media=cdrom' })],
  ] as Array<[string, (pve: FakePve) => void]>) {
    it(`goes when ${what}`, async () => {
      const pve = server();
      prepare(pve);
      expect(await discard(pve)).to.deep.equal({ removed: true });
    });
  }

  it('stays when the other cannot be looked at', async () => {
    const pve = server();
    pve.answers.set('/nodes/pve1/qemu/102/config', apiError('broken'));
    expect((await failure(() => discard(pve))).message).to.equal('broken');
    expect(pve.writes).to.deep.equal([]);
  });
});
