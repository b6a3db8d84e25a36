import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { bytes } from '../../lib/output/format.js';
import type { Orphan } from '../../lib/operations/storage/orphans.js';

export default class StorageOrphans extends ListCommand<Orphan> {
  static override summary = 'List disks whose guest does not exist any more.';
  static override description =
    'The server is asked about each VMID, so disks of guests that you may not see are no orphans.';
  static override examples = [
    '<%= config.bin %> storage orphans',
    '<%= config.bin %> storage orphans --storage local -o name',
  ];
  static override flags = {
    storage: Flags.string({ description: 'Only on this storage.', helpValue: 'STORAGE' }),
    node: flags.onNode('Only as this node sees them.'),
  };

  protected readonly whenEmpty = 'No orphans.';
  protected readonly columns: ReadonlyArray<Column<Orphan>> = [
    { header: 'volume', key: 'volid', value: (row) => row.volid },
    { header: 'node', value: (row) => row.node },
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'size', key: 'sizeBytes', value: (row) => bytes(row.sizeBytes), align: 'right' },
    { header: 'format', value: (row) => row.format },
  ];

  protected override async list(): Promise<Orphan[]> {
    const { listOrphans } = await import('../../lib/operations/storage/orphans.js');
    return listOrphans(await this.pve(), await this.inventory(), this.flagsOf(StorageOrphans));
  }
}
