import { args, type Guest, GuestChangeCommand, type Plan, type TargetResult } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { prefixed, refuseFailures } from '../../lib/commands/exec-output.js';
import { nodeSshFlags } from '../../lib/commands/node-ssh-flags.js';
import { container, targetsOf } from '../../lib/operations/guest/kind.js';
import type { NodeExecResult } from '../../lib/operations/reach/ct-exec.js';

export default class CtExec extends GuestChangeCommand<NodeExecResult> {
  static override summary = 'Run a program in containers, through SSH to their nodes.';
  static override description = `Containers have no guest agent, and the API of Proxmox VE runs nothing in them: pmx calls "pct exec" on the
container's node with the ssh of this machine, as root. So it needs an SSH login at the node, beside that of the
API; a login in the container itself is enough for "pmx ct ssh". Nothing of input, output and arguments is written
into a journal.

With one container input, output and exit code are those of the program (255: ssh failed). With several there is no
input, ssh asks nothing, each line has the name of its container in front, and the exit code is 3 when one failed.`;
  static override usage = 'ct exec CONTAINER... [FLAGS] -- PROGRAM [ARGUMENT...]';
  static override examples = [
    '<%= config.bin %> ct exec proxy -- uptime',
    '<%= config.bin %> ct exec proxy --jump bastion -- sh -c "df -h | grep /var"',
    '<%= config.bin %> ct exec -l tag=web -- systemctl is-active nginx',
  ];
  static override strict = false;
  static override args = { guest: args.targets('container') };
  static override flags = {
    ...nodeSshFlags,
    print: Flags.boolean({ description: 'Print the lines for ssh, and do not run them.' }),
  };

  protected readonly targets = targetsOf(container);
  protected override readonly quiet = true;
  #several = false;

  override async run(): ReturnType<GuestChangeCommand<NodeExecResult>['run']> {
    const result = await super.run();
    if (!Array.isArray(result)) return result;
    if (this.#several) {
      refuseFailures(result);
      return result;
    }
    const [{ result: only }] = result as [TargetResult<NodeExecResult>];
    if (only!.exitCode !== null) process.exitCode = only!.exitCode;
    return only!;
  }

  protected override get words(): readonly string[] {
    return behindDashes(this.argv, this.positionals).before;
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { user, host, port, identity, jump, print } = this.flagsOf(CtExec);
    // Only one that is named has the terminal; what may be several is a list.
    this.#several =
      guests.length !== 1 || this.words.length !== 1 || this.parsedFlags['selector'] !== undefined;
    const { planNodeExec } = await import('../../lib/operations/reach/ct-exec.js');
    const pve = await this.pve();
    return Promise.all(
      guests.map((guest) =>
        planNodeExec(pve, {
          guest,
          command: this.#command,
          print,
          apart: this.#several,
          user,
          ...(host !== undefined && { host }),
          ...(port !== undefined && { port }),
          ...(identity !== undefined && { identity }),
          ...(jump !== undefined && { jump }),
        }),
      ),
    );
  }

  protected override async plan(): Promise<Plan[]> {
    refuseNoCommand(this.#command, 'pmx ct exec proxy -- uptime');
    return super.plan();
  }

  get #command(): string[] {
    return behindDashes(this.argv, this.positionals).command;
  }

  protected override view(result: NodeExecResult): void {
    if (this.parsedFlags['print'] === true) {
      this.output.print(result.line);
      return;
    }
    const label = result.name === '' ? String(result.vmid) : result.name;
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = Buffer.from(result[stream] ?? '', result.encoding);
      this.output.raw(prefixed(bytes, `${label}: `), stream);
    }
    if (this.#several && result.exitCode !== 0)
      this.output.note(`${label}: ended with ${result.exitCode}`);
  }
}
