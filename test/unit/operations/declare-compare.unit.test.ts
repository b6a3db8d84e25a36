import { expect } from 'chai';
import fc from 'fast-check';

import { compareGuest } from '#dist/lib/operations/declare/compare.js';
import { ownNotes, templateOf, withOwnNotes } from '#dist/lib/operations/declare/notes.js';
import { parseManifests } from '#dist/lib/operations/declare/read.js';
import { readVolume, shownVolume } from '#dist/lib/operations/declare/tables.js';
import { newVolume } from '#dist/lib/operations/declare/volumes.js';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

type Config = Record<string, string | number>;

const base: Config = {
  name: 'web-01',
  memory: '2048',
  cores: 2,
  scsi0: 'local:101/vm-101-disk-0.qcow2,discard=on,size=8G',
  ide2: 'local:iso/a.iso,media=cdrom,size=1G',
  scsi1: 'local:101/vm-101-cloudinit.qcow2,media=cdrom',
  net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=0,tag=5',
  tags: 'prod;web',
  agent: 'enabled=1,fstrim_cloned_disks=1',
  description: 'Web\nMade by pmx on 2026-01-01 from template 900 (debian)\npmx-operation: op1',
  sshkeys: encodeURIComponent('ssh-ed25519 AAAA me\n'),
  ipconfig0: 'gw=10.0.0.1,ip=10.0.0.5/24',
};

function compared(kind: string, meta: string, spec: string, config: Config, guest = {}) {
  const [manifest] = parseManifests(
    'a.yaml',
    `apiVersion: pmx/v1\nkind: ${kind}\nmetadata: {name: web-01${meta}}\nspec: ${spec}\n`,
  );
  const type = kind === 'Container' ? ('lxc' as const) : ('qemu' as const);
  const state = { guest: guestOf(101, { name: 'web-01', type, ...guest }), config };
  return compareGuest(manifest!, state, (slot, volume) =>
    newVolume('VirtualMachine web-01', slot, volume, 'local'),
  );
}

const vm = (spec: string, meta = '', guest = {}) =>
  compared('VirtualMachine', meta, spec, base, guest);

describe('comparing a VM with its document', () => {
  for (const [what, spec, meta] of [
    ['nothing said', '{}', ''],
    ['options', '{memory: 2G, cores: 2, sockets: 1, onboot: false, bios: seabios, vga: std}', ''],
    ['tags in another order and case', '{}', ', tags: [WEB, prod]'],
    ['a switch of several', '{agent: true}', ''],
    ['notes without those of pmx', '{description: "Web\\n"}', ''],
    ['its template by name or id', '{template: debian}', ', vmid: 101, node: pve1'],
    ['its template by id', "{template: '900'}", ''],
    ['keys with blanks', "{cloudInit: {sshKeys: [' ssh-ed25519 AAAA me']}}", ''],
    ['addresses', '{cloudInit: {addresses: {net0: "10.0.0.5/24,gw=10.0.0.1"}}}', ''],
    ['disks', '{disks: {scsi0: {size: 8192M, storage: local, discard: true, backup: true}}}', ''],
    ['media', '{disks: {ide2: {iso: "local:iso/a.iso"}, scsi1: {cloudInit: true}}}', ''],
    ['a network without its address', '{networks: {net0: "vmbr0,tag=5"}}', ''],
    ['what is not there and not wanted', '{startup: null, networks: {net1: null}}', ', pool: null'],
  ] as const)
    it(`${what}: no difference`, () => expect(vm(spec, meta).differences).to.deep.equal([]));

  for (const [what, spec, meta, field, how, set] of [
    ['memory', '{memory: 4G}', '', 'spec.memory', 'set', { memory: 4096 }],
    ['tags', '{}', ', tags: [a]', 'metadata.tags', 'set', { tags: 'a' }],
    [
      'agent',
      '{agent: false}',
      '',
      'spec.agent',
      'set',
      { agent: 'enabled=0,fstrim_cloned_disks=1' },
    ],
    [
      'a network',
      '{networks: {net0: "vmbr1"}}',
      '',
      'spec.networks.net0',
      'set',
      { net0: 'virtio,bridge=vmbr1,macaddr=BC:24:11:00:00:01' },
    ],
    [
      'another network',
      '{networks: {net1: vmbr0}}',
      '',
      'spec.networks.net1',
      'set',
      { net1: 'virtio,bridge=vmbr0' },
    ],
    [
      'a new disk',
      '{disks: {scsi2: {size: 4G, ssd: true}}}',
      '',
      'spec.disks.scsi2',
      'set',
      { scsi2: 'local:4,ssd=1' },
    ],
    [
      'an option of a disk',
      '{disks: {scsi0: {ssd: true}}}',
      '',
      'spec.disks.scsi0.ssd',
      'set',
      { scsi0: 'local:101/vm-101-disk-0.qcow2,discard=on,size=8G,ssd=1' },
    ],
    [
      'another medium',
      '{disks: {ide2: {iso: none}}}',
      '',
      'spec.disks.ide2.iso',
      'set',
      { ide2: 'none,media=cdrom' },
    ],
    ['a bigger disk', '{disks: {scsi0: 9G}}', '', 'spec.disks.scsi0.size', 'resize', {}],
    ['a smaller disk', '{disks: {scsi0: 1G}}', '', 'spec.disks.scsi0.size', 'replace', {}],
    [
      'another storage',
      '{disks: {scsi0: {storage: fast}}}',
      '',
      'spec.disks.scsi0.storage',
      'replace',
      {},
    ],
    ['a disk for a medium', '{disks: {ide2: 1G}}', '', 'spec.disks.ide2.iso', 'replace', {}],
    [
      'a medium for a disk',
      '{disks: {scsi0: {iso: none}}}',
      '',
      'spec.disks.scsi0.iso',
      'replace',
      {},
    ],
    [
      'a cloud-init drive for a disk',
      '{disks: {scsi0: {cloudInit: true}}}',
      '',
      'spec.disks.scsi0.cloudInit',
      'replace',
      {},
    ],
    ['firmware', '{bios: ovmf}', '', 'spec.bios', 'replace', {}],
    ['the template', '{template: alma}', '', 'spec.template', 'replace', {}],
    ['the node', '{}', ', node: pve2', 'metadata.node', 'replace', {}],
    ['the id', '{}', ', vmid: 200', 'metadata.vmid', 'replace', {}],
    ['the pool', '{}', ', pool: lab', 'metadata.pool', 'pool', {}],
    ['power', '{running: true}', '', 'spec.running', 'power', {}],
  ] as Array<[string, string, string, string, string, Config]>)
    it(`${what}: ${field}, ${how}`, () => {
      const changes = vm(spec, meta);
      expect(changes.differences.map((item) => [item.field, item.how])).to.deep.equal([
        [field, how],
      ]);
      expect(changes.set).to.deep.equal(set);
    });

  it('null takes options, networks and disks out', () => {
    const spec = '{agent: null, description: null, networks: {net0: null}, disks: {scsi0: null}}';
    const changes = vm(spec, ', tags: []');
    expect(changes.remove.sort()).to.deep.equal(['agent', 'net0', 'scsi0', 'tags']);
    expect(changes.set).to.deep.equal({
      description: 'Made by pmx on 2026-01-01 from template 900 (debian)\npmx-operation: op1',
    });
  });

  it('refuses new volumes that say too little', async () => {
    for (const spec of [
      '{disks: {scsi2: {ssd: true}}}',
      '{disks: {scsi2: {size: 1G, storage: null}}}',
    ])
      expect((await failure(() => vm(spec))).code).to.equal('PMX_INVALID_MANIFEST');
    expect(
      (await failure(() => newVolume('x', 'mp0', { size: '1G', options: {} }, 'l'))).message,
    ).to.contain('path');
    expect(
      (await failure(() => newVolume('x', 'scsi0', { size: '1G', options: {} }, undefined)))
        .message,
    ).to.contain('storage');
  });
});

