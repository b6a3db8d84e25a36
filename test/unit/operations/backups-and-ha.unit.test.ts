import { allSteps, type Inventory, type Plan, type Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import { parseConfigText } from '#dist/lib/operations/backup/archive-config.js';
import { planBackupDelete, planBackupPrune } from '#dist/lib/operations/backup/remove.js';
import { planRestore, type RestoreRequest } from '#dist/lib/operations/backup/restore.js';
import { verifyBackups } from '#dist/lib/operations/backup/verify.js';
import { planHa } from '#dist/lib/operations/ha/change.js';
import { throughHa } from '#dist/lib/operations/ha/power.js';
import { readHa } from '#dist/lib/operations/ha/read.js';
import { planPower } from '#dist/lib/operations/guest/power.js';
import { apiError, denied, type FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

const archiveOf = (vmid: number, day: number, kind = 'qemu'): string =>
  `local:backup/vzdump-${kind}-${vmid}-2026_01_0${day}-00_00_00.${kind === 'qemu' ? 'vma' : 'tar'}.zst`;
const [older, newest, kept] = [archiveOf(101, 1), archiveOf(101, 3), archiveOf(101, 2)];

/** VM 101 with three archives, one protected; the configuration in them. */
function server(rows: object[] = []): { pve: FakePve; inventory: Inventory } {
  const { pve, inventory } = cluster();
  pve.guest(101, { name: 'web', scsi0: 'fast:vm-101-disk-0,size=2G', ide2: 'none,media=cdrom' });
  const local = { storage: 'local', type: 'dir', active: 1, enabled: 1 };
  pve.answers.set('/nodes/pve1/storage', [
    { ...local, content: 'backup,iso' },
    { ...local, storage: 'fast', content: 'images' },
  ]);
  pve.answers.set('/cluster/resources', ({ type }: { type?: string }) =>
    type === 'storage'
      ? [{ storage: 'local', node: 'pve1', content: 'backup', status: 'available' }]
      : [{ type: 'qemu', vmid: 101, name: 'web', node: 'pve1', status: 'stopped' }],
  );
  pve.answers.set('/nodes/pve1/storage/local/content', [
    { volid: older, vmid: 101, ctime: 1, size: 5, notes: 'web' },
    { volid: newest, vmid: 101, ctime: 3, size: 5, notes: 'web' },
    { volid: kept, vmid: 101, ctime: 2, size: 5, notes: 'web', protected: 1 },
    ...rows,
  ]);
  pve.answers.set(
    '/nodes/pve1/vzdump/extractconfig',
    '#before\n#pmx-operation%3A old\nname: web\nscsi0: fast:vm-101-disk-0,size=2G\n[night]\nname: no\n',
  );
  return { pve, inventory };
}

const first = (plan: Plan): Step => allSteps(plan.steps)[0]!;

describe('the configuration in an archive', () => {
  it('is read without snapshots; comments are the description', () => {
    const text = '#qmdump#map:x\n#a%20b\n#50%\ncores: 2\n[snap]\ncores: 4\n';
    expect(parseConfigText(text)).to.deep.equal({
      config: { cores: '2' },
      description: 'a b\n50%',
    });
  });
});

describe('planning a restore', () => {
  const request = (more: Partial<RestoreRequest> = {}): RestoreRequest => ({
    ...{ backup: 'web', vmid: undefined, node: undefined, storage: undefined, name: undefined },
    ...{ start: false, force: false },
    ...more,
  });
  const planned = async (more: Partial<RestoreRequest>, prepare?: (pve: FakePve) => void) => {
    const { pve, inventory } = server();
    prepare?.(pve);
    const plan = await planRestore(pve, inventory, request(more));
    expect(pve.writes).to.deep.equal([]);
    return plan;
  };

  it('beside the old one: the newest archive, another id, other addresses, and it goes again', async () => {
    const plan = await planned({ start: true });
    expect(first(plan).args).to.deep.include({ path: '/nodes/pve1/qemu', vmidVariable: 'vmid' });
    const { params } = first(plan).args as { params: Record<string, unknown> };
    expect(params).to.include({ archive: newest, unique: true });
    expect(params).to.not.have.property('force');
    // The marker of the operation that made the old one would make it somebody else's.
    expect(JSON.stringify(params['description'])).to.include('before').and.not.include('old');
    expect(first(plan).undo![0]).to.include({ kind: 'pve.discard-guest' });
    expect(allSteps(plan.steps).map(({ id }) => id)).to.deep.equal(['restore', 'start']);
    expect(plan.notes!.join()).to.include('VMID 101 is taken');
  });

  it('of a guest that is gone: with its old id, and no note', async () => {
    const plan = await planned({ backup: older }, (pve) => {
      pve.state.guests.delete(101);
      pve.answers.set('/cluster/resources', ({ type }: { type?: string }) =>
        type === 'storage'
          ? [{ storage: 'local', node: 'pve1', content: 'backup', status: 'available' }]
          : [],
      );
    });
    expect(plan.variables).to.deep.equal({ vmid: 101 });
    expect(plan.notes).to.deep.equal([]);
    expect(first(plan).args).to.not.have.nested.property('params.unique');
  });

  it('--force replaces, cannot be taken back, and names the disks that go', async () => {
    const plan = await planned({ backup: '101', force: true });
    expect(first(plan)).to.include({ destructive: true });
    expect(first(plan).undo).to.equal(undefined);
    expect(plan.impact!.removes.map(({ name }) => name)).to.deep.equal([
      'VM 101 (web)',
      'fast:vm-101-disk-0',
    ]);
  });

  for (const [what, more, prepare, code] of [
    ['an id that is taken', { vmid: 101 }, undefined, 'PMX_VMID_TAKEN'],
    ['no such guest', { backup: 'nosuch' }, undefined, 'PMX_ARCHIVE_NOT_FOUND'],
    ['something else behind @', { backup: 'web@old' }, undefined, 'PMX_INVALID_BACKUP'],
    [
      'a protected guest',
      { force: true },
      (pve) => void (pve.state.guests.get(101)!.config['protection'] = 1),
      'PMX_VM_PROTECTED',
    ],
    [
      'a running guest',
      { force: true },
      (pve) => void (pve.state.guests.get(101)!.status = 'running'),
      'PMX_VM_RUNNING',
    ],
    ['a storage without disks', { storage: 'local' }, undefined, 'PMX_STORAGE_LACKS_CONTENT'],
  ] as Array<[string, Partial<RestoreRequest>, ((pve: FakePve) => void) | undefined, string]>) {
    it(`refuses ${what}: ${code}`, async () => {
      expect((await failure(() => planned(more, prepare))).code).to.equal(code);
    });
  }
});

describe('verifying backups', () => {
  const verdicts = async (row: object, prepare?: (pve: FakePve) => void) => {
    const { pve, inventory } = server([{ vmid: 102, ctime: 9, size: 5, ...row }]);
    prepare?.(pve);
    const [found] = await verifyBackups(pve, inventory, ['102'], undefined);
    return `${found!.verdict}: ${found!.found}`;
  };
  const extract = '/nodes/pve1/vzdump/extractconfig';
  const volid = archiveOf(102, 1);

  for (const [what, row, prepare, verdict] of [
    ['verified', { verification: { state: 'ok' } }, undefined, /^verified/],
    ['damaged', { verification: { state: 'failed' } }, undefined, /^failed: .*damaged/],
    ['empty', { size: 0 }, undefined, /^failed: .*empty/],
    ['encrypted', { encrypted: 'aa' }, undefined, /^readable: encrypted/],
    ['readable', {}, undefined, /^readable: .*VM with 1 disk\).*only a restore/],
    [
      'unreadable',
      {},
      (pve) => void pve.answers.set(extract, apiError('short read')),
      /^failed: .*short read/,
    ],
  ] as Array<[string, object, ((pve: FakePve) => void) | undefined, RegExp]>) {
    it(`${what}: ${String(verdict)}`, async () => {
      expect(await verdicts({ volid, ...row }, prepare)).to.match(verdict);
    });
  }

  it('what one may not read is no verdict', async () => {
    const error = await failure(() =>
      verdicts({ volid }, (pve) => pve.answers.set(extract, denied('/vms/102'))),
    );
    expect(error.code).to.equal('PMX_PERMISSION_DENIED');
  });
});

describe('planning to remove backups', () => {
  it('prune: exactly what the server marks, each by itself; the others stay', async () => {
    const { pve, inventory } = server();
    let asked: unknown;
    pve.answers.set('/nodes/pve1/storage/local/prunebackups', (query: object) => {
      asked = query;
      return [
        { volid: older, mark: 'remove' },
        { volid: newest, mark: 'keep' },
        { volid: kept, mark: 'protected' },
      ];
    });
    const plan = await planBackupPrune(pve, inventory, ['web'], undefined, { last: 1, daily: 0 });
    expect(asked).to.deep.equal({ 'prune-backups': 'keep-last=1,keep-daily=0' });
    expect(allSteps(plan.steps).map(({ title }) => title)).to.deep.equal([
      `Delete backup ${older}`,
    ]);
    expect(first(plan)).to.include({ destructive: true });
    expect(plan.impact!.keeps.map(({ name, detail }) => [name, detail])).to.deep.equal([
      [newest, undefined],
      [kept, 'protected'],
    ]);
  });

  for (const keep of [{}, { last: 0 }]) {
    it(`prune with ${JSON.stringify(keep)} would remove all: refused`, async () => {
      const { pve, inventory } = server();
      const error = await failure(() => planBackupPrune(pve, inventory, [], undefined, keep));
      expect(error).to.include({ code: 'PMX_PRUNE_UNBOUNDED', exitCode: 1 });
    });
  }

  it('delete: one that is protected keeps all of them', async () => {
    const { pve, inventory } = server();
    const error = await failure(() => planBackupDelete(pve, inventory, [older, kept]));
    expect(error.code).to.equal('PMX_BACKUP_PROTECTED');
    expect(error.message).to.include(kept).and.not.include(older);
    const plan = await planBackupDelete(pve, inventory, [newest, 'web@latest']);
    expect(allSteps(plan.steps)).to.have.length(1);
  });
});

describe('planning what HA does', () => {
  const managed = { sid: 'vm:101', state: 'started', max_restart: 2 };
  const guest = guestOf(101, { name: 'web' });
  const other = guestOf(102, { type: 'lxc', name: 'proxy' });
  const plansFor = async (
    ...args: Parameters<typeof planHa> extends [unknown, ...infer R] ? R : never
  ) => {
    const { pve } = cluster();
    pve.answers.set('/cluster/ha/resources', [managed]);
    return planHa(pve, ...args);
  };

  it('add: an entry that is discarded again', async () => {
    const [plan] = await plansFor([other], 'add', { state: 'stopped', comment: undefined });
    const list = { list: '/cluster/ha/resources', key: 'sid', name: 'ct:102' };
    expect(first(plan!)).to.deep.include({
      kind: 'pve.entry',
      args: { ...list, params: { state: 'stopped' } },
    });
    expect(first(plan!).undo![0]).to.deep.include({
      kind: 'pve.discard-entry',
      args: { ...list, made: { $var: 'made' } },
    });
  });

  it('set: undo brings the old values back, and removes what was not set', async () => {
    const [plan] = await plansFor([guest], 'set', { state: 'stopped', comment: 'c' });
    expect(first(plan!).args).to.deep.include({ params: { state: 'stopped', comment: 'c' } });
    expect(first(plan!).undo![0]!.args).to.deep.include({
      params: { state: 'started', delete: 'comment' },
    });
  });

  it('remove: rules go on naming it', async () => {
    const [plan] = await plansFor([guest], 'remove');
    expect(first(plan!).args).to.deep.include({
      method: 'DELETE',
      path: '/cluster/ha/resources/vm:101',
      params: { purge: false },
    });
  });

  for (const [verb, guests, settings, code] of [
    ['add', [other, guest], {}, 'PMX_HA_MANAGED'],
    ['set', [other], { state: 'stopped' }, 'PMX_HA_UNMANAGED'],
    ['remove', [guest, other], {}, 'PMX_HA_UNMANAGED'],
    ['set', [guest], { comment: undefined }, 'PMX_NOTHING_TO_SET'],
  ] as const) {
    it(`${verb} of ${guests.map(({ name }) => name).join()}: ${code}`, async () => {
      expect((await failure(() => plansFor(guests, verb, settings))).code).to.equal(code);
    });
  }

  it('a stop goes through HA, asks first, and waits for the end', async () => {
    const { pve } = cluster();
    pve.answers.set('/cluster/ha/resources', [managed]);
    const running = { ...guest, status: 'running' as const };
    const plan = planPower({ guest: running, verb: 'stop', wait: true });
    const through = throughHa(plan, running, await readHa(pve));
    expect(allSteps(through.steps).map(({ id, kind }) => `${id} ${kind}`)).to.deep.equal([
      'stop pve.call',
      'await-stopped pve.await-status',
    ]);
    expect(first(through).args).to.deep.include({ lookup: { type: 'hastop', id: '101' } });
    expect(through.asks).to.include('HA manages VM 101 (web)');
  });

  it('without the right to look at HA, that is said', async () => {
    const { pve } = cluster();
    pve.answers.set('/cluster/ha/resources', denied('/'));
    const ha = await readHa(pve);
    expect(ha.managing(guest)).to.equal(undefined);
    expect(ha.notes.join()).to.include('Sys.Audit');
  });
});
