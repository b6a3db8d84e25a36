import { allSteps, type Guest, type Storage } from '@pmx-cli/kit';
import { createFakeHost, type FakeRoutes } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { type DrainRequest, planDrain } from '#dist/lib/operations/node/drain.js';
import { planNodePower } from '#dist/lib/operations/node/power.js';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const gib = 2 ** 30;

interface Stock {
  guests: Array<Partial<Guest> & { vmid: number }>;
  routes?: FakeRoutes;
  /** Free memory of pve2 and pve3 in GiB; below 0 it cannot be seen. */
  free?: [number, number];
  cpus?: number;
  storages?: Storage[];
}

const shared = (node: string, name = 'ceph', content = ['images', 'rootdir']): Storage => ({
  storage: name,
  node,
  type: 'rbd',
  content,
  shared: true,
  active: true,
});

function sessionOf({ guests, routes = {}, free = [16, 8], cpus = 8, storages }: Stock) {
  const nodes = [
    { node: 'pve1', status: 'online' as const },
    ...free.map((left, at) => ({
      node: `pve${at + 2}`,
      status: 'online' as const,
      cpus,
      ...(left >= 0 && { memoryBytes: 100 * gib, memoryUsedBytes: (95 - left) * gib }),
    })),
  ];
  const paths = guests.flatMap(({ vmid, type = 'qemu' }) => {
    const path = `/nodes/pve1/${type}/${vmid}`;
    return [
      [`${path}/migrate`, { running: 1 }],
      [`${path}/config`, type === 'qemu' ? { scsi0: `ceph:vm-${vmid}-disk-0,size=1G` } : {}],
      [`${path}/snapshot`, [{ name: 'current' }]],
    ] as const;
  });
  return createFakeHost({
    nodes,
    guests: guests.map((guest) =>
      guestOf(guest.vmid, { status: 'running', memoryBytes: gib, cpus: 1, ...guest }),
    ),
    storages: storages ?? ['pve1', 'pve2', 'pve3'].map((node) => shared(node)),
    pve: { '/cluster/ha/resources': [], ...Object.fromEntries(paths), ...routes },
  }).open({ log: {}, 'no-color': true });
}

async function drain(stock: Stock, more: Partial<DrainRequest> = {}) {
  const session = sessionOf(stock);
  return planDrain(await session.pve(), await session.inventory(), {
    node: 'pve1',
    parallel: 2,
    skipBlocked: false,
    withLocalDisks: false,
    runningOnly: false,
    ...more,
  });
}

/** `101→pve2 102→pve3` */
const where = (plan: Awaited<ReturnType<typeof drain>>): string =>
  allSteps(plan.steps)
    .map(({ args }) => args as unknown as { vmid: number; to: string })
    .map(({ vmid, to }) => `${vmid}→${to}`)
    .join(' ');

