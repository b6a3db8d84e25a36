import { args, type Guest, GuestChangeCommand, type Plan, type TargetResult } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { prefixed, refuseFailures, statusOf } from '../../lib/commands/exec-output.js';
import { targetsOf, vm } from '../../lib/operations/guest/kind.js';
import type { ExecResult } from '../../lib/operations/reach/exec.js';

export default class VmExec extends GuestChangeCommand<ExecResult> {
  static override summary = 'Run a program in VMs, through their guest agent.';
  static override description = `The program is started by the guest agent, as root and without a shell: for pipes and variables, give
sh -c "…". What it writes to its two outputs goes to those of pmx, byte by byte, once it has ended; a pipe or file
at stdin is handed to it (at most 64 KiB, a limit of Proxmox VE). Nothing of that, and no argument, is written into
a journal.

With one VM the exit code is that of the program (128 + n when signal n ended it), the one exception of "pmx help
exit-codes": an error of pmx itself is told by its message on stderr, or use --json. With several VMs each line has
the name of its VM in front, and the exit code is 3 when one of them failed. Neither Ctrl-C nor --timeout ends the
program: the agent cannot. Its process id is told then.`;
  static override usage = 'vm exec VM... [--stdin] [--timeout SECONDS] -- PROGRAM [ARGUMENT...]';
  static override examples = [
    '<%= config.bin %> vm exec web-01 -- uptime',
    '<%= config.bin %> vm exec web-01 -- sh -c "df -h | grep /var"',
    '<%= config.bin %> vm exec -l tag=web -- systemctl is-active nginx',
    '<%= config.bin %> vm exec web-01 --stdin -- tee /etc/motd < motd',
    '<%= config.bin %> vm exec web-01 --json -- cat /etc/os-release',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };
  static override flags = {
    stdin: Flags.boolean({
      char: 'i',
      allowNo: true,
      description:
        'Hand standard input to the program, to its end; done by itself for a pipe or a file.',
    }),
    timeout: Flags.integer({
      description: 'How long to wait for its end; the program goes on after that.',
      helpValue: 'SECONDS',
      min: 1,
      max: 86_400,
    }),
  };

  protected readonly targets = targetsOf(vm);
  protected override readonly quiet = true;
  /** Only then is there input to read. */
  #live = false;
  #several = false;

  override async run(): ReturnType<GuestChangeCommand<ExecResult>['run']> {
    this.#live = this.parsedFlags['dry-run'] !== true;
    const result = await super.run();
    if (!Array.isArray(result)) return result;
    if (this.#several) {
      refuseFailures(result);
      return result;
    }
    const [{ result: only }] = result as [TargetResult<ExecResult>];
    process.exitCode = statusOf(only!.exitCode);
    return only!;
  }

  protected override get words(): readonly string[] {
    return behindDashes(this.argv, this.positionals).before;
  }

  /** One VM by name or id is one result; whatever may be several is a list. */
  protected override async plan(): Promise<Plan[]> {
    refuseNoCommand(this.#command, 'pmx vm exec web-01 -- uptime');
    const plans = await super.plan();
    this.#several =
      plans.length !== 1 || this.words.length !== 1 || this.parsedFlags['selector'] !== undefined;
    return plans;
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { stdin, timeout } = this.flagsOf(VmExec);
    const [{ planExec }, { pipedInput }] = await Promise.all([
      import('../../lib/operations/reach/exec.js'),
      import('../../lib/commands/piped-input.js'),
    ]);
    // A dry run needs none, and `-` has read it already.
    const wanted = this.#live && !this.words.includes('-') ? stdin : false;
    const input = await pipedInput(wanted, (text) => this.output.note(text));
    return guests.map((guest) =>
      planExec({
        guest,
        command: this.#command,
        ...(input && { input }),
        ...(timeout !== undefined && { timeoutSeconds: timeout }),
      }),
    );
  }

  get #command(): string[] {
    return behindDashes(this.argv, this.positionals).command;
  }

  protected override view(result: ExecResult): void {
    const label = result.name === '' ? String(result.vmid) : result.name;
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = Buffer.from(result[stream], result.encoding);
      this.output.raw(this.#several ? prefixed(bytes, `${label}: `) : bytes, stream);
    }
    if (result.truncated)
      this.output.warn(`${label}: the guest agent keeps 16 MiB of an output; the rest is lost.`);
    if (this.#several && result.exitCode !== 0)
      this.output.note(`${label}: ended with ${result.exitCode}`);
  }
}
