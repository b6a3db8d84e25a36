import { allSteps, type Guest, parseDiskSize, type Plan, type Storage } from '@pmx-cli/kit';
import { createFakeHost, type FakeRoutes } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { parseRate } from '#dist/lib/commands/guest/nic/flags.js';
import { type DiskAddRequest, planDiskAdd } from '#dist/lib/operations/guest/disk/add.js';
import { type DiskMoveRequest, planDiskMove } from '#dist/lib/operations/guest/disk/move.js';
import { planDetach, planDiskRemove } from '#dist/lib/operations/guest/disk/remove.js';
import { planResize } from '#dist/lib/operations/guest/disk/resize.js';
import {
  type NicSettings,
  planNicAdd,
  planNicRemove,
  planNicSet,
} from '#dist/lib/operations/guest/nic/change.js';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const gib = 2 ** 30;
const vm = guestOf(101);
const ct = guestOf(200, { type: 'lxc', name: 'proxy' });
const configs = {
  101: {
    boot: 'order=scsi0;net0',
    scsi0: 'fast:101/vm-101-disk-0.qcow2,size=2G',
    scsi1: 'fast:vm-101-disk-1,size=4G',
    ide2: 'isos:iso/debian.iso,media=cdrom',
    ide3: 'fast:vm-101-cloudinit,media=cdrom',
    sata0: 'fast:vm-101-disk-3',
    unused0: 'fast:vm-101-disk-9',
    net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5,firewall=1,rate=10,mtu=1400',
  },
  200: {
    rootfs: 'fast:subvol-200-disk-0,size=8G',
    mp0: 'fast:subvol-200-disk-1,mp=/data,size=1G',
    mp1: '/srv,mp=/srv',
    net0: 'name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02,ip=dhcp,type=veth',
  },
};

const storage = (name: string, more: Partial<Storage> = {}): Storage => ({
  storage: name,
  node: 'pve1',
  type: 'dir',
  content: ['images', 'rootdir'],
  shared: false,
  active: true,
  availableBytes: 10 * gib,
  ...more,
});

async function world(routes: FakeRoutes = {}) {
  const session = createFakeHost({
    nodes: [{ node: 'pve1', status: 'online' }],
    guests: [vm, ct],
    storages: [
      storage('fast'),
      storage('slow'),
      storage('block', { type: 'lvm' }),
      storage('isos', { content: ['iso'] }),
    ],
    pve: {
      '/nodes/pve1/qemu/101/config': configs[101],
      '/nodes/pve1/lxc/200/config': configs[200],
      '/nodes/pve1/network': [
        { iface: 'vmbr0', type: 'bridge' },
        { iface: 'vmbr1', type: 'bridge' },
      ],
      '/cluster/sdn/vnets': [],
      ...routes,
    },
  }).open({ log: {}, 'no-color': true });
  return { pve: await session.pve(), inventory: await session.inventory() };
}

const stepOf = (plan: Plan) => allSteps(plan.steps)[0]!;

/** The words of an error are for people: it names the value, and says what to do. */
async function refuses(attempt: () => unknown, code: string, words: RegExp): Promise<void> {
  const error = await failure(attempt);
  expect(error).to.include({ code, exitCode: 1 });
  expect(error.message).to.match(words);
  expect(error).to.have.property('hints').that.is.not.empty;
}

