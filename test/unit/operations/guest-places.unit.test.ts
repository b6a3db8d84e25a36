import { allSteps, type Guest, type Plan, type Storage } from '@pmx-cli/kit';
import { createFakeHost, type FakeRoutes } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { type CloneRequest, planClone } from '#dist/lib/operations/guest/clone.js';
import { profileForClone } from '#dist/lib/operations/guest/clone-profile.js';
import { type MigrateRequest, planMigrate } from '#dist/lib/operations/guest/migrate.js';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const vm = guestOf(101);
const ct = guestOf(200, { type: 'lxc', name: 'proxy' });
const base = guestOf(900, { name: 'base', template: true });
const storage = (name: string, node: string, more: Partial<Storage> = {}): Storage => ({
  storage: name,
  node,
  type: 'dir',
  content: ['images', 'rootdir'],
  shared: false,
  active: true,
  ...more,
});

async function world(routes: FakeRoutes = {}) {
  const session = createFakeHost({
    nodes: [
      { node: 'pve1', status: 'online' },
      { node: 'pve2', status: 'online' },
      { node: 'pve3', status: 'offline' },
    ],
    guests: [vm, ct, base],
    storages: [
      storage('fast', 'pve1'),
      storage('slow', 'pve1'),
      storage('slow', 'pve2'),
      storage('isos', 'pve2', { content: ['iso'] }),
      ...['pve1', 'pve2'].map((node) => storage('ceph', node, { shared: true })),
    ],
    pve: {
      '/nodes/pve1/qemu/101/config': { scsi0: 'ceph:vm-101-disk-0,size=2G', description: 'Mine' },
      '/nodes/pve1/qemu/900/config': {
        scsi0: 'fast:base-900-disk-0,size=2G',
        description: 'Base\n\npmx-operation: x',
      },
      '/nodes/pve1/lxc/200/config': { rootfs: 'slow:subvol-200-disk-0,size=8G' },
      '/nodes/pve1/qemu/101/migrate': {},
      '/nodes/pve1/lxc/200/migrate': {},
      '/nodes/pve1/qemu/101/status/current': { status: 'stopped' },
      '/nodes/pve1/lxc/200/status/current': { status: 'stopped' },
      '/nodes/pve1/qemu/900/feature': { hasFeature: 1 },
      '/nodes/pve1/qemu/101/snapshot': [{ name: 'first' }, { name: 'current' }],
      '/nodes/pve1/lxc/200/snapshot': [{ name: 'first' }, { name: 'current' }],
      '/cluster/resources': [{ type: 'qemu', vmid: 600, node: 'pve1' }],
      '/cluster/nextid': ({ vmid }) => vmid ?? '102',
      '/pools': [{ poolid: 'web' }],
      '/pools/web': { poolid: 'web', members: [] },
      ...routes,
    },
  }).open({ log: {}, 'no-color': true });
  return { pve: await session.pve(), inventory: await session.inventory() };
}

const stepOf = (plan: Plan) => allSteps(plan.steps)[0]!;

async function refuses(attempt: () => unknown, code: string, words: RegExp): Promise<void> {
  const error = await failure(attempt);
  expect(error).to.include({ code, exitCode: 1 });
  expect(error.message).to.match(words);
  expect(error).to.have.property('hints').that.is.not.empty;
}

