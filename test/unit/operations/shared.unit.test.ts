import { expect } from 'chai';
import fc from 'fast-check';

import {
  bootDisk,
  bytesToSize,
  drivesOf,
  freeMediumSlot,
  sizeToBytes,
} from '#dist/lib/operations/shared/guest-config.js';
import {
  chooseNode,
  chooseStorage,
  chooseVmid,
  findStorage,
  requireBridges,
  requirePool,
  requireStorage,
} from '#dist/lib/operations/shared/places.js';
import { apiError, denied } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster } from './support.ts';

describe("a guest's configuration", () => {
  for (const [slot, value, expected] of [
    [
      'scsi0',
      'fast:vm-101-disk-0,iothread=1,size=2G',
      { volid: 'fast:vm-101-disk-0', kind: 'disk', size: '2G' },
    ],
    [
      'virtio15',
      'local:101/vm-101-disk-0.qcow2,size=512M',
      { volid: 'local:101/vm-101-disk-0.qcow2', kind: 'disk', size: '512M' },
    ],
    [
      'ide2',
      'local:iso/debian.iso,media=cdrom,size=600M',
      { volid: 'local:iso/debian.iso', kind: 'cdrom', size: '600M' },
    ],
    [
      'ide2',
      'fast:vm-101-cloudinit,media=cdrom,size=4M',
      { volid: 'fast:vm-101-cloudinit', kind: 'cloudinit', size: '4M' },
    ],
    [
      'scsi1',
      'local:101/vm-101-cloudinit.qcow2,media=cdrom',
      { volid: 'local:101/vm-101-cloudinit.qcow2', kind: 'cloudinit', size: undefined },
    ],
    [
      'ide0',
      'local:iso/not-cloudinit-at-all.iso,media=cdrom',
      { volid: 'local:iso/not-cloudinit-at-all.iso', kind: 'cdrom', size: undefined },
    ],
    [
      'unused0',
      'fast:vm-101-disk-3',
      { volid: 'fast:vm-101-disk-3', kind: 'unused', size: undefined },
    ],
    [
      'efidisk0',
      'fast:vm-101-disk-1,efitype=4m,size=4M',
      { volid: 'fast:vm-101-disk-1', kind: 'disk', size: '4M' },
    ],
    [
      'tpmstate0',
      'fast:vm-101-disk-2,size=4M,version=v2.0',
      { volid: 'fast:vm-101-disk-2', kind: 'disk', size: '4M' },
    ],
  ] as const) {
    it(`${slot}: ${value}`, () =>
      expect(drivesOf({ [slot]: value })).to.deep.equal([{ slot, ...expected }]));
  }

  for (const [slot, value] of [
    ['ide2', 'none,media=cdrom'],
    ['ide2', 'cdrom,media=cdrom'],
    ['scsi0', '/dev/sdb,size=1T'],
    ['scsihw', 'virtio-scsi-single'],
    ['net0', 'virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0'],
    ['hostpci0', '0000:01:00.0'],
    ['memory', 512],
    ['xscsi0', 'fast:x'],
  ] as const) {
    it(`${slot}: ${value} is no drive`, () =>
      expect(drivesOf({ [slot]: value })).to.deep.equal([]));
  }

  const disks = {
    scsi0: 'f:a,size=1G',
    virtio0: 'f:b,size=2G',
    ide2: 'l:iso/x.iso,media=cdrom',
    efidisk0: 'f:e,size=4M',
  };
  for (const [boot, slot] of [
    ['order=virtio0', 'virtio0'],
    ['order=ide2;net0;virtio0;scsi0', 'virtio0'],
    ['order=net0', 'scsi0'],
    ['order=efidisk0', 'scsi0'],
    [' ', 'scsi0'],
    [undefined, 'scsi0'],
    ['legacy=cdn,order=virtio0', 'virtio0'],
  ] as const) {
    it(`boots from ${slot} when boot is ${JSON.stringify(boot)}`, () =>
      expect(bootDisk({ boot, ...disks })?.slot).to.equal(slot));
  }
  it('may have no disk', () =>
    expect(bootDisk({ ide2: disks.ide2, efidisk0: disks.efidisk0 })).to.equal(undefined));

  for (const [used, slot] of [
    [[], 'scsi1'],
    [['scsi1', 'scsi2'], 'scsi3'],
    [['scsi1', 'scsi2', 'scsi3', 'scsi4', 'scsi5'], 'sata1'],
    [['scsi', 'sata'].flatMap((bus) => [1, 2, 3, 4, 5].map((index) => `${bus}${index}`)), 'ide2'],
    [
      [
        'ide2',
        'ide3',
        ...['scsi', 'sata'].flatMap((bus) => [1, 2, 3, 4, 5].map((index) => `${bus}${index}`)),
      ],
      'scsi30',
    ],
  ] as const) {
    it(`offers ${slot} when ${used.length} slots are in use`, () =>
      expect(freeMediumSlot(Object.fromEntries(used.map((name) => [name, 'x:y'])))).to.equal(slot));
  }

  for (const [size, bytes] of [
    ['1024', 1024],
    ['1K', 1024],
    ['512M', 512 * 2 ** 20],
    ['2G', 2 ** 31],
    ['1.5G', 1.5 * 2 ** 30],
    ['3T', 3 * 2 ** 40],
    ['0', 0],
    ['', undefined],
    [undefined, undefined],
    ['2g', undefined],
    ['2GB', undefined],
    ['-1G', undefined],
    ['G', undefined],
    ['1.G', undefined],
  ] as const) {
    it(`${size} is ${bytes} bytes`, () => expect(sizeToBytes(size)).to.equal(bytes));
  }

  it('a size survives the way there and back, exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (bytes) => {
        expect(sizeToBytes(bytesToSize(bytes))).to.equal(bytes);
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.constantFrom('K', 'M', 'G', 'T'),
        (amount, unit) => {
          const bytes = sizeToBytes(`${amount}${unit}`)!;
          expect(sizeToBytes(bytesToSize(bytes))).to.equal(bytes);
        },
      ),
    );
  });

  it('a size is told in the largest whole unit', () => {
    for (const [bytes, size] of [
      [2 ** 30, '1G'],
      [1536 * 2 ** 20, '1536M'],
      [2 ** 40, '1T'],
      [1000, '1000'],
      [3072, '3K'],
    ] as const)
      expect(bytesToSize(bytes)).to.equal(size);
  });
});