describe('planning to resize a disk', () => {
  const plan = async (size: string, slot?: string, guest: Guest = vm) => {
    const { pve, inventory } = await world();
    const asked = { guest, size: parseDiskSize(size), ...(slot !== undefined && { slot }) };
    return planResize(pve, inventory, asked);
  };

  for (const [guest, slot, size, path, disk, newSize] of [
    [vm, undefined, '+1G', 'qemu/101', 'scsi0', '3G'],
    [vm, 'scsi1', '5G', 'qemu/101', 'scsi1', '5G'],
    [ct, undefined, '+512M', 'lxc/200', 'rootfs', '8704M'],
    [ct, 'mp0', '2G', 'lxc/200', 'mp0', '2G'],
  ] as Array<[Guest, string | undefined, string, string, string, string]>) {
    it(`${disk} of ${guest.name} by ${size}: absolute, so that a second sending adds nothing`, async () => {
      const { args, undo } = stepOf(await plan(size, slot, guest));
      expect(args).to.deep.include({
        method: 'PUT',
        path: `/nodes/pve1/${path}/resize`,
        params: { disk, size: newSize },
      });
      expect(undo, 'a disk cannot be made smaller').to.equal(undefined);
    });
  }

  for (const size of ['2G', '2048M'])
    it(`${size} is what it has`, async () => {
      const same = await plan(size);
      expect(same.steps).to.deep.equal([]);
      expect(same.result).to.include({ changed: false, oldSize: '2G', newSize: '2G' });
    });

  it('says when a disk could grow beyond its storage', async () =>
    expect((await plan('20G')).notes!.join()).to.match(/fast .* has 10 GiB free, and 18 GiB/));

  for (const [size, slot, guest, code, words] of [
    ['1G', undefined, vm, 'PMX_DISK_SHRINK', /has 2G; it cannot be shrunk to 1G/],
    ['+1G', 'scsi7', vm, 'PMX_DISK_NOT_FOUND', /no disk scsi7/],
    ['+1G', 'ide2', vm, 'PMX_DISK_NOT_RESIZABLE', /a cdrom disk/],
    ['+1G', 'unused0', vm, 'PMX_DISK_NOT_RESIZABLE', /unused/],
    ['+1G', 'sata0', vm, 'PMX_DISK_NOT_RESIZABLE', /unknown size/],
    ['+1G', 'mp1', ct, 'PMX_DISK_NOT_RESIZABLE', /bind mount/],
  ] as Array<[string, string | undefined, Guest, string, RegExp]>)
    it(`refuses ${size} for ${slot ?? 'the first disk'}: ${code}`, () =>
      refuses(() => plan(size, slot, guest), code, words));
});

describe('planning to add a disk', () => {
  const plan = async (more: Partial<DiskAddRequest> = {}) => {
    const { pve, inventory } = await world();
    const usual = { guest: vm, size: parseDiskSize('2G'), bus: 'scsi', options: {} };
    return planDiskAdd(pve, inventory, { ...usual, ...more });
  };

  for (const [more, set] of [
    [{}, { scsi2: 'fast:2' }],
    [{ bus: 'virtio', storage: 'slow' }, { virtio0: 'slow:2' }],
    [{ slot: 'scsi9', size: parseDiskSize('512M') }, { scsi9: 'fast:0.5' }],
    [{ options: { ssd: '1', cache: 'none' } }, { scsi2: 'fast:2,ssd=1,cache=none' }],
    [{ guest: ct, path: '/logs' }, { mp2: 'fast:2,mp=/logs' }],
  ] as Array<[Partial<DiskAddRequest>, Record<string, string>]>)
    it(`sends ${JSON.stringify(set)}, and its undo deletes the volume`, async () => {
      const { args, undo } = stepOf(await plan(more));
      expect(args).to.deep.include({ set });
      expect(undo![0]!.args).to.deep.include({ discard: Object.keys(set) });
    });

  it('says that iothread needs another controller', async () =>
    expect((await plan({ options: { iothread: '1' } })).notes!.join()).to.contain('scsihw'));

  for (const [more, code, words] of [
    [{ size: parseDiskSize('+2G') }, 'PMX_INVALID_DISK', /\+2G adds to a disk/],
    [{ slot: 'scsi0' }, 'PMX_SLOT_TAKEN', /scsi0 .* is in use: fast:101/],
    [{ slot: 'scsi31' }, 'PMX_INVALID_DISK', /'scsi31' is no slot/],
    [{ slot: 'net0' }, 'PMX_INVALID_DISK', /'net0' is no slot for a disk of a VM/],
    [{ guest: ct, slot: 'scsi3', path: '/x' }, 'PMX_INVALID_DISK', /of a container/],
    [{ guest: ct }, 'PMX_INVALID_DISK', /'' is no path/],
    [{ guest: ct, path: 'data' }, 'PMX_INVALID_DISK', /'data' is no path/],
    [{ storage: 'nowhere' }, 'PMX_STORAGE_NOT_FOUND', /nowhere/],
    [{ storage: 'isos' }, 'PMX_STORAGE_LACKS_CONTENT', /isos/],
    [{ storage: 'block', size: parseDiskSize('20G') }, 'PMX_STORAGE_TOO_SMALL', /20 GiB are asked/],
  ] as Array<[Partial<DiskAddRequest>, string, RegExp]>)
    it(`refuses ${JSON.stringify(more)}: ${code}`, () => refuses(() => plan(more), code, words));

  it('refuses when a bus is full', async () => {
    const full = Object.fromEntries([0, 1, 2, 3].map((at) => [`ide${at}`, 'none,media=cdrom']));
    const { pve, inventory } = await world({ '/nodes/pve1/qemu/101/config': full });
    const request = { guest: vm, size: parseDiskSize('1G'), bus: 'ide', options: {} };
    await refuses(() => planDiskAdd(pve, inventory, request), 'PMX_SLOT_TAKEN', /All 4 slots/);
  });
});