describe('planning to migrate', () => {
  const plan = async (more: Partial<MigrateRequest> = {}, routes: FakeRoutes = {}) => {
    const { pve, inventory } = await world(routes);
    const usual = { guest: vm, to: 'pve2', whileRunning: false, localDisks: false };
    return planMigrate(pve, inventory, { ...usual, ...more });
  };
  const found = (answer: object, running = false): FakeRoutes => ({
    '/nodes/pve1/qemu/101/migrate': answer,
    ...(running && { '/nodes/pve1/qemu/101/status/current': { status: 'running' } }),
  });
  const local = { local_disks: [{ volid: 'fast:vm-101-disk-1', drivename: 'scsi1' }] };

  it('there, and the same way back', async () => {
    const { args, undo } = stepOf(await plan());
    expect(args).to.deep.equal({
      type: 'qemu',
      vmid: 101,
      from: 'pve1',
      to: 'pve2',
      running: false,
    });
    expect(undo![0]!.args).to.deep.equal({
      type: 'qemu',
      vmid: 101,
      from: 'pve2',
      to: 'pve1',
      running: false,
    });
  });

  it('copied disks come back to the storage that they were on', async () => {
    const routes = found({
      local_disks: [...local.local_disks, { volid: 'slow:vm-101-cloudinit', cdrom: 1 }],
    });
    const moved = await plan({ localDisks: true, targetStorage: 'slow' }, routes);
    const { args, undo } = stepOf(moved);
    expect(args).to.include({ localDisks: true, targetStorage: 'slow' });
    expect(undo![0]!.args).to.include({ localDisks: true, targetStorage: 'fast' });
    expect(moved.notes).to.deep.equal(['fast:vm-101-disk-1 is copied over the network.']);
  });

  it('a cloud-init drive that is no medium holds nobody, and is no disk to copy', async () => {
    const routes = found({ local_disks: [{ volid: 'slow:101/vm-101-cloudinit.qcow2' }] });
    const moved = await plan({}, routes);
    expect(moved.steps).to.have.length(1);
    expect(moved.notes).to.deep.equal([]);
  });

  it('says when HA moves it, and what becomes of a running container', async () => {
    const managed = { '/nodes/pve1/qemu/101/status/current': { ha: { managed: 1 } } };
    expect((await plan({}, managed)).notes!.join()).to.contain('HA manager');
    const running = { '/nodes/pve1/lxc/200/status/current': { status: 'running' } };
    const moved = await plan({ guest: ct, whileRunning: true }, running);
    expect(moved.notes).to.deep.equal(['It is shut down, moved, and started there.']);
    expect(stepOf(moved).args).to.include({ running: true });
  });

  it('is there already', async () => {
    const same = await plan({ to: 'pve1' });
    expect(same.steps).to.deep.equal([]);
    expect(same.result).to.include({ changed: false, node: 'pve1', from: 'pve1' });
  });

  const unavailable = { not_allowed_nodes: { pve2: { unavailable_storages: ['fast'] } } };
  const forContainer = { 'not-allowed-nodes': { pve2: { 'unavailable-storages': ['fast'] } } };
  for (const [what, more, routes, code, words] of [
    ['an unknown node', { to: 'pve9' }, {}, 'PMX_NODE_NOT_FOUND', /pve9/],
    ['a node that is offline', { to: 'pve3' }, {}, 'PMX_NODE_OFFLINE', /pve3/],
    ['a running VM', {}, found({}, true), 'PMX_MIGRATE_RUNNING', /VM 101 \(vm-101\) is running/],
    [
      'a running container',
      { guest: ct },
      { '/nodes/pve1/lxc/200/status/current': { status: 'running' } },
      'PMX_MIGRATE_RUNNING',
      /container 200/,
    ],
    ['local disks', {}, found(local), 'PMX_MIGRATE_LOCAL_DISKS', /fast:vm-101-disk-1/],
    [
      'a medium',
      { localDisks: true },
      found({ local_disks: [{ volid: 'local:iso/a.iso', cdrom: 1 }] }),
      'PMX_MIGRATE_CDROM',
      /local:iso\/a\.iso/,
    ],
    [
      'a device',
      {},
      found({ local_resources: ['hostpci0'] }),
      'PMX_MIGRATE_LOCAL_DEVICES',
      /hostpci0/,
    ],
    ['a storage that is missing there', {}, found(unavailable), 'PMX_MIGRATE_STORAGE', /fast/],
    [
      'the same of a container',
      { guest: ct },
      { '/nodes/pve1/lxc/200/migrate': forContainer },
      'PMX_MIGRATE_STORAGE',
      /fast/,
    ],
    [
      'a container whose storage is missing there',
      { guest: ct },
      { '/nodes/pve1/lxc/200/config': { rootfs: 'fast:subvol-200-disk-0,size=8G' } },
      'PMX_MIGRATE_STORAGE',
      /fast, which node pve2 does not have/,
    ],
    ['an unknown storage', { targetStorage: 'none' }, {}, 'PMX_STORAGE_NOT_FOUND', /none/],
    ['one for ISOs', { targetStorage: 'isos' }, {}, 'PMX_STORAGE_LACKS_CONTENT', /isos/],
  ] as Array<[string, Partial<MigrateRequest>, FakeRoutes, string, RegExp]>)
    it(`refuses ${what}: ${code}`, () => refuses(() => plan(more, routes), code, words));
});

