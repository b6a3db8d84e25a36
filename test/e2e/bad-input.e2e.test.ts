import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Lab } from './support.ts';

interface Case {
  what: string;
  args: (lab: Lab) => string[];
  code: string;
  /** Each has to be in the message or in a hint. */
  says: string[];
}

const create = (lab: Lab, file: string): string[] => [
  'template',
  'create',
  '--image',
  lab.file(file),
  '--name',
  'bad',
];
const clone = (...flags: string[]): string[] => [
  'vm',
  'create',
  'bad-vm',
  '--template',
  'base',
  ...flags,
];

const cases: Case[] = [
  {
    what: 'a text file named .qcow2',
    args: (lab) => create(lab, 'text.qcow2'),
    code: 'PMX_IMAGE_',
    says: ['text.qcow2'],
  },
  {
    what: 'a truncated qcow2',
    args: (lab) => create(lab, 'truncated.qcow2'),
    code: 'PMX_IMAGE_',
    says: ['truncated.qcow2'],
  },
  {
    what: 'a qcow2 with a backing file',
    args: (lab) => create(lab, 'backed.qcow2'),
    code: 'PMX_IMAGE_',
    says: ['backed.qcow2', 'backing file', 'qemu-img'],
  },
  {
    what: 'an encrypted qcow2',
    args: (lab) => create(lab, 'encrypted.qcow2'),
    code: 'PMX_IMAGE_',
    says: ['encrypted.qcow2', 'encrypt'],
  },
  {
    what: 'an image that does not exist',
    args: (lab) => create(lab, 'nosuch.qcow2'),
    code: 'PMX_FILE_',
    says: ['nosuch.qcow2'],
  },
  {
    what: 'a folder as image',
    args: (lab) => create(lab, 'folder'),
    code: 'PMX_',
    says: ['folder'],
  },
  {
    what: 'a storage without content import',
    args: (lab) => [...create(lab, 'good.qcow2'), '--import-storage', 'isoonly'],
    code: 'PMX_STORAGE_LACKS_CONTENT',
    says: ['isoonly', 'import', 'pvesm set'],
  },
  {
    what: 'a storage without content images',
    args: (lab) => [...create(lab, 'good.qcow2'), '--storage', 'isoonly'],
    code: 'PMX_STORAGE_LACKS_CONTENT',
    says: ['isoonly', 'images', 'local'],
  },
  {
    what: 'an unknown storage',
    args: (lab) => [...create(lab, 'good.qcow2'), '--storage', 'nosuch'],
    code: 'PMX_STORAGE_NOT_FOUND',
    says: ['nosuch', 'local'],
  },
  {
    what: 'an unknown node',
    args: (lab) => [...create(lab, 'good.qcow2'), '--node', 'pve9'],
    code: 'PMX_NODE_NOT_FOUND',
    says: ['pve9', 'pve1'],
  },
  {
    what: 'an unknown bridge',
    args: (lab) => [...create(lab, 'good.qcow2'), '--net', 'vmbr77'],
    code: 'PMX_BRIDGE_NOT_FOUND',
    says: ['vmbr77', 'vmbr0'],
  },
  {
    what: 'VMID 99',
    args: (lab) => [...create(lab, 'good.qcow2'), '--vmid', '99'],
    code: 'PMX_INVALID_VMID',
    says: ['99', '100'],
  },
  {
    what: 'a taken VMID',
    args: (lab) => [...create(lab, 'good.qcow2'), '--vmid', '100'],
    code: 'PMX_VMID_TAKEN',
    says: ['100', 'base'],
  },
  {
    what: 'a template name that is no DNS name',
    args: (lab) => ['template', 'create', '--image', lab.file('good.qcow2'), '--name', 'no_dns'],
    code: 'PMX_INVALID_NAME',
    says: ['no_dns', 'DNS', 'no-dns'],
  },
  {
    what: 'an unknown template',
    args: () => ['vm', 'create', 'bad-vm', '--template', 'bass'],
    code: 'PMX_TEMPLATE_NOT_FOUND',
    says: ['bass', 'base'],
  },
  {
    what: 'a VM as template',
    args: () => ['vm', 'create', 'bad-vm', '--template', 'plain'],
    code: 'PMX_',
    says: ['plain', 'template'],
  },
  {
    what: 'an unknown VM',
    args: () => ['vm', 'start', 'nosuch'],
    code: 'PMX_VM_NOT_FOUND',
    says: ['nosuch'],
  },
  {
    what: 'a VM name that is no DNS name',
    args: () => ['vm', 'create', 'bad_vm', '--template', 'base'],
    code: 'PMX_INVALID_NAME',
    says: ['bad_vm', 'DNS'],
  },
  {
    what: 'an unknown node for a VM',
    args: () => clone('--node', 'pve9'),
    code: 'PMX_NODE_NOT_FOUND',
    says: ['pve9', 'pve1'],
  },
  {
    what: 'an unknown storage for a VM',
    args: () => clone('--storage', 'nosuch'),
    code: 'PMX_STORAGE_NOT_FOUND',
    says: ['nosuch', 'local'],
  },
  {
    what: 'an unknown bridge for a VM',
    args: () => clone('--net', 'vmbr77'),
    code: 'PMX_BRIDGE_NOT_FOUND',
    says: ['vmbr77', 'vmbr0'],
  },
  {
    what: 'an unknown pool',
    args: () => clone('--pool', 'nosuch'),
    code: 'PMX_POOL_NOT_FOUND',
    says: ['nosuch'],
  },
  {
    what: 'a bad CIDR',
    args: () => clone('--ip', '10.0.0.5/33'),
    code: 'PMX_INVALID_IP',
    says: ['10.0.0.5/33', '10.0.0.5/24'],
  },
  {
    what: 'an address without prefix',
    args: () => clone('--ip', '10.0.0.5'),
    code: 'PMX_INVALID_IP',
    says: ['10.0.0.5'],
  },
  {
    what: 'a gateway outside the net',
    args: () => clone('--ip', '10.0.0.5/24,gw=10.0.1.1'),
    code: 'PMX_GATEWAY_OUTSIDE_NET',
    says: ['10.0.1.1', '10.0.0.5/24'],
  },
  {
    what: 'a size 20X',
    args: () => clone('--disk', '20X'),
    code: 'PMX_INVALID_SIZE',
    says: ['20X', '20G'],
  },
  {
    what: 'a disk that would shrink',
    args: () => clone('--disk', '32M'),
    code: 'PMX_DISK_SHRINK',
    says: ['32M', '64M'],
  },
  {
    what: 'a VMID below 100 for a VM',
    args: () => clone('--vmid', '99'),
    code: 'PMX_INVALID_VMID',
    says: ['99', '100'],
  },
  {
    what: 'a taken VMID for a VM',
    args: () => clone('--vmid', '101'),
    code: 'PMX_VMID_TAKEN',
    says: ['101', 'plain'],
  },
  {
    what: 'user-data of no known kind',
    args: (lab) => clone('--user-data', lab.file('prose.yaml')),
    code: 'PMX_CLOUDINIT_',
    says: ['prose.yaml', '#cloud-config'],
  },
  {
    what: 'user-data that is no YAML',
    args: (lab) => clone('--user-data', lab.file('broken.yaml')),
    code: 'PMX_CLOUDINIT_',
    says: ['broken.yaml', 'line'],
  },
  {
    what: 'user-data that does not exist',
    args: (lab) => clone('--user-data', lab.file('nosuch.yaml')),
    code: 'PMX_FILE_',
    says: ['nosuch.yaml'],
  },
  {
    what: 'a private SSH key',
    args: (lab) => clone('--ssh-key', lab.file('id_test')),
    code: 'PMX_SSH_KEY_PRIVATE',
    says: ['id_test', '.pub'],
  },
  {
    what: 'two VMs of one name',
    args: () => ['vm', 'delete', 'twin', '--yes'],
    code: 'PMX_AMBIGUOUS_NAME',
    says: ['twin', '102', '103'],
  },
  {
    what: 'delete without terminal and without --yes',
    args: () => ['vm', 'delete', 'plain'],
    code: 'PMX_CONFIRMATION_NEEDED',
    says: ['plain', '--yes'],
  },
  {
    what: 'delete of a running VM without --stop',
    args: () => ['vm', 'delete', 'running', '--yes'],
    code: 'PMX_VM_RUNNING',
    says: ['running', '--stop'],
  },
  {
    what: 'delete of a protected VM',
    args: () => ['vm', 'delete', 'guarded', '--yes'],
    code: 'PMX_VM_PROTECTED',
    says: ['guarded', 'protection=0'],
  },
  {
    what: 'delete of a template with linked clones',
    args: () => ['template', 'delete', 'base', '--yes'],
    code: 'PMX_TEMPLATE_IN_USE',
    says: ['base', '101'],
  },
  {
    what: 'one unknown VM among several',
    args: () => ['vm', 'delete', 'plain', 'nosuch', '--yes'],
    code: 'PMX_VM_NOT_FOUND',
    says: ['nosuch'],
  },
  {
    what: 'an API path with a query',
    args: () => ['api', 'post', '/pools?poolid=x'],
    code: 'PMX_INVALID_PATH',
    says: ['/pools?poolid=x', 'key=value'],
  },
  {
    what: 'a broken UPID',
    args: () => ['task', 'show', 'UPID:x'],
    code: 'PMX_INVALID_UPID',
    says: ['UPID:x'],
  },
  {
    what: 'an unknown operation',
    args: () => ['op', 'rollback', 'nosuch'],
    code: 'PMX_OPERATION_NOT_FOUND',
    says: ['nosuch'],
  },
];