describe('planning to move a disk', () => {
  const plan = async (more: Partial<DiskMoveRequest> = {}) => {
    const { pve, inventory } = await world();
    const usual = { guest: vm, slot: 'scsi0', storage: 'slow', keep: false };
    return planDiskMove(pve, inventory, { ...usual, ...more });
  };

  for (const [more, path, params, home] of [
    [
      {},
      'qemu/101/move_disk',
      { disk: 'scsi0', storage: 'slow', format: undefined, delete: true },
      { storage: 'fast', format: 'qcow2' },
    ],
    [
      { storage: 'fast', format: 'raw', keep: true },
      'qemu/101/move_disk',
      { disk: 'scsi0', storage: 'fast', format: 'raw', delete: false },
      { storage: 'fast', format: 'qcow2' },
    ],
    [
      { guest: ct, slot: 'mp0' },
      'lxc/200/move_volume',
      { volume: 'mp0', storage: 'slow', format: undefined, delete: true },
      { storage: 'fast' },
    ],
  ] as const)
    it(`${path} with ${JSON.stringify(params)}, and back to ${JSON.stringify(home)}`, async () => {
      const { args, undo } = stepOf(await plan(more));
      expect(args).to.deep.include({ method: 'POST', path: `/nodes/pve1/${path}`, params });
      expect(undo![0]).to.include({ kind: 'pve.move-back' });
      expect(undo![0]!.args).to.deep.include({ home });
    });

  it('has nothing to do for a disk that is there', async () => {
    const same = await plan({ storage: 'fast' });
    expect(same.steps).to.deep.equal([]);
    expect(same.result).to.include({ changed: false, from: 'fast', storage: 'fast' });
  });

  for (const [more, code, words] of [
    [{ slot: 'scsi7' }, 'PMX_DISK_NOT_FOUND', /no disk scsi7/],
    [{ slot: 'ide2' }, 'PMX_INVALID_DISK', /a CD-ROM drive/],
    [{ guest: ct, slot: 'mp1' }, 'PMX_INVALID_DISK', /a folder of the node/],
    [{ storage: 'isos' }, 'PMX_STORAGE_LACKS_CONTENT', /isos/],
    [
      { guest: { ...ct, status: 'running' as const }, slot: 'mp0' },
      'PMX_GUEST_MUST_STOP',
      /container 200 \(proxy\) runs/,
    ],
  ] as Array<[Partial<DiskMoveRequest>, string, RegExp]>)
    it(`refuses ${JSON.stringify(more)}: ${code}`, () => refuses(() => plan(more), code, words));
});

