import { Args } from '@oclif/core';
import { noPlan, type Plan, rehearseLine, ShowCommand } from '@pmx-cli/kit';

import { wordsInQuestion } from '../lib/commands/words-in-question.js';
import type { Check, Preflight as Report } from '../lib/operations/preflight/index.js';

export default class Preflight extends ShowCommand<Report> {
  static override summary = 'Check everything that a command needs, without running it.';
  static override description = `Plans the command line and looks at its parameters, storages and their space, bridges, ids, the
server's version and your rights. Ends with 0 when nothing is in the way, 1 when the request has to
change, 3 when the server or its administrator has to.`;
  static override examples = [
    '<%= config.bin %> preflight -- vm create web-01 --template debian-12 --disk +10G --start',
    '<%= config.bin %> preflight "template create --image debian-12.qcow2" --json',
  ];
  static override strict = false;
  static override args = {
    command: Args.string({
      description: 'A pmx command line in quotes, or behind -- without them.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  protected override async show(): Promise<Report> {
    const { exitCodeOf, preflight } = await import('../lib/operations/preflight/index.js');
    const rehearsed = await rehearseLine(
      wordsInQuestion(this.argv, this.positionals),
      this.config,
      this.session,
    );
    const report = await preflight(await this.pve(), this.session.paths.cache, rehearsed);
    process.exitCode = exitCodeOf(report.checks);
    return report;
  }

  protected override view({ checks }: Report): Promise<void> {
    return this.output.table<Check>(checks, {
      columns: [
        { header: 'status', value: ({ status }) => status },
        { header: 'check', value: ({ check }) => check },
        { header: 'what', value: ({ text }) => text },
      ],
      headers: true,
      reference: ({ check }) => check,
    });
  }
}
