import { Args, Flags } from '@oclif/core';
import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';

import { checksumFlag } from '../../lib/commands/checksum-flag.js';
import { bytes } from '../../lib/output/format.js';
import type { StoredFile } from '../../lib/operations/storage/upload.js';

export default class StorageUpload extends ChangeCommand<StoredFile> {
  static override summary = 'Upload an ISO, a container template or a disk image to a storage.';
  static override description = `Shows how far it is. When it fails or is interrupted, nothing stays on the server. Proxmox VE cannot go on with
half an upload, so it begins anew then; the server can fetch big files itself (pmx storage download).`;
  static override examples = [
    '<%= config.bin %> storage upload debian-13.iso --storage local',
    '<%= config.bin %> storage upload disk.qcow2 --storage local --checksum sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '<%= config.bin %> storage upload rootfs.tar.zst --storage local --filename debian-13.tar.zst --dry-run',
  ];
  static override args = {
    file: Args.string({ description: 'File to send.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    storage: Flags.string({
      description: 'Storage to put it on.',
      env: 'PMX_STORAGE',
      helpValue: 'STORAGE',
      noCacheDefault: true,
      required: true,
    }),
    node: flags.node('Node that takes it; any that has the storage when left out.'),
    content: Flags.option({
      description: "What it is; the name's ending tells when left out.",
      options: ['iso', 'vztmpl', 'import'] as const,
    })(),
    filename: Flags.string({
      description: 'Its name on the server; its own when left out.',
      helpValue: 'NAME',
    }),
    checksum: checksumFlag(),
    overwrite: Flags.boolean({ description: 'Replace a file of that name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { planUpload } = await import('../../lib/operations/storage/upload.js');
    const { storage, node, content, filename, checksum, overwrite } = this.flagsOf(StorageUpload);
    return planUpload(await this.pve(), await this.inventory(), {
      path: this.argsOf(StorageUpload).file,
      storage,
      node,
      content,
      filename,
      checksum,
      overwrite,
    });
  }

  protected override view({ volid, node, bytes: size }: StoredFile): void {
    this.output.print(`${volid} is there (${bytes(size)}, node ${node}).`);
  }
}