describe('places', () => {
  const storages = [
    { storage: 'small', type: 'dir', content: 'iso,images', active: 1, avail: 1 },
    { storage: 'big', type: 'dir', content: 'images', active: 1, avail: 9 },
    { storage: 'down', type: 'nfs', content: 'images,iso', active: 0, avail: 99 },
    { storage: 'off', type: 'nfs', content: 'images', active: 1, enabled: 0, avail: 99 },
  ];
  const withStorages = (): ReturnType<typeof cluster> => {
    const setting = cluster();
    setting.pve.answers.set('/nodes/pve1/storage', storages);
    return setting;
  };
  const nodes = (...rows: object[]): ReturnType<typeof cluster> => {
    const setting = cluster();
    setting.pve.answers.set('/nodes', rows);
    return setting;
  };

  it('node: the one asked for, if it is online', async () => {
    const { inventory } = nodes(
      { node: 'a', status: 'online' },
      { node: 'b', status: 'offline' },
      { node: 'c', status: 'unknown' },
    );
    expect(await chooseNode(inventory, 'a')).to.equal('a');
    expect(await chooseNode(inventory, 'c'), 'without Sys.Audit every node is unknown').to.equal(
      'c',
    );
    expect(await failure(() => chooseNode(inventory, 'b'))).to.include({
      code: 'PMX_NODE_OFFLINE',
      exitCode: 1,
    });
    expect(await failure(() => chooseNode(inventory, 'x'))).to.include({
      code: 'PMX_NODE_NOT_FOUND',
    });
  });

  it('node: else the one online with the most free memory, the first by name where nothing is known', async () => {
    expect(
      await chooseNode(
        nodes(
          { node: 'a', status: 'online', maxmem: 8, mem: 5 },
          { node: 'b', status: 'online', maxmem: 8, mem: 4 },
          { node: 'c', status: 'offline', maxmem: 99, mem: 0 },
        ).inventory,
        undefined,
      ),
    ).to.equal('b');
    expect(
      await chooseNode(
        nodes({ node: 'b', status: 'online' }, { node: 'a', status: 'online' }).inventory,
        undefined,
      ),
    ).to.equal('a');
    expect(
      await failure(() => chooseNode(nodes({ node: 'a', status: 'offline' }).inventory, undefined)),
    ).to.include({ code: 'PMX_NODE_NOT_FOUND', exitCode: 1 });
  });

  it('storage: asked for, preferred, emptiest', async () => {
    const { inventory } = withStorages();
    for (const [content, asked, preferred, expected] of [
      ['images', 'small', undefined, 'small'],
      ['images', undefined, undefined, 'big'],
      ['images', undefined, 'small', 'small'],
      ['iso', undefined, 'big', 'small'],
      ['images', undefined, 'down', 'big'],
      ['images', 'small', 'big', 'small'],
    ] as const) {
      expect((await chooseStorage(inventory, 'pve1', content, asked, preferred)).storage).to.equal(
        expected,
      );
    }
  });

  it('storage: what cannot be, and what could', async () => {
    const { inventory } = withStorages();
    const missing = await failure(() => requireStorage(inventory, 'pve1', 'nosuch', 'images'));
    expect(missing).to.include({ code: 'PMX_STORAGE_NOT_FOUND', exitCode: 1 });
    expect(missing.hints.join()).to.include('big, down, small');
    const lacks = await failure(() => requireStorage(inventory, 'pve1', 'big', 'iso'));
    expect(lacks).to.include({ code: 'PMX_STORAGE_LACKS_CONTENT', exitCode: 1 });
    expect(lacks.hints.join())
      .to.include('small')
      .and.to.include('pvesm set big --content images,iso');
    const none = await failure(() => chooseStorage(inventory, 'pve1', 'import', undefined));
    expect(none).to.include({ code: 'PMX_STORAGE_LACKS_CONTENT', exitCode: 1 });
  });

  it('storage: found anywhere, if it is active', async () => {
    const { pve, inventory } = cluster();
    pve.answers.set('/cluster/resources', [
      { storage: 'x', node: 'pve2', status: 'available', content: 'iso' },
      { storage: 'y', node: 'pve2', status: 'unavailable', content: 'iso' },
    ]);
    expect((await findStorage(inventory, 'x', undefined)).node).to.equal('pve2');
    const error = await failure(() => findStorage(inventory, 'y', undefined));
    expect(error).to.include({ code: 'PMX_STORAGE_NOT_FOUND', exitCode: 1 });
    expect(error.hints.join()).to.include('x, y');
    expect(await failure(() => findStorage(inventory, 'x', 'nosuch'))).to.have.property(
      'code',
      'PMX_NODE_NOT_FOUND',
    );
    expect((await findStorage(inventory, 'fast', 'pve1')).storage).to.equal('fast');
  });

  it('bridges: each must be there; none visible means that only the server knows', async () => {
    const { pve } = cluster();
    const device = (bridge: string) => ({ bridge }) as never;
    await requireBridges(pve, 'pve1', [device('vmbr7')]);
    pve.answers.set('/nodes/pve1/network', [{ iface: 'vmbr0' }, { iface: 'vmbr1' }]);
    await requireBridges(pve, 'pve1', [device('vmbr0'), device('vmbr1')]);
    const error = await failure(() =>
      requireBridges(pve, 'pve1', [device('vmbr0'), device('vmbr7')]),
    );
    expect(error).to.include({ code: 'PMX_BRIDGE_NOT_FOUND', exitCode: 1 });
    expect(error.message).to.include('vmbr7');
    expect(error.hints.join()).to.include('vmbr0, vmbr1');
  });

  it('pools', async () => {
    const { pve } = cluster();
    expect((await failure(() => requirePool(pve, 'x'))).hints[0]).to.equal('There is none.');
    pve.answers.set('/pools', [{ poolid: 'prod' }]);
    await requirePool(pve, 'prod');
    expect(await failure(() => requirePool(pve, 'pro'))).to.include({
      code: 'PMX_POOL_NOT_FOUND',
      exitCode: 1,
    });
  });

  it('VMID: the next one, as a number; or the one asked for', async () => {
    const { pve, inventory } = cluster();
    expect(await chooseVmid(pve, inventory, undefined)).to.equal(100);
    expect(await chooseVmid(pve, inventory, 555)).to.equal(555);
  });

  it('VMID: says by whom it is taken', async () => {
    const { pve, inventory } = cluster();
    pve.guest(101, { name: 'web' }, { node: 'pve2' });
    expect((await failure(() => chooseVmid(pve, inventory, 900))).message).to.equal(
      "VMID 900 is taken by template 'debian' on node pve1.",
    );
    expect((await failure(() => chooseVmid(pve, inventory, 101))).message).to.equal(
      "VMID 101 is taken by 'web' on node pve2.",
    );
    pve.answers.set('/cluster/nextid', () => {
      throw apiError('Parameter verification failed: vmid: VM 555 already exists.', 400);
    });
    const hidden = await failure(() => chooseVmid(pve, inventory, 555));
    expect(hidden).to.include({
      code: 'PMX_VMID_TAKEN',
      exitCode: 1,
      message: 'VMID 555 is taken.',
    });
  });

  it('VMID: passes other errors on', async () => {
    const { pve, inventory } = cluster();
    pve.answers.set('/cluster/nextid', new Error('broken'));
    expect((await failure(() => chooseVmid(pve, inventory, 555))).message).to.equal('broken');
    expect(denied('/x').exitCode).to.equal(3);
  });
});
