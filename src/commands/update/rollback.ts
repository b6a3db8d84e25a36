import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { waysIn } from '../../lib/commands/update.js';
import type { ProgramUpdate } from '../../lib/operations/program/update.js';

export default class UpdateRollback extends ChangeCommand<ProgramUpdate> {
  static override summary = 'Go back to the version of pmx before the last update.';
  static override description = `Needs no network: a standalone pmx keeps the version that an update has replaced. Of a pmx that a package manager
installed this tells the command, and the exit code is 1.`;
  static override examples = [
    '<%= config.bin %> update rollback',
    '<%= config.bin %> update rollback --dry-run',
  ];

  #result: ProgramUpdate | undefined;

  protected override async plan(): Promise<Plan> {
    const { planProgramRollback } = await import('../../lib/operations/program/update.js');
    const { settings, paths, signal } = this.session;
    const plan = await planProgramRollback({ settings, paths, signal, env: process.env });
    this.#result = plan.result as unknown as ProgramUpdate;
    return plan;
  }

  protected override view({ version, newest, installedBy, command }: ProgramUpdate): void {
    if (newest !== null) return this.output.print(`pmx ${newest} is in use instead of ${version}.`);
    this.output.note(`pmx came by ${waysIn[installedBy]}, which keeps no older version.`);
    if (command !== null) this.output.print(command);
  }

  protected override async afterwards(): Promise<void> {
    if (this.#result?.changed === false) process.exitCode = 1;
  }
}
