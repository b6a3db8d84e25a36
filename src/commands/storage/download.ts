import { Args, Flags } from '@oclif/core';
import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';

import { checksumFlag } from '../../lib/commands/checksum-flag.js';

interface Downloaded {
  volid: string;
  node: string;
  url: string;
  bytes: number | null;
}

export default class StorageDownload extends ChangeCommand<Downloaded> {
  static override summary = 'Let the server fetch a file from a URL onto a storage.';
  static override description = `The node itself downloads; nothing passes through this machine. When it fails or is interrupted, nothing stays on
the storage. The other way round there is no way: the API of Proxmox VE hands no volume out, neither ISOs nor disks
nor backups (scp from the node does).`;
  static override examples = [
    '<%= config.bin %> storage download https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/mini.iso --storage local',
    '<%= config.bin %> storage download https://cloud.debian.org/images/cloud/trixie/latest/debian-13-genericcloud-amd64.qcow2 --storage local --dry-run',
  ];
  static override args = {
    url: Args.string({ description: 'http:// or https://', required: true, ignoreStdin: true }),
  };
  static override flags = {
    storage: Flags.string({
      description: 'Storage to put it on.',
      env: 'PMX_STORAGE',
      helpValue: 'STORAGE',
      noCacheDefault: true,
      required: true,
    }),
    node: flags.node('Node that fetches it; any that has the storage when left out.'),
    content: Flags.option({
      description: "What it is; the name's ending tells when left out.",
      options: ['iso', 'vztmpl', 'import'] as const,
    })(),
    filename: Flags.string({
      description: 'Its name on the server; that of the URL when left out.',
      helpValue: 'NAME',
    }),
    checksum: checksumFlag(),
    decompress: Flags.option({
      description: 'How it is packed; the server unpacks it (ISOs only).',
      options: ['gz', 'lzo', 'zst', 'bz2'] as const,
    })(),
    'verify-certificates': Flags.boolean({
      description: "Check the web server's certificate.",
      default: true,
      allowNo: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { planDownload } = await import('../../lib/operations/storage/download.js');
    const given = this.flagsOf(StorageDownload);
    const { storage, node, content, filename, checksum } = given;
    return planDownload(await this.pve(), await this.inventory(), {
      url: this.argsOf(StorageDownload).url,
      storage,
      node,
      content,
      filename,
      checksum,
      compression: given.decompress,
      verifyCertificates: given['verify-certificates'],
    });
  }

  protected override view({ volid, node }: Downloaded): void {
    this.output.print(`${volid} is there (node ${node}).`);
  }
}