describe('planning to drain a node', () => {
  it('the biggest first, each to where most is left', async () => {
    const plan = await drain({
      guests: [
        { vmid: 101, memoryBytes: 6 * gib },
        { vmid: 102, memoryBytes: 9 * gib },
        { vmid: 103, memoryBytes: 4 * gib },
      ],
    });
    // 9 → pve2 (16), 6 → pve3 (8 left, 7 on pve2), 4 → pve2 (7 left).
    expect(where(plan)).to.equal('101→pve3 102→pve2 103→pve2');
  });

  it('two at a time, each with its way home', async () => {
    const plan = await drain({ guests: [{ vmid: 101 }, { vmid: 102 }, { vmid: 103 }] });
    expect(plan.steps.map((node) => ('parallel' in node ? node.parallel.length : 1))).to.deep.equal(
      [2, 1],
    );
    const [step] = allSteps(plan.steps);
    expect(step!.args).to.deep.include({ from: 'pve1', to: 'pve2', running: true });
    expect(step!.undo![0]).to.deep.include({
      kind: 'pve.migrate',
      args: { type: 'qemu', vmid: 101, running: true, from: 'pve2', to: 'pve1' },
    });
    expect(allSteps(plan.steps).some(({ destructive }) => destructive)).to.equal(false);
  });

  it('only where it is asked to; templates stay, and stopped guests if wanted', async () => {
    const guests = [
      { vmid: 101 },
      { vmid: 102, status: 'stopped' as const, memoryBytes: 500 * gib },
      { vmid: 900, status: 'stopped' as const, template: true },
      { vmid: 103, node: 'pve2' },
    ];
    expect(where(await drain({ guests }, { to: ['pve3'] }))).to.equal('101→pve3 102→pve3');
    const plan = await drain({ guests }, { runningOnly: true });
    expect(where(plan)).to.equal('101→pve2');
    expect(plan.notes).to.include('1 stopped guests stay.');
    expect(plan.notes).to.include('1 templates stay: they do not run.');
  });

  const qemu = '/nodes/pve1/qemu/101';
  const lxc = '/nodes/pve1/lxc/101';
  const withMigrate = (answer: object): FakeRoutes => ({ [`${qemu}/migrate`]: answer });
  const local = { local_disks: [{ volid: 'local:101/d.qcow2', drivename: 'scsi0', cdrom: 0 }] };
  const cases: Array<[string, Partial<Stock> & { guest?: Partial<Guest> }, RegExp, object?]> = [
    ['a lock', { guest: { lock: 'backup' } }, /locked \(backup\)/],
    [
      'HA',
      { routes: { '/cluster/ha/resources': [{ sid: 'vm:101', state: 'started' }] } },
      /HA manages it/,
    ],
    ['local disks', { routes: withMigrate(local) }, /only pve1 has: scsi0 \(local:101\/d.qcow2\)/],
    [
      'local disks with snapshots',
      {
        routes: {
          ...withMigrate(local),
          [`${qemu}/snapshot`]: [{ name: 'before' }, { name: 'current' }],
        },
      },
      /snapshots, with disks/,
      { withLocalDisks: true },
    ],
    [
      'a local disc',
      {
        routes: withMigrate({
          local_disks: [{ volid: 'local:iso/x.iso', drivename: 'ide2', cdrom: 1 }],
        }),
      },
      /a disc in ide2/,
    ],
    [
      'passed-through devices',
      { routes: withMigrate({ local_resources: ['hostpci0', 'usb1'] }) },
      /devices of the node: hostpci0, usb1/,
    ],
    [
      'mapped devices',
      { routes: withMigrate({ 'mapped-resources': ['hostpci0'] }) },
      /cannot be moved while it runs: hostpci0/,
    ],
    [
      'a folder of the node in a container',
      {
        guest: { type: 'lxc' },
        routes: {
          [`${lxc}/config`]: { rootfs: 'ceph:subvol-101-disk-0,size=1G', mp0: '/srv,mp=/srv' },
        },
      },
      /folders or devices of the node: mp0 \(\/srv\)/,
    ],
    [
      'a storage that no other node has',
      { storages: [shared('pve1'), shared('pve2', 'other'), shared('pve3', 'other')] },
      /pve2 lacks storage ceph; pve3 lacks storage ceph/,
    ],
    [
      'what the server rules out',
      {
        routes: withMigrate({
          not_allowed_nodes: { pve2: { unavailable_storages: ['nfs'] }, pve3: {} },
        }),
      },
      /pve2 lacks storage nfs; pve3 is ruled out/,
    ],
    [
      'memory',
      { guest: { memoryBytes: 20 * gib } },
      /pve2 has 16 GiB of memory left, it needs 20 GiB/,
    ],
    ['processors', { guest: { cpus: 9 } }, /has 8 CPUs, it needs 9/],
    [
      'no right to see it',
      {
        routes: withMigrate(() => {
          throw Object.assign(new Error('Permission check failed'), {
            name: 'PmxError',
            code: 'PMX_PERMISSION_DENIED',
            exitCode: 3,
            hints: [],
          });
        }),
      },
      /Permission check failed/,
    ],
  ];
  for (const [what, { guest = {}, ...stock }, reason, more] of cases) {
    it(`held by ${what}: named, with exit 1, or left behind`, async () => {
      const given = { guests: [{ vmid: 101, ...guest }, { vmid: 102 }], ...stock };
      const error = await failure(() => drain(given, more));
      expect(error).to.include({ code: 'PMX_DRAIN_BLOCKED', exitCode: 1 });
      expect(error.message).to.match(reason);
      expect(error.message).to.match(/101 \(vm-101\)/);
      const plan = await drain(given, { ...more, skipBlocked: true });
      expect(where(plan)).not.to.include('101→');
      expect((plan.result as { left: Array<{ vmid: number }> }).left[0]!.vmid).to.equal(101);
    });
  }

  it('local disks come along when that is asked for', async () => {
    const plan = await drain(
      { guests: [{ vmid: 101 }], routes: withMigrate(local) },
      { withLocalDisks: true },
    );
    expect(allSteps(plan.steps)[0]!.args).to.include({ localDisks: true, to: 'pve2' });
  });

  it('a cloud-init drive is made anew, so it holds nobody', async () => {
    const plan = await drain({
      guests: [{ vmid: 101 }],
      routes: {
        [`${qemu}/config`]: { ide2: 'local:101/vm-101-cloudinit.qcow2,media=cdrom' },
        ...withMigrate({
          local_disks: [{ volid: 'local:101/vm-101-cloudinit.qcow2', drivename: 'ide2', cdrom: 1 }],
        }),
      },
      storages: ['pve1', 'pve2', 'pve3'].flatMap((node) => [shared(node), shared(node, 'local')]),
    });
    expect(where(plan)).to.equal('101→pve2');
  });

  it('says that containers are restarted, and when memory cannot be seen', async () => {
    const plan = await drain({
      guests: [{ vmid: 101, type: 'lxc' }],
      routes: { [`${lxc}/config`]: { rootfs: 'ceph:subvol-101-disk-0' } },
      free: [-1, -1],
    });
    expect(plan.notes!.join(' ')).to.match(/restarted on the way: 101/);
    expect(plan.notes!.join(' ')).to.match(/memory pve\d has left cannot be seen/);
    expect(allSteps(plan.steps)[0]!.title).to.match(/with a restart$/);
  });

  for (const [more, problem] of [
    [{ node: 'nosuch' }, 'PMX_NODE_NOT_FOUND'],
    [{ to: ['nosuch'] }, 'PMX_NODE_NOT_FOUND'],
    [{ to: ['pve1'] }, 'PMX_NO_OTHER_NODE'],
  ] as const) {
    it(`refuses ${JSON.stringify(more)}`, async () => {
      expect(
        await failure(() => drain({ guests: [{ vmid: 101 }] }, more as Partial<DrainRequest>)),
      ).to.include({ code: problem, exitCode: 1 });
    });
  }
});

