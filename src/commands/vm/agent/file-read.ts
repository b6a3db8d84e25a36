import { args, ShowCommand } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { oneVm } from '../../../lib/commands/agent-read-command.js';
import type { GuestFile } from '../../../lib/operations/reach/file-read.js';

export default class VmAgentFileRead extends ShowCommand<GuestFile> {
  static override summary = 'Print a file of a guest, byte by byte.';
  static override description = `At most 16 MiB, a limit of Proxmox VE; "pmx vm cp" fetches larger ones.`;
  static override examples = [
    '<%= config.bin %> vm agent file-read web-01 /etc/os-release',
    '<%= config.bin %> vm agent file-read web-01 /etc/machine-id --json',
  ];
  static override args = {
    vm: args.one('VM'),
    path: Args.string({
      description: 'Whole path in the guest.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<GuestFile> {
    const { vm, path } = this.argsOf(VmAgentFileRead);
    const { readGuestFile } = await import('../../../lib/operations/reach/file-read.js');
    return readGuestFile(await this.pve(), await oneVm(await this.inventory(), vm), path);
  }

  protected override view({ content, encoding, truncated, path }: GuestFile): void {
    this.output.raw(Buffer.from(content, encoding));
    if (truncated)
      this.output.warn(`${path} is longer: Proxmox VE gives 16 MiB of a file. See pmx vm cp.`);
  }
}
