import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { oneVm } from '../../lib/commands/agent-read-command.js';
import { bytes } from '../../lib/output/format.js';
import type { CopyResult } from '../../lib/operations/reach/copy.js';

export default class VmCp extends ChangeCommand<CopyResult> {
  static override summary = 'Copy a file into a VM, or out of it.';
  static override description = `Through the guest agent, which needs no network: in pieces under a temporary name, compared by SHA-256,
then renamed; what is there before stays whole until then, and keeps its owner and mode. When something goes wrong
the pieces are removed. This starts programs in the guest (VM.GuestAgent.Unrestricted). --direct is one call without
any (VM.GuestAgent.FileWrite is enough), for at most 45 KiB and in place; Windows guests get that by themselves.
--via ssh runs scp instead, which also takes folders.`;
  static override examples = [
    '<%= config.bin %> vm cp motd web-01:/etc/motd',
    '<%= config.bin %> vm cp web-01:/var/log/syslog .',
    '<%= config.bin %> vm cp ./site web-01:/srv/ --via ssh --user debian',
  ];
  static override args = {
    source: Args.string({
      description: 'Path here, or VM:/path.',
      required: true,
      ignoreStdin: true,
    }),
    destination: Args.string({
      description: 'Path here, or VM:/path; a folder ends with /.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    via: Flags.option({
      description: 'How: through the guest agent, or with scp over the network.',
      options: ['agent', 'ssh'] as const,
      default: 'agent',
    })(),
    mode: Flags.string({
      description: 'Mode of a file that is new in the guest.',
      default: '0644',
      helpValue: 'OCTAL',
    }),
    direct: Flags.boolean({
      description: 'One call of the agent, no program in the guest; up to 45 KiB, in place.',
    }),
    user: Flags.string({ description: 'With --via ssh: user to log in as.', helpValue: 'USER' }),
  };

  protected override async plan(): Promise<Plan> {
    const { source, destination } = this.argsOf(VmCp);
    const { via, mode, direct, user } = this.flagsOf(VmCp);
    const { parseCopy, parseMode, planCopy } = await import('../../lib/operations/reach/copy.js');
    const words = parseCopy(source, destination);
    const name = words.source.guest ?? words.destination.guest!;
    const guest = await oneVm(await this.inventory(), name);
    if (via === 'agent')
      return planCopy(await this.pve(), { ...words, guest, mode: parseMode(mode), direct });
    const { planScp } = await import('../../lib/operations/reach/scp.js');
    return planScp(await this.pve(), { ...words, guest, ...(user !== undefined && { user }) });
  }

  protected override view({ source, destination, via, bytes: size, checked }: CopyResult): void {
    const amount = size === null ? '' : `, ${bytes(size)}`;
    this.output.print(
      `${source} → ${destination} (${via}${amount}${checked ? ', checksum compared' : ''})`,
    );
  }
}
