import { expect } from 'chai';

import { Lab } from './support.ts';

type Config = Record<string, string | number>;

describe('disks, network devices, migration and clones of guests', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--nodes', '2');
    const vm = ['vmid=101', 'name=web-01', 'memory=512', 'scsi0=local:1', 'boot=order=scsi0'];
    await lab.json('api', 'post', '/nodes/pve1/qemu', ...vm, 'net0=virtio,bridge=vmbr0');
    await lab.container('proxy', 'net0=name=eth0,bridge=vmbr0,ip=10.0.0.5/24');
  });

  after(() => lab.stop());

  const config = (path = 'pve1/qemu/101'): Promise<Config> =>
    lab.json('api', 'get', `/nodes/${path}/config`);
  const quietly = async <T>(run: () => Promise<T>): Promise<T> => {
    const writes = lab.writes();
    const result = await run();
    expect(lab.writes()).to.equal(writes);
    return result;
  };
  const one = async <T>(...args: string[]): Promise<T & { changed: boolean }> => {
    const [done] = await lab.json<Array<{ ok: boolean; result: T & { changed: boolean } }>>(
      ...args,
    );
    expect(done).to.have.property('ok', true);
    return done!.result;
  };

  it('resize: more, to a size, and never less', async () => {
    const dry = await quietly(() => lab.pmx(['vm', 'resize', 'web-01', '+1G', '--dry-run']));
    expect(dry.stdout).to.include('from 1G to 2G');
    expect(await one('vm', 'resize', 'web-01', '+1G')).to.include({ newSize: '2G' });
    const again = await quietly(() => one('vm', 'disk', 'resize', 'web-01', 'scsi0', '2G'));
    expect(again).to.include({ changed: false });
    expect(await one('ct', 'resize', 'proxy', '2G')).to.include({ slot: 'rootfs', newSize: '2G' });
  });

  it('disks of a VM: add, move, detach, remove, and nothing is left', async () => {
    const held = await lab.holdings();
    const add = ['vm', 'disk', 'add', 'web-01', '--size', '1G', '--ssd', '--no-backup'];
    expect(await one(...add)).to.include({ slot: 'scsi1' });
    expect((await config())['scsi1'])
      .to.include('ssd=1')
      .and.include('backup=0');
    const move = ['vm', 'disk', 'move', 'web-01', 'scsi1', '--storage', 'shared'];
    expect(await one(...move)).to.include({ from: 'local', changed: true });
    expect(await quietly(() => one(...move))).to.include({ changed: false });
    await one('vm', 'disk', 'detach', 'web-01', 'scsi1');
    expect((await config())['unused0']).to.match(/^shared:/);
    const again = await quietly(() => one('vm', 'disk', 'detach', 'web-01', 'scsi1'));
    expect(again).to.include({ changed: false });
    await one('vm', 'disk', 'remove', 'web-01', 'unused0', '--yes');
    await one(...add);
    const asked = await quietly(() => lab.pmx(['vm', 'disk', 'remove', 'web-01', 'scsi1']));
    expect(asked.code).to.equal(1);
    expect(asked.stderr).to.include('local:101/vm-101-disk-1');
    await one('vm', 'disk', 'remove', 'web-01', 'scsi1', '--yes');
    expect(await lab.holdings()).to.deep.equal(held);
  });

  it('mount points of a container', async () => {
    const held = await lab.holdings();
    await one('ct', 'disk', 'add', 'proxy', '--size', '1G', '--path', '/data');
    const disks = await lab.json<Array<{ slot: string; path: string }>>(
      'ct',
      'disk',
      'list',
      'proxy',
    );
    expect(disks.map(({ slot, path }) => `${slot} ${path}`)).to.deep.equal([
      'mp0 /data',
      'rootfs /',
    ]);
    await one('ct', 'disk', 'remove', 'proxy', 'mp0', '--yes');
    expect(await lab.holdings()).to.deep.equal(held);
  });

  it('network devices: what no flag names stays; an address that is taken is told', async () => {
    const { net0: before } = await config();
    await one('vm', 'nic', 'set', 'web-01', 'net0', '--vlan', '20', '--firewall');
    expect((await config())['net0']).to.equal(`${before},firewall=1,tag=20`);
    const add = ['vm', 'nic', 'add', 'web-01', '--bridge', 'vmbr0', '--model', 'e1000'];
    expect(await one(...add)).to.include({ device: 'net1' });
    const remove = ['vm', 'nic', 'remove', 'web-01', 'net1'];
    await one(...remove);
    expect(await quietly(() => one(...remove))).to.include({ changed: false });
    await lab.container('edge', 'net0=name=eth0,bridge=vmbr0,ip=dhcp');
    const set = ['ct', 'nic', 'set', 'edge', 'net0', '--ip', '10.0.0.5/24', '--dry-run'];
    expect((await quietly(() => lab.pmx(set))).stdout).to.include(
      'proxy (100) has the address 10.0.0.5 already',
    );
    const nics = await lab.json<unknown[]>('vm', 'nic', 'list', 'web-01');
    expect(nics).to.have.length(1);
    expect(nics[0]).to.include({ device: 'net0', vlan: 20, firewall: true, bridge: 'vmbr0' });
  });

  it('migrate: with local disks, while it runs, and back', async () => {
    const migrate = ['vm', 'migrate', 'web-01', '--to', 'pve2', '--with-local-disks'];
    await one(...migrate);
    expect(await quietly(() => one(...migrate))).to.include({ changed: false, node: 'pve2' });
    await lab.json('vm', 'start', 'web-01');
    await one('vm', 'migrate', 'web-01', '--to', 'pve1', '--with-local-disks', '--online');
    expect(await lab.json('vm', 'show', 'web-01')).to.include({ node: 'pve1', status: 'running' });
    await lab.json('vm', 'stop', 'web-01');
    await lab.json('ct', 'start', 'proxy');
    await one('ct', 'migrate', 'proxy', '--to', 'pve2', '--restart');
    expect(await lab.json('ct', 'show', 'proxy')).to.include({ node: 'pve2', status: 'running' });
    await lab.json('ct', 'stop', 'proxy');
    await one('ct', 'migrate', 'proxy', '--to', 'pve1');
  });

  it('clone: a VM with a profile, a container; one that fails leaves nothing', async () => {
    await lab.json('vm', 'profile', 'set', 'db', 'memory=1G', 'cores=2');
    const made = await lab.json<{ vmid: number }>(
      ...['vm', 'clone', 'web-01', 'db-01', '--profile', 'db'],
    );
    expect(await config(`pve1/qemu/${made.vmid}`)).to.include({ memory: '1024', cores: 2 });
    await lab.json('ct', 'clone', 'proxy', 'proxy-02');
    const held = await lab.holdings();
    for (const [type, task] of [
      ['qemu', ['vm', 'clone', 'web-01', 'gone', '--profile', 'db']],
      ['lxc', ['ct', 'clone', 'proxy', 'gone']],
    ] as const) {
      const [method, path] = type === 'qemu' ? ['PUT', 'config'] : ['POST', 'clone'];
      const fault = ['--method', method, '--path', `/nodes/*/${type}/*/${path}`, '--times', '9'];
      await lab.json('sandbox', 'fault', 'add', '--action', 'status', '--status', '500', ...fault);
      const outcome = await lab.pmx([...task, '--json']);
      await lab.json('sandbox', 'fault', 'clear');
      expect(outcome.code, outcome.stdout).to.equal(3);
      expect(await lab.holdings()).to.deep.equal(held);
    }
  });

  for (const [args, code] of [
    [['vm', 'resize', 'web-01', '512M'], 'PMX_DISK_SHRINK'],
    [['vm', 'resize', 'web-01', 'scsi7', '+1G'], 'PMX_DISK_NOT_FOUND'],
    [['vm', 'resize', 'web-01', 'big'], 'PMX_INVALID_SIZE'],
    [['vm', 'disk', 'add', 'web-01', '--size', '1G', '--slot', 'scsi0'], 'PMX_SLOT_TAKEN'],
    [['vm', 'disk', 'add', 'web-01', '--size', '+1G'], 'PMX_INVALID_DISK'],
    [
      ['vm', 'disk', 'add', 'web-01', '--size', '1G', '--storage', 'isoonly'],
      'PMX_STORAGE_LACKS_CONTENT',
    ],
    [['ct', 'disk', 'add', 'proxy', '--size', '1G', '--path', 'data'], 'PMX_INVALID_DISK'],
    [['vm', 'disk', 'detach', 'web-01', 'sda'], 'PMX_INVALID_DISK'],
    [['vm', 'nic', 'set', 'web-01', 'net9', '--vlan', '1'], 'PMX_NIC_NOT_FOUND'],
    [['vm', 'nic', 'add', 'web-01', '--bridge', 'vmbr9'], 'PMX_BRIDGE_NOT_FOUND'],
    [
      ['vm', 'nic', 'add', 'web-01', '--bridge', 'vmbr0', '--mac', '01:00:00:00:00:01'],
      'PMX_INVALID_NET',
    ],
    [['vm', 'migrate', 'web-01', '--to', 'pve2'], 'PMX_MIGRATE_LOCAL_DISKS'],
    [['vm', 'migrate', 'web-01', '--to', 'pve9'], 'PMX_NODE_NOT_FOUND'],
    [['vm', 'clone', 'web-01', 'x', '--linked'], 'PMX_LINKED_CLONE_UNSUPPORTED'],
    [['vm', 'clone', 'web-01', 'x', '--target-node', 'pve2'], 'PMX_CLONE_LOCAL_STORAGE'],
    [['vm', 'clone', 'web-01', 'x', '--snapshot', 'none'], 'PMX_SNAPSHOT_NOT_FOUND'],
  ] as Array<[string[], string]>) {
    it(`${args.join(' ')}: ${code}, and nothing is changed`, async () => {
      const outcome = await quietly(() => lab.pmx([...args, '--json']));
      expect(outcome.code).to.equal(1);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
    });
  }
});
