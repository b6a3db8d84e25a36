import { type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { refuseRootOnly, rootOnly } from '#dist/lib/operations/permissions/root-only.js';
import {
  bridgePaths,
  isRootValue,
  optionRight,
  readDrive,
} from '#dist/lib/operations/permissions/vm-options.js';

describe('options of a VM and their rights', () => {
  const rights: Array<[option: string, right: string]> = [
    ['name', 'VM.Config.Options'],
    ['memory', 'VM.Config.Memory'],
    ['cores', 'VM.Config.CPU'],
    ['numa0', 'VM.Config.CPU'],
    ['smbios1', 'VM.Config.HWType'],
    ['serial0', 'VM.Config.HWType'],
    ['net31', 'VM.Config.Network'],
    ['boot', 'VM.Config.Disk'],
    ['ipconfig0', 'VM.Config.Cloudinit|VM.Config.Network'],
    ['freeze', 'VM.PowerMgmt'],
    ['scsi0', 'drive'],
    ['unused3', 'drive'],
    ['args', 'root'],
    ['hookscript', 'root'],
    ['parallel1', 'root'],
    ['digest', 'free'],
    ['of-later-times', 'unknown'],
  ];
  for (const [option, right] of rights) {
    it(`${option}: ${right}`, () => {
      const found = optionRight(option);
      expect(found.kind === 'privileges' ? found.oneOf.join('|') : found.kind).to.equal(right);
    });
  }

  const values: Array<[option: string, value: string, root: boolean]> = [
    ['serial0', 'socket', false],
    ['serial0', '/dev/ttyS0', true],
    ['usb0', 'spice', false],
    ['usb0', 'host=1d6b:0002', true],
    ['usb0', 'mapping=stick', false],
    ['hostpci0', 'host=01:00.0', true],
    ['hostpci0', 'mapping=gpu', false],
    ['scsi0', '/dev/sda', true],
    ['scsi0', 'local:0,import-from=/tmp/x.raw', true],
    ['scsi0', 'local:0,import-from=local:import/x.raw', false],
    ['name', '/dev/sda', false],
  ];
  for (const [option, value, root] of values)
    it(`${option}=${value} is ${root ? '' : 'not '}for root alone`, () =>
      expect(isRootValue(option, value)).to.equal(root));

  it('drives', () => {
    expect(readDrive('local:20')).to.include({ storage: 'local', allocates: true, cdrom: false });
    expect(readDrive('none,media=cdrom')).to.include({ cdrom: true, allocates: false });
    expect(readDrive('local:cloudinit')).to.include({ cloudInit: true, cdrom: true });
    expect(readDrive('local:9/vm-9-cloudinit.qcow2,media=cdrom')).to.include({ cloudInit: true });
    expect(readDrive('file=local:iso/x.iso,media=cdrom')).to.include({
      storage: 'local',
      cdrom: true,
    });
  });

  const zone = '/sdn/zones/localnetwork';
  const nets: Array<[net: string, paths: string[]]> = [
    ['virtio', []],
    ['virtio,bridge=vmbr0', [`${zone}/vmbr0`]],
    ['virtio=AA:BB:CC:DD:EE:FF,bridge=vmbr0,tag=5', [`${zone}/vmbr0/5`]],
    ['virtio,bridge=vmbr0,trunks=5;6', [`${zone}/vmbr0/5`, `${zone}/vmbr0/6`]],
  ];
  for (const [net, paths] of nets)
    it(`bridges of ${net}`, () => expect(bridgePaths(net)).to.deep.equal(paths));
});

describe('what only root@pam may do', () => {
  const plan = (path: string, params: Record<string, string | boolean | number>): Plan => ({
    operation: 'x',
    target: 'x',
    title: 'x',
    result: null,
    steps: [{ id: 'x', title: 'x', kind: 'pve.call', args: { method: 'PUT', path, params } }],
  });
  const config = '/nodes/pve1/qemu/1/config';

  const cases: Array<
    [path: string, params: Record<string, string | boolean | number>, names: string[]]
  > = [
    [config, { args: '-x', cores: 1, serial0: '/dev/ttyS0' }, ['args', 'serial0']],
    [config, { cores: 1 }, []],
    [config, { skiplock: 1 }, ['skiplock']],
    [config, { skiplock: 0 }, []],
    ['/nodes/pve1/qemu/1/status/stop', { keepActive: true, timeout: 5 }, ['keepActive']],
    ['/cluster/options', { arch: 'x' }, []],
  ];
  for (const [path, params, names] of cases) {
    it(`${path} ${JSON.stringify(params)}`, async () => {
      expect(rootOnly(plan(path, params))).to.deep.equal(names);
      const error = await refuseRootOnly(plan(path, params), async () => 'root@pam!t1').catch(
        (thrown: { code: string; message: string }) => thrown,
      );
      if (names.length === 0) expect(error).to.equal(undefined);
      else expect(error).to.include({ code: 'PMX_ROOT_ONLY', exitCode: 1 });
    });
  }

  it('root@pam with its password may', async () => {
    await refuseRootOnly(plan(config, { args: '-x' }), async () => 'root@pam');
  });

  it('nobody is asked who they are for anything else', async () => {
    await refuseRootOnly(plan(config, { cores: 1 }), () => Promise.reject(new Error('asked')));
  });
});