describe('bad input', function () {
  this.timeout(60_000);
  let lab: Lab;
  let untouched: Awaited<ReturnType<Lab['holdings']>>;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    for (const name of ['plain', 'twin', 'twin', 'running', 'guarded']) {
      await lab.json('vm', 'create', name, '--template', 'base');
    }
    await lab.json('vm', 'start', 'running');
    await lab.json('api', 'put', '/nodes/pve1/qemu/105/config', 'protection=1');
    writeBadFiles(lab);
    await createGoodAndBrokenImages(lab);
    untouched = await lab.holdings();
  });

  after(() => lab.stop());

  for (const { what, args, code, says } of cases) {
    it(`refuses ${what}`, async () => {
      const before = lab.writes();
      const words = args(lab);
      const human = await lab.pmx(words);
      expect(human.code, human.stderr).to.equal(1);
      expect(human.stdout).to.equal('');
      expect(human.stderr).to.match(/^Error: /m);
      const json = await lab.pmx([...words, '--json']);
      const { error } = JSON.parse(json.stdout) as {
        error: { code: string; message: string; hints: string[]; exitCode: number };
      };
      expect(json.code).to.equal(1);
      expect(error.exitCode).to.equal(1);
      expect(error.code).to.match(new RegExp(`^${code}`));
      for (const part of says) expect([error.message, ...error.hints].join('\n')).to.include(part);
      expect(error.hints, 'a next step').to.not.be.empty;
      expect(lab.writes()).to.equal(before);
    });
  }

  it('left everything as it was', async () => {
    expect(await lab.holdings()).to.deep.equal(untouched);
  });
});

