import { ChangeCommand, flags, parseNetworkDevice, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { TemplateCreateResult } from '../../lib/operations/template/create.js';

const defaultMemory = 2048;
const defaultCores = 2;
const defaultBridge = 'vmbr0';

export default class TemplateCreate extends ChangeCommand<TemplateCreateResult> {
  static override summary = 'Make a template from a disk image.';
  static override description = `Takes qcow2, raw, VMDK and OVA, told apart by content and not by name. The image is uploaded to a storage
with content "import", made the disk of a new VM, and removed again; the VM becomes a template.`;
  static override examples = [
    '<%= config.bin %> template create --image debian-12-genericcloud-amd64.qcow2 --name debian-12',
    '<%= config.bin %> template create --image noble-server-cloudimg-amd64.img --name ubuntu-24-04 --storage local-lvm --tags ubuntu,lts',
    '<%= config.bin %> template create --image appliance.ova --cloud-init none --dry-run',
  ];
  static override flags = {
    image: Flags.string({ description: 'Disk image.', required: true, helpValue: 'FILE' }),
    name: flags.name({
      description: 'Name of the template; made from the file name when left out.',
    }),
    vmid: flags.vmid(),
    node: flags.node(),
    storage: flags.storage('Storage for the disk of the template.'),
    'import-storage': Flags.string({
      description: 'Storage with content "import" for the upload.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    format: Flags.option({
      description: 'Format of the disk, on storages that have a choice.',
      options: ['qcow2', 'raw', 'vmdk'] as const,
      helpGroup: 'HARDWARE',
    })(),
    memory: flags.memory(),
    cores: flags.cores(),
    net: flags.net({ multiple: true }),
    'cloud-init': Flags.option({
      description: 'Give the template a cloud-init drive, or none.',
      options: ['native', 'none'] as const,
      default: 'native',
    })(),
    tags: flags.tags(),
    version: Flags.string({
      description:
        'Version of its name: 2026.11.20, or auto for that of today. The bare name means it from then on.',
      helpValue: 'VERSION',
    }),
    promote: Flags.boolean({
      description:
        'Let the bare name mean the new version; --no-promote leaves that to template promote.',
      default: true,
      allowNo: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(TemplateCreate);
    const { planTemplateCreate } = await import('../../lib/operations/template/create.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planTemplateCreate(pve, inventory, {
      imagePath: given.image,
      name: given.name,
      vmid: given.vmid,
      vmids: defaults.vmids,
      pool: defaults.pool,
      node: given.node ?? defaults.node,
      storage: given.storage ?? defaults.storage,
      importStorage: given['import-storage'],
      format: given.format,
      memoryMebibytes: given.memory ?? defaultMemory,
      cores: given.cores ?? defaultCores,
      networks: given.net ?? [parseNetworkDevice(defaults.bridge ?? defaultBridge)],
      cloudInit: given['cloud-init'],
      tags: [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])],
      ...(given.version !== undefined && { version: given.version }),
      keepLatest: !given.promote,
      signal: this.session.signal,
    });
  }

  protected override view(template: TemplateCreateResult): void {
    this.output.print(
      `Template ${template.vmid} (${template.name}${template.version === null ? '' : `@${template.version}`}) is ready on node ${template.node}.`,
    );
    this.output.note(`  → ${this.config.bin} vm create NAME --template ${template.name}`);
  }
}