describe('planning to take a disk off', () => {
  it('says what becomes of the boot order, so that undo brings it back', async () => {
    const { pve } = await world();
    const { args, undo, destructive } = stepOf(await planDetach(pve, vm, 'scsi0'));
    expect(args).to.deep.include({ set: { boot: 'order=net0' }, remove: ['scsi0'] });
    expect(undo![0]!.args).to.have.deep.property('before', {
      boot: 'order=scsi0;net0',
      scsi0: configs[101].scsi0,
    });
    expect(destructive).to.equal(undefined);
  });

  it('a boot order of nothing else goes', async () => {
    const config = { boot: 'order=scsi0', scsi0: 'fast:a,size=1G' };
    const { pve } = await world({ '/nodes/pve1/qemu/101/config': config });
    expect(stepOf(await planDetach(pve, vm, 'scsi0')).args).to.have.deep.property('remove', [
      'scsi0',
      'boot',
    ]);
  });

  it('what is not there needs nothing', async () => {
    const { pve } = await world();
    expect((await planDetach(pve, vm, 'scsi8')).result).to.include({ changed: false, volid: null });
    const removed = await planDiskRemove(pve, vm, 'scsi8');
    expect(removed.steps).to.deep.equal([]);
    expect(removed.result).to.include({ changed: false, volid: null });
  });

  it('removing detaches first, and what cannot be taken back comes last', async () => {
    const { pve } = await world();
    const plan = await planDiskRemove(pve, vm, 'scsi1');
    expect(
      allSteps(plan.steps).map(({ id, destructive = false }) => [id, destructive]),
    ).to.deep.equal([
      ['detach', false],
      ['remove', true],
    ]);
    expect(allSteps(plan.steps)[1]!.args).to.deep.include({
      remove: ['unused1'],
      before: { unused1: 'fast:vm-101-disk-1' },
    });
    expect(plan.impact!.removes).to.deep.equal([
      { what: 'disk', name: 'fast:vm-101-disk-1', detail: 'scsi1, 4G' },
    ]);
  });

  for (const slot of ['unused0', 'ide3'])
    it(`${slot} goes at one stroke`, async () => {
      const { pve } = await world();
      const steps = allSteps((await planDiskRemove(pve, vm, slot)).steps);
      expect(steps).to.have.length(1);
      expect(steps[0]).to.include({ destructive: true }).and.not.to.have.property('undo');
      expect(steps[0]!.args).to.have.deep.property('remove', [slot]);
    });

  for (const [what, attempt, code, words] of [
    ['no slot', planDetach, 'PMX_INVALID_DISK', /'floppy0' is no slot/],
    ['an unused disk', planDetach, 'PMX_INVALID_DISK', /unused0 .* is detached already/],
    ['a CD-ROM drive', planDiskRemove, 'PMX_INVALID_DISK', /ide2 .* is a CD-ROM drive/],
  ] as const) {
    const slot = { 'no slot': 'floppy0', 'an unused disk': 'unused0', 'a CD-ROM drive': 'ide2' };
    it(`refuses ${what}`, async () => {
      const { pve } = await world();
      await refuses(() => attempt(pve, vm, slot[what]), code, words);
    });
  }

  it('refuses a volume of a running container, and a folder of the node', async () => {
    const { pve } = await world();
    const running = { ...ct, status: 'running' as const };
    await refuses(() => planDiskRemove(pve, running, 'mp0'), 'PMX_GUEST_MUST_STOP', /runs/);
    await refuses(() => planDiskRemove(pve, ct, 'mp1'), 'PMX_INVALID_DISK', /folder of the node/);
  });
});