describe('draining the only node', () => {
  it('leaves all guests, named, when blocked ones may stay', async () => {
    const plan = await drain({ guests: [{ vmid: 101 }], free: [] as never }, { skipBlocked: true });
    expect(plan.steps).to.deep.equal([]);
    expect(plan.notes!.join(' ')).to.match(/101 \(vm-101\): there is no other node online/);
  });
});

describe('planning to reboot a node', () => {
  it('names what runs there, what comes back, and the quorum', async () => {
    const session = sessionOf({
      guests: [{ vmid: 101 }, { vmid: 102 }, { vmid: 103, status: 'stopped' }],
      routes: { '/nodes/pve1/qemu/101/config': { onboot: 1 } },
    });
    const pve = await session.pve();
    const plan = await planNodePower(pve, await session.inventory(), 'pve1', 'reboot');
    expect(plan.impact!.removes.map(({ name, detail }) => `${name}: ${detail}`)).to.deep.equal([
      '101 (vm-101): starts again with the node',
      '102 (vm-102): stays off: no onboot',
    ]);
    expect(plan.notes).to.deep.equal([]);
    expect(allSteps(plan.steps)[0]).to.deep.include({
      destructive: true,
      args: { method: 'POST', path: '/nodes/pve1/status', params: { command: 'reboot' } },
    });
  });
});
