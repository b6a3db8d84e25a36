import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { bytes, timestamp } from '../../lib/output/format.js';

interface Volume {
  volid: string;
  content: string;
  format?: string;
  sizeBytes?: number;
  vmid?: number;
  createdSeconds?: number;
}

interface ContentRow {
  volid: string;
  content: string;
  format?: string;
  size?: number;
  vmid?: number | string;
  ctime?: number;
}

export default class StorageContent extends ListCommand<Volume> {
  static override summary = 'List the volumes of a storage.';
  static override examples = [
    '<%= config.bin %> storage content local',
    '<%= config.bin %> storage content local --content iso --json',
    "<%= config.bin %> storage content local --vmid 101 --filter 'size>1G'",
  ];
  static override args = {
    storage: Args.string({ description: 'Storage.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    node: flags.onNode('Node to look from; any that has the storage when left out.'),
    content: Flags.option({
      description: 'Only volumes of this kind.',
      options: ['backup', 'images', 'import', 'iso', 'rootdir', 'snippets', 'vztmpl'] as const,
    })(),
    vmid: flags.vmid({ description: 'Only volumes of this guest.', helpGroup: undefined }),
  };

  protected readonly whenEmpty = 'No volumes.';
  protected readonly columns: ReadonlyArray<Column<Volume>> = [
    { header: 'volume', key: 'volid', value: (row) => row.volid },
    { header: 'content', value: (row) => row.content },
    { header: 'format', value: (row) => row.format },
    { header: 'size', key: 'sizeBytes', value: (row) => bytes(row.sizeBytes), align: 'right' },
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'created', key: 'createdSeconds', value: (row) => timestamp(row.createdSeconds) },
  ];

  protected override async list(): Promise<Volume[]> {
    const { storage } = this.argsOf(StorageContent);
    const { node: asked, content, vmid } = this.flagsOf(StorageContent);
    const { findStorage } = await import('../../lib/operations/shared/places.js');
    const { node } = await findStorage(await this.inventory(), storage, asked);
    const rows = await (
      await this.pve()
    ).get<ContentRow[]>(`/nodes/${node}/storage/${storage}/content`, { content, vmid });
    return rows
      .map(({ volid, content: kind, format, size, vmid, ctime }) => ({
        volid,
        content: kind,
        format,
        sizeBytes: size === undefined ? undefined : Number(size),
        vmid: vmid === undefined ? undefined : Number(vmid),
        createdSeconds: ctime === undefined ? undefined : Number(ctime),
      }))
      .sort((a, b) => (a.volid < b.volid ? -1 : 1));
  }
}
