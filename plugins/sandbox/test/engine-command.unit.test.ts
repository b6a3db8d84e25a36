import { expect } from 'chai';
import { sha256Crypt } from '../dist/server/auth/sha256-crypt.js';
import { bootIndexes } from '../dist/server/engine/qemu/command/boot-order.js';
import {
  checkRunnable,
  commandLine,
  shellWords,
} from '../dist/server/engine/qemu/command/index.js';
import type { Machine } from '../dist/server/engine/qemu/command/index.js';
import { cpuTicks } from '../dist/server/engine/qemu/figures.js';
import { checkMemory } from '../dist/server/engine/qemu/limits.js';

describe("QEMU's command line", () => {
  function machine(
    config: Machine['config'],
    more: Partial<Machine> = {},
  ): Machine & { notes: string[] } {
    const notes: string[] = [];
    return {
      vmid: 101,
      config,
      accel: 'tcg',
      cpuLimit: 8,
      openNetwork: false,
      files: {},
      runtimeDir: '/tmp/r',
      serialLog: (number) => `/d/101.serial${number}.log`,
      note: (text) => void notes.push(text),
      notes,
      ...more,
    };
  }

  /** The values of one option. */
  function valuesOf(given: Machine, option: string): string[] {
    const args = commandLine(given);
    return args.flatMap((arg, index) => (args[index - 1] === option ? [arg] : []));
  }

  const devices = (config: Machine['config'], more?: Partial<Machine>): string[] =>
    valuesOf(machine(config, more), '-device');

  it('gives each bus its controller, and each drive its place', () => {
    const files = Object.fromEntries(
      ['scsi0', 'scsi8', 'sata5', 'ide3', 'virtio1'].map((key) => [
        key,
        { path: `/i/${key}`, format: 'raw' },
      ]),
    );
    const drives = Object.fromEntries(
      Object.keys(files).map((key) => [key, `local:1/vm-1-${key}.raw`]),
    );
    drives['boot'] = ' ';
    const lsi = devices(drives, { files });
    expect(lsi).to.include.members([
      'lsi,id=scsihw0,bus=pci.0',
      'lsi,id=scsihw1,bus=pci.0',
      'scsi-hd,bus=scsihw1.0,scsi-id=1,drive=drive-scsi8,id=scsi8',
      'ahci,id=ahci0,bus=pci.0',
      'ide-hd,bus=ahci0.5,drive=drive-sata5,id=sata5',
      'ide-hd,bus=ide.1,unit=1,drive=drive-ide3,id=ide3',
      'virtio-blk-pci,drive=drive-virtio1,id=virtio1,bus=pci.0',
    ]);
    expect(
      devices({ ...drives, scsihw: 'virtio-scsi-single', machine: 'pc-q35-9.2+pve1' }, { files }),
    ).to.include.members([
      'virtio-scsi-pci,id=virtioscsi8,bus=pcie.0',
      'scsi-hd,bus=virtioscsi8.0,channel=0,scsi-id=0,lun=8,drive=drive-scsi8,id=scsi8',
      'ide-hd,bus=ide.3,unit=0,drive=drive-ide3,id=ide3',
    ]);
    expect(
      devices({ ide2: 'local:1/vm-1-cloudinit.qcow2,media=cdrom', machine: 'q35', boot: ' ' }),
    ).to.include('ide-cd,bus=ide.1,unit=0,drive=drive-ide2,id=ide2');
  });

  it('says how a disk is opened, and doubles commas in its path', () => {
    const config = {
      scsi0: 'local:1/vm-1-disk-0.qcow2,cache=writeback,discard=on,iops_rd=50,mbps=2',
    };
    const files = { scsi0: { path: '/a,b/x.qcow2', format: 'qcow2' } };
    expect(valuesOf(machine(config, { files }), '-drive')).to.deep.equal([
      'file=/a,,b/x.qcow2,if=none,id=drive-scsi0,format=qcow2,cache=writeback,discard=unmap,' +
        'detect-zeroes=unmap,throttling.iops-read=50,throttling.bps-total=2097152',
    ]);
  });

  it('numbers what may boot in the given order', () => {
    const drives = {
      scsi0: 'local:1/vm-1-disk-0.raw',
      ide2: 'none,media=cdrom',
      net0: 'virtio=BC:24:11:00:00:01',
    };
    expect(bootIndexes({ ...drives, boot: 'order=net0;scsi0;sata5' })).to.deep.equal({
      net0: 100,
      scsi0: 101,
    });
    expect(bootIndexes(drives)).to.deep.equal({ scsi0: 100, ide2: 101, net0: 102 });
    expect(bootIndexes({ ...drives, boot: 'dc', bootdisk: 'scsi0' })).to.deep.equal({
      ide2: 100,
      scsi0: 101,
    });
    expect(bootIndexes({ ...drives, boot: ' ' })).to.deep.equal({});
  });

  it('lets no packet out', () => {
    const given = machine({
      net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0',
      net1: 'e1000=BC:24:11:00:00:02',
    });
    expect(valuesOf(given, '-netdev')).to.deep.equal([
      'user,id=net0,restrict=on',
      'user,id=net1,restrict=on',
    ]);
    expect(valuesOf({ ...given, openNetwork: true }, '-netdev')[0]).to.equal(
      'user,id=net0,restrict=off',
    );
    expect(valuesOf(given, '-device')).to.include.members([
      'virtio-net-pci,mac=BC:24:11:00:00:01,netdev=net0,id=net0,bus=pci.0,romfile=,bootindex=100',
      'e1000,mac=BC:24:11:00:00:02,netdev=net1,id=net1,bus=pci.0,romfile=,bootindex=101',
    ]);
  });

  it('takes a CPU that can be emulated, and no more of them than allowed', () => {
    const given = machine({ cpu: 'x86-64-v2-AES', cores: 4, sockets: 2 }, { cpuLimit: 2 });
    expect(valuesOf(given, '-cpu')).to.deep.equal(['max']);
    expect(valuesOf(given, '-smp')).to.deep.equal(['2,sockets=1,cores=2,maxcpus=2']);
    expect(given.notes).to.include(
      "cpu type 'x86-64-v2-AES' cannot be emulated without KVM, using 'max'",
    );
    expect(given.notes.join()).to.include('2 of its 8 CPUs');
    expect(valuesOf(machine({}), '-cpu')).to.deep.equal(['qemu64']);
    expect(valuesOf(machine({ cores: 4, vcpus: 3 }), '-smp')).to.deep.equal([
      '3,sockets=1,cores=4,maxcpus=4',
    ]);
    const kvm = machine({ cpu: 'host,flags=+aes' }, { accel: 'kvm' });
    expect([...valuesOf(kvm, '-cpu'), ...valuesOf(kvm, '-accel')]).to.deep.equal(['host', 'kvm']);
  });

  it('starts the hardware clock as PVE does', () => {
    const clock = (config: Machine['config']): string[] => valuesOf(machine(config), '-rtc');
    expect(clock({ startdate: '2017-06-01T00:00:00', localtime: 1 })).to.deep.equal([
      'base=2017-06-01T00:00:00',
    ]);
    expect(clock({ startdate: 'now', ostype: 'win11', tdf: 1 })).to.deep.equal([
      'driftfix=slew,base=localtime',
    ]);
    expect(clock({ ostype: 'l26' })).to.deep.equal([]);
  });

  it('adds agent, serial ports, random numbers and identity', () => {
    const given = machine({
      agent: 'enabled=1',
      serial0: 'socket',
      vga: 'serial0',
      rng0: 'source=/dev/urandom',
      vmgenid: 'abc',
      smbios1: `base64=1,uuid=u,serial=${Buffer.from('a,b').toString('base64')}`,
    });
    expect(valuesOf(given, '-chardev')).to.include.members([
      'socket,path=/tmp/r/101.qga,server=on,wait=off,id=qga0',
      'socket,id=serial0,path=/tmp/r/101.serial0,server=on,wait=off,logfile=/d/101.serial0.log',
    ]);
    expect(valuesOf(given, '-device')).to.include.members([
      'virtserialport,chardev=qga0,name=org.qemu.guest_agent.0',
      'virtio-rng-pci,rng=rng0,max-bytes=1024,period=1000,bus=pci.0',
      'vmgenid,guid=abc',
    ]);
    expect(valuesOf(given, '-smbios')).to.deep.equal(['type=1,uuid=u,serial=a,,b']);
    expect(valuesOf(given, '-device').join()).to.not.match(/VGA|tablet/);
    expect(devices({}).join())
      .to.match(/VGA.*usb-tablet/)
      .and.to.not.include('virtserialport');
  });

  it('hands root’s own arguments on as words', () => {
    expect(shellWords(`-a 'b c' "d \\"e" f\\ g h="i j"`)).to.deep.equal([
      '-a',
      'b c',
      'd "e',
      'f g',
      'h=i j',
    ]);
    expect(commandLine(machine({ args: '-boot menu=on' })).slice(-2)).to.deep.equal([
      '-boot',
      'menu=on',
    ]);
  });

  it('refuses hardware that a sandbox does not have', () => {
    expect(() => checkRunnable({ hostpci0: '00:02.0' })).to.throw(/hostpci0.*cannot be used/);
    expect(() => checkRunnable({ scsi0: 'x', net0: 'y' })).to.not.throw();
  });
});

describe('limits and figures of real guests', () => {
  it('names limit, sum and flag', () => {
    expect(() => checkMemory(512, 512, 1024)).to.not.throw();
    expect(() => checkMemory(513, 512, 1024)).to.throw(
      /512 MiB.*513 MiB.*1024 MiB.*--memory-limit/,
    );
  });

  it('reads processor time past a strange name', () => {
    expect(cpuTicks('7 (a) b) S 1 2 3 4 5 6 7 8 9 10 70 30 0 0')).to.equal(100);
  });
});

describe('crypt with SHA-256', () => {
  it('agrees with openssl passwd -5', () => {
    expect(sha256Crypt('Hello world!', 'saltstring')).to.equal(
      '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
    );
    expect(sha256Crypt('This is just a test', 'toolongsaltstring')).to.equal(
      '$5$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5',
    );
  });
});
