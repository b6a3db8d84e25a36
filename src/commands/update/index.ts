import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { parseVersion, waysIn } from '../../lib/commands/update.js';
import type { ProgramUpdate } from '../../lib/operations/program/update.js';

export default class Update extends ChangeCommand<ProgramUpdate> {
  static override summary = 'Update pmx itself to the newest version.';
  static override description = `A standalone pmx (the .tar.gz with its own Node) is downloaded, held against its published checksum, unpacked beside
the one in use, tried, and then switched to at once; the version before stays for "<%= config.bin %> update rollback". Of a pmx
that npm, apt or git brought, the exact command is printed and nothing is changed. The checksum lies where the archive lies:
it finds what is damaged, and https says whose it is.

The exit code is 1 when there is a newer version and this did not install it, so also with --check; 0 when pmx is up to
date, or was updated; 2 when nobody could be asked. Nothing looks for versions unless this command is run, and in CI, or
with the setting updates: false, this one does not either.`;
  static override hiddenAliases = ['upgrade', 'self-update'];
  static override examples = [
    '<%= config.bin %> update --check',
    '<%= config.bin %> update --dry-run',
    '<%= config.bin %> update --to 0.1.0',
  ];
  static override flags = {
    check: Flags.boolean({ description: 'Only say whether there is a newer version.' }),
    to: Flags.custom<string>({
      description: 'This version, also an older one.',
      helpValue: 'VERSION',
      parse: async (value) => parseVersion(value),
    })(),
  };

  #result: ProgramUpdate | undefined;

  protected override async plan(): Promise<Plan> {
    const { planProgramUpdate } = await import('../../lib/operations/program/update.js');
    const { settings, paths, signal } = this.session;
    const plan = await planProgramUpdate(this.flagsOf(Update), {
      settings,
      paths,
      signal,
      env: process.env,
    });
    this.#result = plan.result as unknown as ProgramUpdate;
    return plan;
  }

  protected override view(update: ProgramUpdate): void {
    const { version, newest, newer, installedBy, command, changed, off } = update;
    if (off !== null) return this.output.note(`Nobody looked for a newer pmx: ${off}.`);
    if (changed) {
      this.output.print(`pmx ${newest} is in use from now on, instead of ${version}.`);
      this.output.note('  Back: pmx update rollback');
    } else if (command === null && !newer)
      this.output.print(`pmx ${version} is the newest there is.`);
    else {
      this.output.note(
        `There is pmx ${newest}; this is ${version}, and came by ${waysIn[installedBy]}.`,
      );
      if (command !== null) this.output.print(command);
    }
  }

  protected override async afterwards(): Promise<void> {
    const { newer, changed, command } = this.#result!;
    if (!changed && (newer || command !== null)) process.exitCode = 1;
  }
}
