import { Args, Flags } from '@oclif/core';
import { noPlan, type Plan, ShowCommand } from '@pmx-cli/kit';

import type { Reached } from '../lib/operations/wait/wait-for.js';

const duration = Flags.custom<number>({
  parse: async (value) => (await import('../lib/operations/wait/duration.js')).parseDuration(value),
});

export default class Wait extends ShowCommand<Reached[]> {
  static override summary = 'Wait until guests or tasks are as wanted.';
  static override description = `Only looks, and changes nothing. What became true is printed as soon as it is; with --for ip and
--for ssh that is the address. Ends with 2 when the time is up, and says what was seen last.`;
  static override examples = [
    '<%= config.bin %> wait web-01 --for ip',
    "<%= config.bin %> wait 110-120 'test-*' --for deleted --timeout 2m",
    '<%= config.bin %> wait UPID:pve1:0000030F:0002AC10:6B001488:qmcreate:100:root@pam: --for task',
  ];
  static override strict = false;
  static override args = {
    target: Args.string({
      description:
        "Name or id of a guest; also a range (110-120) or a pattern ('web-*'). With --for task a UPID.",
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    for: Flags.option({
      description:
        'What to wait for: power state, guest agent, address, SSH server, that it is gone, or the end of a task.',
      options: ['running', 'stopped', 'agent', 'ip', 'ssh', 'deleted', 'task'] as const,
      required: true,
    })(),
    timeout: duration({
      description: 'How long to wait (30s, 5m, 1h; a plain number is seconds).',
      default: 300_000,
      defaultHelp: async () => '5m',
      helpValue: 'TIME',
    }),
    'ssh-port': Flags.integer({
      description: 'Port of the SSH server, for --for ssh.',
      default: 22,
      min: 1,
      max: 65_535,
      helpValue: 'PORT',
    }),
    interval: duration({
      description: 'Pause between two looks.',
      default: 1000,
      defaultHelp: async () => '1s',
      helpValue: 'TIME',
    }),
  };

  /** It would wait. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async show(): Promise<Reached[]> {
    const given = this.flagsOf(Wait);
    const { waitFor } = await import('../lib/operations/wait/wait-for.js');
    return waitFor(await this.pve(), await this.inventory(), {
      targets: this.positionals,
      goal: given.for,
      timeoutMillis: given.timeout,
      intervalMillis: given.interval,
      sshPort: given['ssh-port'],
      signal: this.session.signal,
      onReached: (reached) => this.output.print(inWords(reached, this.positionals.length > 1)),
    });
  }

  /** Said already, one by one. */
  protected override view(): void {}
}

function inWords({ target, goal, address, exitstatus }: Reached, several: boolean): string {
  const news = address ?? exitstatus ?? goal;
  return several || (address === undefined && exitstatus === undefined)
    ? `${target}: ${news}`
    : news;
}
