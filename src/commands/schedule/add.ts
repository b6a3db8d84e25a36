import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { behindDashes, refuseNoCommand } from '../../lib/commands/command-behind-dashes.js';
import { refuseUnknownCommand } from '../../lib/commands/known-command.js';
import { parseScheduleName, type Schedule } from '../../lib/operations/schedule/entry.js';

export default class ScheduleAdd extends ChangeCommand<Schedule> {
  static override summary = 'Run a command of pmx again and again, by a timer.';
  static override description = `By a timer of your systemd (systemctl --user) where it works, else by a line of your crontab; --with chooses. It runs as
you, with the folders that pmx uses now, and is never asked anything. Secrets are taken from where they are stored: a
keychain that is locked while you are away is of no use then.

Times: hourly, daily, weekly, monthly, "every 15m", "every 6h", "03:30", "Mon-Fri 03:30", "Sat,Sun 12:00".`;
  static override examples = [
    '<%= config.bin %> schedule add nightly --at 03:30 -- backup create -l tag=prod --storage backups',
    '<%= config.bin %> schedule add certs --at "Mon 08:00" -- idrac check 10.0.8.0/24 --report idracs.md',
    '<%= config.bin %> schedule add old-snapshots --at daily --with cron -- vm snapshot prune -l tag=lab --older-than 14d --yes',
  ];
  static override strict = false;
  static override args = {
    name: Args.string({
      description: 'Name of the schedule; the command stands behind two dashes.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    at: Flags.string({ description: 'When.', required: true, helpValue: 'TIME' }),
    with: Flags.option({
      description: 'What starts it.',
      options: ['auto', 'systemd', 'cron'] as const,
      default: 'auto' as const,
    })(),
    replace: Flags.boolean({ description: 'Replace a schedule of that name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { at, with: by, replace } = this.flagsOf(ScheduleAdd);
    const { before, command } = behindDashes(this.argv, this.positionals);
    const words = command[0] === 'pmx' ? command.slice(1) : command;
    refuseNoCommand(words, 'pmx schedule add nightly --at 03:30 -- backup create -l tag=prod');
    refuseUnknownCommand(words, this.config);
    const { planScheduleAdd } = await import('../../lib/operations/schedule/change.js');
    return planScheduleAdd({
      name: parseScheduleName(before[0]!),
      at,
      with: by,
      command: words,
      replace,
    });
  }

  protected override view({ name, at, by, command }: Schedule): void {
    this.output.print(`Schedule ${name}: pmx ${command.join(' ')}, ${at}, by ${by}.`);
    this.output.note(`  → Take it back: ${this.config.bin} schedule remove ${name}`);
  }
}
