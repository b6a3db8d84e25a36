import { allSteps, type Guest, type Plan } from '@pmx-cli/kit';
import { createFakeHost, type FakeRoutes } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { planRestore, type RestoreRequest } from '#dist/lib/operations/backup/restore.js';
import {
  planPoolCreate,
  planPoolDelete,
  planPoolRemove,
} from '#dist/lib/operations/pool/change.js';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const older = 'nas:backup/vzdump-qemu-101-2026_11_20-02_00_00.vma.zst';
const newest = 'nas:backup/vzdump-qemu-101-2026_11_21-02_00_00.vma.zst';
const ofCt = 'nas:backup/vzdump-lxc-200-2026_11_20-02_00_00.tar.zst';
const row = (volid: string, vmid: number, ctime: number) => ({ volid, vmid, ctime, size: 1 });

interface Setting {
  guests?: Guest[];
  config?: Record<string, unknown>;
  routes?: FakeRoutes;
}

async function world({ guests = [], config = {}, routes = {} }: Setting = {}) {
  const disks = ['pve1', 'pve2'].map((node) => ({
    storage: 'fast',
    node,
    type: 'dir',
    content: ['images', 'rootdir'],
    shared: false,
    active: true,
  }));
  const nas = ['pve1', 'pve2'].map((node) => ({
    ...disks[0]!,
    node,
    storage: 'nas',
    content: ['backup'],
    shared: true,
  }));
  const session = createFakeHost({
    nodes: [
      { node: 'pve1', status: 'online' },
      { node: 'pve2', status: 'online' },
    ],
    guests,
    storages: [...disks, ...nas],
    pve: {
      ...Object.fromEntries(
        ['pve1', 'pve2'].flatMap((node) => [
          [
            `/nodes/${node}/storage/nas/content`,
            [row(older, 101, 1), row(newest, 101, 2), row(ofCt, 200, 1)],
          ],
          [
            `/nodes/${node}/vzdump/extractconfig`,
            '#Mine\n#pmx-operation%3A old\n#qmdump#map:x\nname: web-01\nmemory: 2048\n[first]\nname: no\n',
          ],
          [`/nodes/${node}/qemu/101/config`, { scsi0: 'fast:101/a.qcow2,size=2G', ...config }],
        ]),
      ),
      '/cluster/nextid': ({ vmid }) => vmid ?? '500',
      '/pools': [],
      ...routes,
    },
  }).open({ log: {}, 'no-color': true });
  return { pve: await session.pve(), inventory: await session.inventory() };
}

async function refuses(attempt: () => unknown, code: string, words: RegExp): Promise<void> {
  const error = await failure(attempt);
  expect(error).to.include({ code, exitCode: 1 });
  expect(error.message).to.match(words);
  expect(error).to.have.property('hints').that.is.not.empty;
}

describe('planning to restore', () => {
  const plan = async (more: Partial<RestoreRequest> = {}, setting: Setting = {}) => {
    const { pve, inventory } = await world(setting);
    return planRestore(pve, inventory, {
      backup: '101',
      vmid: undefined,
      node: undefined,
      storage: undefined,
      name: undefined,
      start: false,
      force: false,
      ...more,
    });
  };
  const params = (made: Plan): Record<string, unknown> =>
    (allSteps(made.steps)[0]!.args as { params: Record<string, unknown> }).params;
  const vm = guestOf(101);

  it('the newest backup of a guest that is gone, under its old number; undo removes it', async () => {
    const made = await plan();
    expect(made.variables).to.deep.equal({ vmid: 101 });
    expect(params(made)).to.include({ archive: newest }).and.not.have.any.keys('unique', 'force');
    expect(allSteps(made.steps)[0]!.undo![0]).to.include({ kind: 'pve.discard-guest' });
    expect(made.result).to.deep.include({ name: 'web-01', replaced: false, started: false });
  });

  it('its notes come along, but not the mark of what made the first one', async () => {
    const description = JSON.stringify(params(await plan())['description']);
    expect(description).to.contain('Mine').and.not.contain('operation: old');
  });

  it('beside the guest that is there: the next number, new addresses, and a word about it', async () => {
    const made = await plan({}, { guests: [vm] });
    expect(made.variables).to.deep.equal({ vmid: 500 });
    expect(params(made)).to.include({ unique: true });
    expect(made.notes!.join()).to.contain('VMID 101 is taken').and.contain('--force');
  });

  it('where the guest is, if its archive can be seen from there', async () => {
    const there = [guestOf(101, { node: 'pve2' })];
    const { args } = allSteps((await plan({}, { guests: there })).steps)[0]!;
    expect(args).to.have.property('path', '/nodes/pve2/qemu');
  });

  it('over the guest: that cannot be taken back, so it is said what goes', async () => {
    const made = await plan({ force: true }, { guests: [vm] });
    const [step] = allSteps(made.steps);
    expect(step).to.include({ destructive: true }).and.not.have.property('undo');
    expect(params(made)).to.deep.include({ vmid: 101, force: true });
    expect(made.impact!.removes.map(({ name }) => name)).to.deep.equal([
      'VM 101 (vm-101)',
      'fast:101/a.qcow2',
    ]);
  });

  it('--force where nothing is replaces nothing', async () => {
    const [step] = allSteps((await plan({ force: true })).steps);
    expect(step).to.not.have.property('destructive');
  });

  it('a container by its own words, and started', async () => {
    const made = await plan({ backup: ofCt, name: 'proxy-2', start: true, vmid: 700 });
    expect(params(made)).to.include({ ostemplate: ofCt, restore: true, hostname: 'proxy-2' });
    expect(allSteps(made.steps).map(({ id }) => id)).to.deep.equal(['restore', 'start']);
    expect(made.result).to.deep.include({ started: true, name: 'proxy-2' });
    expect(made.variables).to.deep.equal({ vmid: 700 });
  });

  it('whether it is started is in the result, also when no flag says so', async () => {
    const made = await plan({ start: undefined as never });
    expect(made.result).to.have.property('started', false);
  });

  const running = { guests: [guestOf(101, { status: 'running' })] };
  for (const [what, more, setting, code, words] of [
    ['an unknown archive', { backup: 'nas:backup/x.vma' }, {}, 'PMX_ARCHIVE_NOT_FOUND', /x\.vma/],
    ['a guest without backups', { backup: 'db' }, {}, 'PMX_ARCHIVE_NOT_FOUND', /'db'/],
    ['what names none', { backup: '101@oldest' }, {}, 'PMX_INVALID_BACKUP', /'101@oldest'/],
    ['a storage that is none', { storage: 'no' }, {}, 'PMX_STORAGE_NOT_FOUND', /'no'/],
    ['a storage for backups', { storage: 'nas' }, {}, 'PMX_STORAGE_LACKS_CONTENT', /nas/],
    ['over a running guest', { force: true }, running, 'PMX_VM_RUNNING', /is running/],
    [
      'over a protected guest',
      { force: true },
      { guests: [vm], config: { protection: 1 } },
      'PMX_VM_PROTECTED',
      /protected/,
    ],
    [
      'over a guest of the other kind',
      { backup: ofCt, vmid: 101, force: true },
      { guests: [vm] },
      'PMX_RESTORE_KIND',
      /backup of a container/,
    ],
    [
      'over a guest of another node',
      { force: true, node: 'pve2' },
      { guests: [vm] },
      'PMX_RESTORE_KIND',
      /on node pve2/,
    ],
  ] as Array<[string, Partial<RestoreRequest>, Setting, string, RegExp]>)
    it(`refuses ${what}: ${code}`, () => refuses(() => plan(more, setting), code, words));
});

