import { allSteps, type Guest, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { type DeleteOptions, planGuestDeletes } from '#dist/lib/operations/guest/delete/plan.js';
import { apiError, denied, type FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

const ownIso = 'local:iso/pmx-20260101-000000-aaaaa-web.iso';
const guest = guestOf(101, { name: 'web' });
const usual: DeleteOptions = { stop: false, keepIso: false, deleteBackups: false, purge: true };

async function planned(
  config: Record<string, string | number>,
  prepare: (pve: FakePve) => void = () => undefined,
  target: Guest = guest,
  stop = false,
): Promise<Plan> {
  const { pve, inventory } = cluster();
  if (target.vmid !== 900)
    pve.guest(
      target.vmid,
      { name: target.name, ...config },
      { status: target.status as 'stopped' },
    );
  prepare(pve);
  const [plan] = await planGuestDeletes(pve, inventory, [target], { ...usual, stop });
  expect(pve.writes, 'planning only reads').to.deep.equal([]);
  return plan!;
}

const removes = (plan: Plan): string[] =>
  plan.impact!.removes.map(({ what, name }) => `${what} ${name}`);
const keeps = (plan: Plan): string[] =>
  plan.impact!.keeps.map(({ what, name, detail }) => `${what} ${name}: ${detail}`);
const ids = (plan: Plan): string[] => allSteps(plan.steps).map(({ id }) => id);
const cdrom = (volid: string) => ({ ide2: `${volid},media=cdrom` });

describe('planning vm delete', () => {
  it('is one destructive call, purging and with unreferenced disks', async () => {
    const plan = await planned({});
    expect(allSteps(plan.steps)).to.deep.equal([
      {
        id: 'destroy',
        title: 'Delete VM 101 (web) with its disks',
        kind: 'pve.call',
        destructive: true,
        args: {
          method: 'DELETE',
          path: '/nodes/pve1/qemu/101',
          params: { purge: true, 'destroy-unreferenced-disks': true },
          lookup: { type: 'qmdestroy', id: '101' },
        },
      },
    ]);
    expect(plan).to.deep.include({
      operation: 'vm.delete',
      target: 'VM 101 (web)',
      title: 'Delete VM 101 (web) on node pve1',
    });
    expect(removes(plan)).to.deep.equal(['VM 101 (web)']);
    expect(plan.result).to.deep.equal({
      vmid: 101,
      name: 'web',
      node: 'pve1',
      removed: ['VM 101 (web)'],
      kept: [],
    });
  });

  it('names disks, unused disks, the cloud-init drive, and disks that no configuration knows', async () => {
    const plan = await planned(
      {
        scsi0: 'fast:vm-101-disk-0,size=2G',
        efidisk0: 'fast:vm-101-disk-1,size=4M',
        unused0: 'fast:vm-101-disk-2',
        scsi1: 'fast:vm-101-cloudinit,media=cdrom',
        ide3: 'none,media=cdrom',
      },
      (pve) =>
        pve.state.volumes
          .set('fast:vm-101-disk-0', 1)
          .set('fast:vm-101-disk-9', 1)
          .set('fast:vm-102-disk-0', 1),
    );
    expect(removes(plan)).to.deep.equal([
      'VM 101 (web)',
      'disk fast:vm-101-disk-0',
      'disk fast:vm-101-disk-1',
      'unused disk fast:vm-101-disk-2',
      'cloud-init drive fast:vm-101-cloudinit',
      'unreferenced disk fast:vm-101-disk-9',
    ]);
    expect(plan.impact!.removes[1]!.detail).to.equal('scsi0, 2G');
    expect(plan.impact!.removes[3]!.detail).to.equal('unused0');
  });

  it("a linked clone's disk under its short name is not an unreferenced one", async () => {
    const plan = await planned(
      { scsi0: 'local:900/base-900-disk-0.qcow2/101/vm-101-disk-0.qcow2,size=2G' },
      (pve) => pve.state.volumes.set('local:101/vm-101-disk-0.qcow2', 1),
    );
    expect(removes(plan).filter((line) => line.startsWith('unreferenced'))).to.deep.equal([]);
  });

  describe('ISOs', () => {
    for (const [what, volid, description] of [
      ['made by pmx, by its name', ownIso, ''],
      ['recorded in the description', 'local:iso/seed.iso', 'text\npmx-iso: local:iso/seed.iso'],
      ['of the older scripts', 'local:iso/CI_101_x.iso', ''],
    ] as const) {
      it(`${what}: goes, after the guest`, async () => {
        const plan = await planned({ ...cdrom(volid), description });
        expect(ids(plan)).to.deep.equal(['destroy', `remove-${volid}`]);
        expect(allSteps(plan.steps)[1]).to.deep.include({
          kind: 'pve.discard-volume',
          args: { node: 'pve1', storage: 'local', volid },
        });
        expect(removes(plan)).to.include(`cloud-init ISO ${volid}`);
        expect(keeps(plan)).to.deep.equal([]);
      });
    }

    for (const [what, volid, description] of [
      ['of somebody', 'local:iso/debian-12.iso', ''],
      ['of the older scripts for another VMID', 'local:iso/CI_1011_x.iso', ''],
      ['whose name only ends alike', 'local:iso/my-seed.iso', 'pmx-iso: local:iso/seed.iso'],
      ['mentioned in passing', 'local:iso/seed.iso', 'see local:iso/seed.iso'],
      ['named almost like one of pmx', 'local:iso/pmx-tools.iso', ''],
    ] as const) {
      it(`${what}: stays`, async () => {
        const plan = await planned({ ...cdrom(volid), description });
        expect(ids(plan)).to.deep.equal(['destroy']);
        expect(keeps(plan)).to.deep.equal([`ISO ${volid}: not made for this VM`]);
        expect(plan.result).to.have.deep.property('kept', [`ISO ${volid}`]);
      });
    }

    it('shared with another guest: stays, and says with whom', async () => {
      const plan = await planned(cdrom(ownIso), (pve) =>
        pve.guest(102, { name: 'db', sata3: `${ownIso},media=cdrom` }),
      );
      expect(ids(plan)).to.deep.equal(['destroy']);
      expect(keeps(plan)).to.deep.equal([`cloud-init ISO ${ownIso}: also used by 102 (db)`]);
    });

    it('goes when the other guest vanished while we looked', async () => {
      const plan = await planned(cdrom(ownIso), (pve) => {
        pve.guest(102, { name: 'db' });
        pve.answers.set(
          '/nodes/pve1/qemu/102/config',
          apiError("Configuration file 'nodes/pve1/qemu-server/102.conf' does not exist"),
        );
      });
      expect(ids(plan)).to.have.length(2);
    });

    it('is not removed when another guest cannot be looked at', async () => {
      const error = await failure(() =>
        planned(cdrom(ownIso), (pve) => {
          pve.guest(102, { name: 'db' });
          pve.answers.set('/nodes/pve1/qemu/102/config', denied('/vms/102'));
        }),
      );
      expect(error.code).to.equal('PMX_PERMISSION_DENIED');
    });
  });

  it('names what elsewhere goes with it: backup jobs, HA, replication, pool', async () => {
    const plan = await planned({}, (pve) => {
      pve.answers.set('/cluster/backup', [
        { id: 'nightly', vmid: '100,101,102' },
        { id: 'other', vmid: '1011' },
        { id: 'all' },
      ]);
      pve.answers.set('/cluster/ha/resources', [
        { sid: 'vm:101' },
        { sid: 'vm:102' },
        { sid: 'ct:101' },
      ]);
      pve.answers.set('/cluster/replication', [
        { id: '101-0', guest: 101 },
        { id: '102-0', guest: 102 },
      ]);
      pve.answers.set('/cluster/resources', [
        { vmid: 101, node: 'pve1', pool: 'prod' },
        { vmid: 102, node: 'pve1', pool: 'dev' },
      ]);
    });
    expect(removes(plan).slice(1)).to.deep.equal([
      'entry in backup job nightly',
      'HA resource vm:101',
      'replication job 101-0',
      'membership in pool prod',
    ]);
    expect(plan.notes).to.deep.equal([]);
  });

  it('notes what cannot be seen with these rights', async () => {
    const plan = await planned({}, (pve) => {
      for (const path of ['/cluster/backup', '/cluster/ha/resources', '/cluster/replication'])
        pve.answers.set(path, denied(path));
    });
    expect(plan.notes).to.have.length(3);
    expect(plan.notes!.join()).to.include('Backup jobs').and.to.include('/cluster/replication');
  });

  it('fails when a look fails for another reason', async () => {
    expect(
      (
        await failure(() =>
          planned({}, (pve) => void pve.answers.set('/cluster/backup', apiError('broken'))),
        )
      ).message,
    ).to.equal('broken');
  });

  for (const protection of [1, '1']) {
    it(`refuses a protected guest (${JSON.stringify(protection)})`, async () => {
      const error = await failure(() => planned({ protection }));
      expect(error).to.include({ code: 'PMX_VM_PROTECTED', exitCode: 1 });
      expect(error.hints.join()).to.include('protection=0');
    });
  }

  for (const status of ['running', 'paused', 'unknown'] as const) {
    it(`refuses a ${status} guest, unless told to stop it first; undo starts it again`, async () => {
      const target = { ...guest, status };
      expect(await failure(() => planned({}, undefined, target))).to.include({
        code: 'PMX_VM_RUNNING',
        exitCode: 1,
      });
      const plan = await planned({}, undefined, target, true);
      expect(ids(plan)).to.deep.equal(['stop', 'destroy']);
      expect(allSteps(plan.steps)[0]!.undo).to.have.nested.property(
        '[0].args.path',
        '/nodes/pve1/qemu/101/status/start',
      );
      expect(allSteps(plan.steps)[0]!.undo).to.have.nested.property('[0].args.idempotent', true);
    });
  }

  it('does not stop what is stopped', async () =>
    expect(ids(await planned({}, undefined, guest, true))).to.deep.equal(['destroy']));
});

describe('planning template delete', () => {
  const template = guestOf(900, { name: 'debian', template: true });

  for (const [what, volid] of [
    ['named by the base', 'local:900/base-900-disk-0.qcow2/101/vm-101-disk-0.qcow2'],
    ['on LVM-thin or ZFS', 'zfs:base-900-disk-0/vm-101-disk-0'],
  ] as const) {
    it(`is refused while there are linked clones (${what})`, async () => {
      const error = await failure(() =>
        planned({}, (pve) => pve.guest(101, { name: 'web', scsi0: `${volid},size=2G` }), template),
      );
      expect(error).to.include({ code: 'PMX_TEMPLATE_IN_USE', exitCode: 1 });
      expect(error.message).to.include('101 (web)');
    });
  }

  it('does not mind full clones and clones of others', async () => {
    const plan = await planned(
      {},
      (pve) => {
        pve.guest(101, { scsi0: 'fast:vm-101-disk-0,size=2G' });
        pve.guest(102, { scsi0: 'fast:base-9001-disk-0/vm-102-disk-0,size=2G' });
      },
      template,
    );
    expect(plan).to.deep.include({ operation: 'template.delete', target: 'template 900 (debian)' });
    expect(removes(plan)[0]).to.equal('template 900 (debian)');
  });
});
