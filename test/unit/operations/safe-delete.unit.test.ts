import { allSteps, type Guest, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { type DeleteOptions, planGuestDeletes } from '#dist/lib/operations/guest/delete/plan.js';
import { apiError, type FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

const usual: DeleteOptions = { stop: false, keepIso: false, deleteBackups: false, purge: true };
const iso = (name: string): string => `local:iso/pmx-20260101-000000-aaaaa-${name}.iso`;

async function planned(
  guests: Guest[],
  prepare: (pve: FakePve) => void = () => undefined,
  options: Partial<DeleteOptions> = {},
): Promise<{ plans: Plan[]; pve: FakePve }> {
  const { pve, inventory } = cluster();
  prepare(pve);
  const plans = await planGuestDeletes(pve, inventory, guests, { ...usual, ...options });
  expect(pve.writes, 'planning only reads').to.deep.equal([]);
  return { plans, pve };
}

const removes = ({ impact }: Plan): string[] =>
  impact!.removes.map(({ what, name }) => `${what} ${name}`);
const keeps = ({ impact }: Plan): string[] =>
  impact!.keeps.map(({ what, name, detail }) => `${what} ${name}: ${detail}`);

describe('planning ct delete', () => {
  const proxy = guestOf(101, { type: 'lxc', name: 'proxy' });
  const config = {
    rootfs: 'fast:subvol-101-disk-0,size=4G',
    mp0: 'fast:subvol-101-disk-1,mp=/data,size=8G',
    mp1: '/srv/media,mp=/media',
    unused0: 'fast:subvol-101-disk-2',
  };

  it('names root file system and mount points; what belongs to the node stays', async () => {
    const { plans } = await planned([proxy], (pve) => {
      pve.answers.set('/nodes/pve1/lxc/101/config', config);
      pve.answers.set('/nodes/pve1/lxc/101/firewall/rules', [{}, {}]);
      pve.state.volumes.set('fast:subvol-101-disk-1', 1).set('fast:subvol-101-disk-9', 1);
    });
    expect(removes(plans[0]!)).to.deep.equal([
      'container 101 (proxy)',
      'volume fast:subvol-101-disk-0',
      'volume fast:subvol-101-disk-1',
      'unused volume fast:subvol-101-disk-2',
      'unreferenced disk fast:subvol-101-disk-9',
      'firewall 2 rules',
    ]);
    expect(keeps(plans[0]!)).to.deep.equal(['directory of the node /srv/media: mp1']);
    expect(plans[0]!.operation).to.equal('ct.delete');
    expect(allSteps(plans[0]!.steps)[0]!.args).to.deep.include({
      method: 'DELETE',
      path: '/nodes/pve1/lxc/101',
      lookup: { type: 'vzdestroy', id: '101' },
    });
  });

  it('a template of containers stays while there are linked clones', async () => {
    const template = guestOf(900, { type: 'lxc', name: 'base', template: true });
    const error = await failure(() =>
      planned([template], (pve) => {
        pve.answers.set('/nodes/pve1/lxc', [{ vmid: 901, name: 'clone', status: 'stopped' }]);
        pve.answers.set('/nodes/pve1/lxc/900/config', { rootfs: 'zfs:basevol-900-disk-0' });
        pve.answers.set('/nodes/pve1/lxc/901/config', {
          rootfs: 'zfs:basevol-900-disk-0/subvol-901-disk-0,size=4G',
        });
        pve.answers.set('/nodes/pve1/lxc/900/firewall/rules', []);
      }),
    );
    expect(error.code).to.equal('PMX_TEMPLATE_IN_USE');
    expect(error.message).to.include('901 (clone)');
  });
});

describe('backups of a deleted guest', () => {
  const own = 'local:backup/vzdump-qemu-101-2026_01_01-00_00_00.vma.zst';
  const kept = 'local:backup/vzdump-qemu-101-2026_01_02-00_00_00.vma.zst';
  const prepare = (pve: FakePve): void => {
    pve.guest(101, { name: 'web' });
    pve.answers.set('/nodes/pve1/storage', [
      { storage: 'local', type: 'dir', content: 'images,backup', active: 1, enabled: 1 },
    ]);
    pve.answers.set('/nodes/pve1/storage/local/content', [
      { volid: own, vmid: 101 },
      { volid: kept, vmid: 101, protected: 1 },
      { volid: 'local:backup/vzdump-lxc-101-2026_01_01-00_00_00.tar.zst', vmid: 101 },
      { volid: 'local:backup/vzdump-qemu-102-2026_01_01-00_00_00.vma.zst', vmid: 102 },
    ]);
  };

  it('stay, and are named', async () => {
    const { plans } = await planned([guestOf(101)], prepare);
    expect(keeps(plans[0]!)).to.deep.equal([
      `backup ${own}: --delete-backups would remove it`,
      `backup ${kept}: protected`,
    ]);
    expect(allSteps(plans[0]!.steps)).to.have.length(1);
  });

  it('go when asked for, behind the guest; protected ones stay', async () => {
    const { plans } = await planned([guestOf(101)], prepare, { deleteBackups: true });
    expect(keeps(plans[0]!)).to.deep.equal([`backup ${kept}: protected`]);
    const [, archive] = allSteps(plans[0]!.steps);
    expect(archive).to.deep.include({ destructive: true, title: `Delete backup ${own}` });
    expect(archive!.args).to.deep.equal({
      method: 'DELETE',
      path: `/nodes/pve1/storage/local/content/${encodeURIComponent(own)}`,
    });
  });

  it('a backup server that is away does not hold the delete up, and is told', async () => {
    const { plans } = await planned([guestOf(101)], (pve) => {
      prepare(pve);
      pve.answers.set('/nodes/pve1/storage', [
        { storage: 'pbs', type: 'pbs', content: 'backup', active: 1, enabled: 1 },
      ]);
      pve.answers.set('/nodes/pve1/storage/pbs/content', apiError('no route to host'));
    });
    expect(plans[0]!.notes!.join()).to.include('pbs').and.to.include('no route');
  });
});

describe('what one may ask for', () => {
  it('--backup-first: a backup before anything else, and the command that brings it back', async () => {
    const storages = [
      { storage: 'local', type: 'dir', content: 'images,backup', active: 1, enabled: 1 },
    ];
    const { plans } = await planned(
      [guestOf(101, { status: 'running' })],
      (pve) => {
        pve.guest(101);
        pve.answers.set('/nodes/pve1/storage', storages);
      },
      { stop: true, backupFirst: { storage: undefined } },
    );
    const steps = allSteps(plans[0]!.steps);
    expect(steps.map(({ id }) => id)).to.deep.equal(['backup', 'stop', 'destroy']);
    expect(steps[0]!.undo).to.have.nested.property('[0].kind', 'pve.discard-backup');
    expect(JSON.stringify(plans[0]!.result)).to.include('pmx backup restore ');
  });

  it('--keep-iso keeps the ISO', async () => {
    const { plans } = await planned(
      [guestOf(101, { name: 'web' })],
      (pve) => pve.guest(101, { name: 'web', ide2: `${iso('web')},media=cdrom` }),
      { keepIso: true },
    );
    expect(keeps(plans[0]!)).to.deep.equal([`cloud-init ISO ${iso('web')}: --keep-iso`]);
    expect(allSteps(plans[0]!.steps)).to.have.length(1);
  });

  it('--no-purge refuses what HA knows, and leaves backup jobs alone', async () => {
    const prepare = (pve: FakePve): void => {
      pve.guest(101);
      pve.answers.set('/cluster/backup', [{ id: 'nightly', vmid: '101' }]);
    };
    const { plans } = await planned([guestOf(101)], prepare, { purge: false });
    expect(allSteps(plans[0]!.steps)[0]!.args).to.have.deep.property('params', {
      'destroy-unreferenced-disks': true,
    });
    expect(keeps(plans[0]!)).to.deep.equal(['entry in backup job nightly: --no-purge']);
    const error = await failure(() =>
      planned(
        [guestOf(101)],
        (pve) => {
          prepare(pve);
          pve.answers.set('/cluster/ha/resources', [{ sid: 'vm:101' }]);
        },
        { purge: false },
      ),
    );
    expect(error).to.include({ code: 'PMX_GUEST_REFERENCED', exitCode: 1 });
  });
});

describe('deleting many', () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    guestOf(1000 + index, { name: `m-${index}` }),
  );
  const prepare = (pve: FakePve): void => {
    for (const { vmid, name } of many) {
      pve.guest(vmid, { name, scsi0: `fast:vm-${vmid}-disk-0,size=1G` });
      pve.state.volumes.set(`fast:vm-${vmid}-disk-0`, 1);
    }
  };

  it('reads each storage and each list once, and no configuration', async () => {
    const { plans, pve } = await planned(many, prepare);
    expect(plans).to.have.length(100);
    expect(pve.reads.length).to.be.at.most(10);
    expect(pve.reads.filter((path) => path.endsWith('/config'))).to.deep.equal([]);
    expect(removes(plans[7]!)).to.deep.equal(['VM 1007 (m-7)', 'disk fast:vm-1007-disk-0']);
    expect(plans[0]!.notes!.join()).to.include('not every configuration is read');
    expect(plans.slice(1).flatMap(({ notes }) => notes ?? [])).to.deep.equal([]);
  });

  it('reads every configuration, each once, only where an ISO could be in use elsewhere', async () => {
    const { plans, pve } = await planned(many, (server) => {
      prepare(server);
      server.state.guests.get(1003)!.config['ide2'] = `${iso('m-3')},media=cdrom`;
      server.state.volumes.set(iso('m-3'), 1).set('local:iso/debian.iso', 1);
    });
    expect(removes(plans[3]!)).to.include(`cloud-init ISO ${iso('m-3')}`);
    const read = pve.reads.filter((path) => path.endsWith('/config'));
    expect(new Set(read).size).to.equal(read.length);
    expect(read).to.include('/nodes/pve1/qemu/900/config').and.to.have.length(101);
  });

  it('an ISO that a guest of any name has as well stays with that', async () => {
    const { plans } = await planned(many, (server) => {
      prepare(server);
      server.state.guests.get(1003)!.config['ide2'] = `${iso('m-3')},media=cdrom`;
      server.guest(2000, { name: 'clone', ide2: `${iso('m-3')},media=cdrom` });
      server.state.volumes.set(iso('m-3'), 1);
    });
    expect(keeps(plans[3]!)).to.include(`cloud-init ISO ${iso('m-3')}: also used by 2000 (clone)`);
  });

  it('an ISO of guests that are deleted together goes with the last of them', async () => {
    const both = [guestOf(101, { name: 'web' }), guestOf(102, { name: 'db' })];
    const { plans } = await planned(both, (server) => {
      for (const { vmid, name } of both)
        server.guest(vmid, { name, ide2: `${iso('web')},media=cdrom` });
    });
    expect(keeps(plans[0]!)).to.deep.equal([]);
    for (const [index, other] of [102, 101].entries()) {
      const step = allSteps(plans[index]!.steps).at(-1)!;
      expect(step.args).to.deep.include({
        volid: iso('web'),
        unlessUsedBy: [`/nodes/pve1/qemu/${other}`],
      });
    }
  });

  it('names all that run at once, before anything is read', async () => {
    const { pve, inventory } = cluster();
    const guests = many.map((guest, index) =>
      index % 50 === 0 ? { ...guest, status: 'running' as const } : guest,
    );
    const error = await failure(() => planGuestDeletes(pve, inventory, guests, usual));
    expect(error).to.include({ code: 'PMX_VM_RUNNING', exitCode: 1 });
    expect(error.message).to.include('VM 1000 (m-0), VM 1050 (m-50) are running');
    expect(pve.reads).to.deep.equal([]);
  });
});