describe('planning network devices', () => {
  const set = async (settings: NicSettings, guest: Guest = vm, device = 'net0') => {
    const { pve, inventory } = await world();
    return planNicSet(pve, inventory, guest, device, settings);
  };
  const value = (plan: Plan, device = 'net0') =>
    (stepOf(plan).args as { set: Record<string, string> }).set[device];

  for (const [guest, settings, wanted] of [
    [vm, { vlan: 0 }, 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,rate=10,mtu=1400'],
    [vm, { rate: 0, mtu: 0 }, 'virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5,firewall=1'],
    [
      vm,
      { model: 'e1000', firewall: false, linkDown: true, rate: 2.5 },
      'e1000=BC:24:11:00:00:01,bridge=vmbr0,tag=5,rate=2.5,mtu=1400,link_down=1',
    ],
    [
      vm,
      { mac: 'bc:24:11:00:00:09', bridge: 'vmbr1', queues: 2 },
      'virtio=BC:24:11:00:00:09,bridge=vmbr1,tag=5,firewall=1,rate=10,mtu=1400,queues=2',
    ],
    [
      ct,
      { ip: 'ip=10.0.0.5/24,gw=10.0.0.1', name: 'lan0' },
      'name=lan0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02,type=veth,ip=10.0.0.5/24,gw=10.0.0.1',
    ],
  ] as Array<[Guest, NicSettings, string]>)
    it(`${JSON.stringify(settings)} of ${guest.name}: ${wanted}`, async () =>
      expect(value(await set(settings, guest))).to.equal(wanted));

  it('what is so already is not sent', async () => {
    const plan = await set({ vlan: 5, firewall: true });
    expect(plan.steps).to.deep.equal([]);
    expect(plan.result).to.include({ changed: false, device: 'net0' });
  });

  it('a new one takes the first number and name that are free', async () => {
    const { pve, inventory } = await world();
    const forVm = await planNicAdd(pve, inventory, vm, { bridge: 'vmbr0', vlan: 7 });
    expect(value(forVm, 'net1')).to.equal('virtio,bridge=vmbr0,tag=7');
    const forCt = await planNicAdd(pve, inventory, ct, { bridge: 'vmbr0', ip: 'ip=dhcp' });
    expect(value(forCt, 'net1')).to.equal('name=eth1,bridge=vmbr0,ip=dhcp');
    expect(forCt.operation).to.equal('ct.nic.add');
  });

  it('removing takes the address of cloud-init along', async () => {
    const config = { net0: 'virtio,bridge=vmbr0', ipconfig0: 'ip=dhcp' };
    const { pve } = await world({ '/nodes/pve1/qemu/101/config': config });
    const { args, undo } = stepOf(await planNicRemove(pve, vm, 'net0'));
    expect(args).to.deep.include({ remove: ['net0', 'ipconfig0'] });
    expect(undo).to.have.length(1);
    expect((await planNicRemove(pve, vm, 'net4')).steps).to.deep.equal([]);
  });

  for (const [what, settings, device, code, words] of [
    ['nothing', {}, 'net0', 'PMX_NOTHING_TO_SET', /changed of net0/],
    [
      'a device that is not there',
      { vlan: 1 },
      'net9',
      'PMX_NIC_NOT_FOUND',
      /no network device net9/,
    ],
    ['what is no device', { vlan: 1 }, 'scsi0', 'PMX_NIC_NOT_FOUND', /scsi0/],
    ['an unknown bridge', { bridge: 'vmbr9' }, 'net0', 'PMX_BRIDGE_NOT_FOUND', /vmbr9/],
    ['half a MAC address', { mac: 'bc:24:11' }, 'net0', 'PMX_INVALID_NET', /'bc:24:11'/],
    ['a group address', { mac: '01:24:11:00:00:01' }, 'net0', 'PMX_INVALID_NET', /of a group/],
  ] as Array<[string, NicSettings, string, string, RegExp]>)
    it(`refuses ${what}: ${code}`, async () => {
      const error = await failure(() => set(settings, vm, device));
      expect(error).to.include({ code, exitCode: 1 });
      expect(error.message).to.match(words);
    });

  it('refuses a 33rd, and a name that is none', async () => {
    const full = Object.fromEntries(
      Array.from({ length: 32 }, (_, at) => [`net${at}`, 'virtio,bridge=vmbr0']),
    );
    const { pve, inventory } = await world({ '/nodes/pve1/qemu/101/config': full });
    const add = () => planNicAdd(pve, inventory, vm, { bridge: 'vmbr0' });
    expect(await failure(add)).to.include({ code: 'PMX_INVALID_NET', exitCode: 1 });
    expect(await failure(() => planNicRemove(pve, vm, 'eth0'))).to.include({
      code: 'PMX_INVALID_NET',
      exitCode: 1,
    });
  });

  for (const [text, rate] of [
    ['10', 10],
    ['0.5', 0.5],
    ['0', 0],
  ] as const)
    it(`--rate ${text}`, () => expect(parseRate(text)).to.equal(rate));

  for (const bad of ['abc', '-1', '', '1e3', 'Infinity', '10MB', '.5'])
    it(`refuses --rate ${JSON.stringify(bad)}`, () =>
      refuses(() => parseRate(bad), 'PMX_INVALID_NET', new RegExp(`Rate '${bad}'`)));
});
