import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { nodeSshFlags } from '../../lib/commands/node-ssh-flags.js';
import { bytes } from '../../lib/output/format.js';
import { container, targetsOf } from '../../lib/operations/guest/kind.js';
import type { ContainerCopyResult } from '../../lib/operations/reach/ct-copy.js';

export default class CtCp extends ChangeCommand<ContainerCopyResult> {
  static override summary = 'Copy a file into a container, or out of it.';
  static override description = `Proxmox VE has no API for that, so it goes through the container's node, as "pmx ct exec" does: pmx calls "pct exec"
there with the ssh of this machine and hands the file over. A file that goes in is written under a temporary name,
compared by SHA-256, then renamed; what is there before stays whole until then, and keeps its owner and mode.
--via ssh runs scp to the container itself instead, which needs an SSH server in it and also takes folders.`;
  static override examples = [
    '<%= config.bin %> ct cp motd proxy:/etc/motd',
    '<%= config.bin %> ct cp proxy:/var/log/syslog .',
    '<%= config.bin %> ct cp ./site proxy:/srv/ --via ssh',
  ];
  static override args = {
    source: Args.string({
      description: 'Path here, or CONTAINER:/path.',
      required: true,
      ignoreStdin: true,
    }),
    destination: Args.string({
      description: 'Path here, or CONTAINER:/path; a folder ends with /.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...nodeSshFlags,
    user: Flags.string({
      char: 'u',
      description: 'User at the node, which must be able to run pct, or with --via ssh in it.',
      default: 'root',
      helpValue: 'USER',
    }),
    via: Flags.option({
      description: "How: through the container's node, or with scp to the container itself.",
      options: ['node', 'ssh'] as const,
      default: 'node',
    })(),
    print: Flags.boolean({
      description: 'Print the line for ssh, and do not run it; only through the node.',
    }),
    mode: Flags.string({
      description: 'Mode of a file that is new in the container.',
      default: '0644',
      helpValue: 'OCTAL',
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { source, destination } = this.argsOf(CtCp);
    const { via, mode, print, user, host, port, identity, jump } = this.flagsOf(CtCp);
    const { parseCopy, parseMode } = await import('../../lib/operations/reach/copy.js');
    const words = parseCopy(source, destination, 'ct');
    const name = words.source.guest ?? words.destination.guest!;
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests([name], targetsOf(container));
    const request = {
      ...words,
      guest: guest!,
      mode: parseMode(mode),
      print,
      user,
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(identity !== undefined && { identity }),
      ...(jump !== undefined && { jump }),
    };
    if (via === 'ssh') {
      const { planScp } = await import('../../lib/operations/reach/scp.js');
      return planScp(await this.pve(), request);
    }
    const { planContainerCopy } = await import('../../lib/operations/reach/ct-copy.js');
    return planContainerCopy(await this.pve(), request);
  }

  protected override view(result: ContainerCopyResult): void {
    const { source, destination, via, bytes: size, checked, line } = result;
    if (this.parsedFlags['print'] === true && line !== undefined) {
      this.output.print(line);
      return;
    }
    const amount = size === null ? '' : `, ${bytes(size)}`;
    this.output.print(
      `${source} → ${destination} (${via}${amount}${checked ? ', checksum compared' : ''})`,
    );
  }
}