function writeBadFiles(lab: Lab): void {
  mkdirSync(lab.file('folder'));
  writeFileSync(lab.file('text.qcow2'), 'This is not an image.\n');
  writeFileSync(lab.file('prose.yaml'), 'hostname: web\n');
  writeFileSync(lab.file('broken.yaml'), '#cloud-config\nusers: [a, b\n');
  writeFileSync(
    lab.file('id_test'),
    '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
  );
}

/** Header fields: https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst */
async function createGoodAndBrokenImages(lab: Lab): Promise<void> {
  const good = lab.file('good.qcow2');
  await createEmptyQcow2(good, 64 * 2 ** 20);
  const variant = (name: string, change: (image: Buffer) => void): void => {
    const image = readFileSync(good);
    change(image);
    writeFileSync(lab.file(name), image);
  };
  variant('backed.qcow2', (image) => {
    const backing = '/images/base.qcow2';
    image.writeBigUInt64BE(512n, 8);
    image.writeUInt32BE(backing.length, 16);
    image.write(backing, 512, 'latin1');
  });
  variant('encrypted.qcow2', (image) => image.writeUInt32BE(2, 32));
  copyFileSync(good, lab.file('truncated.qcow2'));
  truncateSync(lab.file('truncated.qcow2'), 65_536);
}