describe('planning pools', () => {
  const details = {
    poolid: 'web',
    members: [
      { type: 'qemu', vmid: 101, name: 'web-01', node: 'pve1', id: 'qemu/101' },
      { type: 'storage', storage: 'nas', node: 'pve1', id: 'storage/pve1/nas' },
    ],
  };
  const answer =
    (pools: object[]) =>
    ({ poolid }: { poolid?: unknown }) =>
      poolid === undefined
        ? pools
        : pools.filter((pool) => 'poolid' in pool && pool.poolid === poolid);
  const open = (pools: object[], routes: FakeRoutes = {}) =>
    world({ routes: { '/pools': answer(pools), '/access/acl': [], ...routes } });

  for (const name of ['web', 'customers/acme', 'a/b/c', 'a.b-c_d'])
    it(`makes '${name}', and undo removes it`, async () => {
      const made = await planPoolCreate((await open([])).pve, name, undefined);
      expect(allSteps(made.steps)[0]!.undo).to.have.length(1);
      expect(made.target).to.equal(`pool ${name}`);
    });

  for (const name of ['', 'a b', '/a', 'a/', 'a//b', 'a/b/c/d', 'ä', 'a;b'])
    it(`refuses the name ${JSON.stringify(name)}`, async () => {
      const { pve } = await open([]);
      await refuses(() => planPoolCreate(pve, name, undefined), 'PMX_INVALID_POOL', /Pool name/);
    });

  it('refuses one that is there, and one that is not', async () => {
    const { pve } = await open([details]);
    await refuses(() => planPoolCreate(pve, 'web', undefined), 'PMX_POOL_EXISTS', /'web'/);
    await refuses(() => planPoolDelete(pve, 'nope', false), 'PMX_POOL_NOT_FOUND', /'nope'/);
  });

  it('refuses to delete one with members, unless they are taken out; grants are named', async () => {
    const { pve } = await open([details], {
      '/access/acl': [
        { path: '/pool/web', ugid: 'ann@pve', roleid: 'PVEVMUser' },
        { path: '/pool/other', ugid: 'ben@pve', roleid: 'PVEVMUser' },
      ],
    });
    await refuses(() => planPoolDelete(pve, 'web', false), 'PMX_POOL_NOT_EMPTY', /guest 101 and/);
    const plan = await planPoolDelete(pve, 'web', true);
    expect(allSteps(plan.steps).map(({ id, undo }) => [id, undo?.length])).to.deep.equal([
      ['remove', 1],
      ['delete', undefined],
    ]);
    expect(plan.impact!.removes.map(({ name }) => name)).to.deep.equal([
      'web',
      'PVEVMUser of ann@pve',
    ]);
    expect(plan.impact!.keeps.map(({ name }) => name)).to.deep.equal(['101 (web-01)', 'nas']);
  });

  it('takes out only what is in it', async () => {
    const { pve } = await open([details]);
    const guests = [guestOf(101), guestOf(102)];
    const plan = await planPoolRemove(pve, { pool: 'web', guests, storages: ['fast'] });
    expect(plan.result).to.deep.equal({ pool: 'web', vms: [101], storages: [] });
    const none = await planPoolRemove(pve, { pool: 'web', guests: [guestOf(102)], storages: [] });
    expect(none.steps).to.deep.equal([]);
  });
});