describe('planning to clone', () => {
  const plan = async (more: Partial<CloneRequest> = {}, routes: FakeRoutes = {}) => {
    const { pve, inventory } = await world(routes);
    return planClone(pve, inventory, { source: base, name: 'web-02', ...more });
  };
  const params = (made: Plan): Record<string, unknown> =>
    (stepOf(made).args as { params: Record<string, unknown> }).params;

  for (const [what, more, routes, kind] of [
    ['a template', {}, {}, 'linked'],
    [
      'a template on a storage that cannot',
      {},
      { '/nodes/pve1/qemu/900/feature': { hasFeature: 0 } },
      'full',
    ],
    ['a template to another storage', { storage: 'slow' }, {}, 'full'],
    ['a template, if asked', { kind: 'full' }, {}, 'full'],
    ['a VM', { source: vm }, {}, 'full'],
    ['a snapshot of a VM', { source: vm, snapshot: 'first' }, {}, 'full'],
    ['a container', { source: ct }, {}, 'full'],
  ] as Array<[string, Partial<CloneRequest>, FakeRoutes, string]>)
    it(`${what}: ${kind}; undo discards the clone`, async () => {
      const made = await plan(more, routes);
      expect(params(made)).to.include({ full: kind === 'full' });
      expect(made.result).to.include({ clone: kind, name: 'web-02' });
      expect(stepOf(made).undo![0]).to.include({ kind: 'pve.discard-guest' });
    });

  it("takes the source's notes, but not the mark of what made it", async () => {
    const { description } = params(await plan());
    const text = JSON.stringify(description);
    expect(text).to.contain('Base').and.contain('pmx-operation').and.not.contain('operation: x');
  });

  it('the VMID asked for, or one of the range, picked again when somebody is faster', async () => {
    const own = stepOf(await plan({ vmid: 500 })).args;
    expect(own).to.have.property('vmidVariable', undefined);
    const picked = stepOf(await plan({ vmids: '600-699' })).args;
    expect(picked).to.include({ vmidVariable: 'vmid', vmids: '600-699' });
  });

  it('options of a profile follow in a step of their own', async () => {
    const { set, notes, places } = profileForClone({
      memory: '4G',
      cores: '2',
      onboot: true,
      tags: ['a', 'b'],
      user: 'ops',
      storage: 'slow',
      disk: '20G',
      template: 'base',
    } as never);
    expect(set).to.deep.equal({ cores: '2', onboot: 1, memory: 4096, tags: 'a;b', ciuser: 'ops' });
    expect(places).to.deep.equal({ storage: 'slow' });
    expect(notes).to.have.length(1);
    expect(notes[0]).to.contain('disk').and.not.contain('template');
    const [, configure] = allSteps((await plan({ set })).steps);
    expect(configure!.args).to.deep.include({ params: set, idempotent: true });
  });

  it('a twin is named, and no obstacle', async () =>
    expect((await plan({ name: 'proxy' })).notes!.join()).to.contain('named proxy already (200)'));

  const running: Guest = { ...ct, status: 'running' };
  for (const [what, more, code, words] of [
    [
      'linked and a storage',
      { kind: 'linked', storage: 'slow' },
      'PMX_LINKED_CLONE_STORAGE',
      /--storage/,
    ],
    [
      'a linked one of what is no template',
      { source: vm, kind: 'linked' },
      'PMX_LINKED_CLONE_UNSUPPORTED',
      /no template/,
    ],
    ['an unknown snapshot', { source: vm, snapshot: 'x' }, 'PMX_SNAPSHOT_NOT_FOUND', /'?x'?/],
    [
      'a running container',
      { source: running },
      'PMX_GUEST_MUST_STOP',
      /container 200 \(proxy\) runs/,
    ],
    ['local disks for another node', { node: 'pve2' }, 'PMX_CLONE_LOCAL_STORAGE', /fast:base-900/],
    ['an unknown node', { node: 'pve9' }, 'PMX_NODE_NOT_FOUND', /pve9/],
    ['an unknown storage', { storage: 'none' }, 'PMX_STORAGE_NOT_FOUND', /none/],
    ['an unknown pool', { pool: 'none' }, 'PMX_POOL_NOT_FOUND', /none/],
  ] as Array<[string, Partial<CloneRequest>, string, RegExp]>)
    it(`refuses ${what}: ${code}`, () => refuses(() => plan(more), code, words));

  it('a running container can be cloned as it was at a snapshot', async () =>
    expect(params(await plan({ source: running, snapshot: 'first' }))).to.include({
      snapname: 'first',
      hostname: 'web-02',
    }));

  it('a shared disk goes to another node', async () =>
    expect(params(await plan({ source: vm, node: 'pve2' }))).to.include({ target: 'pve2' }));
});