describe('comparing a container with its document', () => {
  const config: Config = {
    hostname: 'web-01',
    memory: 512,
    swap: 0,
    unprivileged: 1,
    features: 'nesting=1,keyctl=1',
    rootfs: 'local:101/vm-101-disk-0.raw,size=8G',
    mp0: 'local:101/vm-101-disk-1.raw,mp=/data,backup=1,size=1G',
    net0: 'name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth',
  };
  const ct = (spec: string) => compared('Container', '', spec, config);

  it('that is so has no differences', () => {
    const spec = `{memory: 512, swap: 0, unprivileged: true, features: 'keyctl=1,nesting=1', template: debian,
      rootfs: 8G, mounts: {mp0: {path: /data, size: 1G}}, networks: {net0: 'vmbr0,ip=dhcp'}}`;
    expect(ct(spec).differences).to.deep.equal([]);
  });

  for (const [spec, field, how] of [
    ['{swap: 512}', 'spec.swap', 'set'],
    ['{unprivileged: false}', 'spec.unprivileged', 'replace'],
    ['{rootfs: 9G}', 'spec.rootfs.size', 'resize'],
    ['{rootfs: {size: 1G}}', 'spec.rootfs.size', 'replace'],
    ['{mounts: {mp0: {path: /srv}}}', 'spec.mounts.mp0.path', 'set'],
    ['{mounts: {mp1: {path: /srv, size: 1G}}}', 'spec.mounts.mp1', 'set'],
    ["{networks: {net0: 'vmbr0,ip=10.0.0.5/24'}}", 'spec.networks.net0', 'set'],
  ] as const)
    it(`${spec}: ${field}, ${how}`, () =>
      expect(ct(spec).differences.map((item) => [item.field, item.how])).to.deep.equal([
        [field, how],
      ]));
});

describe('what is shown is read again as the same', () => {
  it('for volumes', () => {
    const flag = fc.constantFrom('', '0', '1');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), flag, flag, flag, (gib, ssd, backup, ro) => {
        const parts = Object.entries({ ssd, backup, ro }).filter(([, value]) => value !== '');
        const text = [
          'local:101/vm-101-disk-0.raw',
          ...parts.map(([key, value]) => `${key}=${value}`),
          `size=${gib}G`,
        ].join(',');
        const shown = JSON.stringify(shownVolume('scsi0', text));
        const changes = vm(`{disks: {scsi9: ${shown}}}`);
        expect(
          compared('VirtualMachine', '', `{disks: {scsi0: ${shown}}}`, {
            scsi0: text,
            name: 'web-01',
          }).differences,
        ).to.deep.equal([]);
        expect(changes.differences).to.have.length(1);
      }),
    );
  });

  it('for notes', () => {
    const line = fc.stringMatching(/^[a-z][a-z ]{0,20}[a-z]$/);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const words = lines.join('\n');
        const text = withOwnNotes(base['description'], words);
        expect(ownNotes(text)).to.equal(words);
        expect(templateOf(text)).to.deep.equal({ vmid: 900, name: 'debian' });
        expect(text).to.contain('pmx-operation: op1');
      }),
    );
    expect(templateOf('x')).to.equal(undefined);
  });

  it('for sizes that are texts', () => {
    expect(readVolume('20G')).to.deep.equal({ size: '20G', options: {} });
  });
});
