import { args, type Column } from '@pmx-cli/kit';

import { AgentListCommand } from '../../../lib/commands/agent-read-command.js';
import { bytes } from '../../../lib/output/format.js';

interface GuestFileSystem {
  mountpoint: string;
  name: string;
  type: string;
  totalBytes?: number;
  usedBytes?: number;
}

export default class VmAgentFsinfo extends AgentListCommand<GuestFileSystem> {
  static override summary = "List a guest's file systems and how full they are.";
  static override examples = ['<%= config.bin %> vm agent fsinfo web-01'];
  static override args = { vm: args.one('VM') };

  protected readonly whenEmpty = 'The agent reports no file system.';
  protected readonly columns: ReadonlyArray<Column<GuestFileSystem>> = [
    { header: 'mountpoint', value: (row) => row.mountpoint },
    { header: 'name', value: (row) => row.name },
    { header: 'type', value: (row) => row.type },
    { header: 'size', key: 'totalBytes', value: (row) => bytes(row.totalBytes), align: 'right' },
    { header: 'used', key: 'usedBytes', value: (row) => bytes(row.usedBytes), align: 'right' },
  ];

  protected override async list(): Promise<GuestFileSystem[]> {
    type Answer = {
      mountpoint: string;
      name: string;
      type: string;
      'total-bytes'?: number;
      'used-bytes'?: number;
    };
    return (await this.ask<Answer[]>('get-fsinfo')).map((system) => ({
      mountpoint: system.mountpoint,
      name: system.name,
      type: system.type,
      ...(system['total-bytes'] !== undefined && { totalBytes: system['total-bytes'] }),
      ...(system['used-bytes'] !== undefined && { usedBytes: system['used-bytes'] }),
    }));
  }
}
