import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { container, targetsOf } from '../../lib/operations/guest/kind.js';
import type { NodeExecResult } from '../../lib/operations/reach/ct-exec.js';

export default class CtExec extends ChangeCommand<NodeExecResult> {
  static override summary = 'Run a program in a container, through SSH to its node.';
  static override description = `Containers have no guest agent, and the API of Proxmox VE runs nothing in them: pmx calls "pct exec" on the
container's node with the ssh of this machine, as root. So it needs an SSH login at the node, beside that of the
API; a login in the container itself is enough for "pmx ct ssh". Input, output and exit code are those of the
program (255: ssh failed). Nothing of them is written into a journal.`;
  static override usage = 'ct exec CONTAINER [FLAGS] -- PROGRAM [ARGUMENT...]';
  static override examples = [
    '<%= config.bin %> ct exec proxy -- uptime',
    '<%= config.bin %> ct exec proxy --jump bastion -- sh -c "df -h | grep /var"',
  ];
  static override strict = false;
  static override args = { guest: args.one('container') };
  static override flags = {
    user: Flags.string({
      char: 'u',
      description: 'User at the node; it must be able to run pct.',
      default: 'root',
      helpValue: 'USER',
    }),
    host: Flags.string({
      description: 'Address of the node, when the one that the cluster knows does not do.',
      helpValue: 'ADDRESS',
    }),
    port: Flags.integer({
      char: 'p',
      description: 'Port of its SSH server.',
      helpValue: 'PORT',
      min: 1,
      max: 65_535,
    }),
    print: Flags.boolean({ description: 'Print the line for ssh, and do not run it.' }),
    identity: Flags.string({ char: 'i', description: 'File with the key.', helpValue: 'FILE' }),
    jump: Flags.string({
      char: 'J',
      description: 'Host to go through.',
      helpValue: '[USER@]HOST[:PORT]',
    }),
  };

  protected override readonly quiet = true;

  override async run(): ReturnType<ChangeCommand<NodeExecResult>['run']> {
    const result = await super.run();
    if ('exitCode' in result && result.exitCode !== null) process.exitCode = result.exitCode;
    return result;
  }

  protected override async plan(): Promise<Plan> {
    const { user, host, port, identity, jump, print } = this.flagsOf(CtExec);
    const { before, command } = behindDashes(this.argv, this.positionals);
    refuseNoCommand(command, 'pmx ct exec proxy -- uptime');
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests(before.slice(0, 1), targetsOf(container));
    const { planNodeExec } = await import('../../lib/operations/reach/ct-exec.js');
    return planNodeExec(await this.pve(), {
      guest: guest!,
      command,
      print,
      user,
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(identity !== undefined && { identity }),
      ...(jump !== undefined && { jump }),
    });
  }

  protected override view({ line }: NodeExecResult): void {
    if (this.parsedFlags['print'] === true) this.output.print(line);
  }
}
