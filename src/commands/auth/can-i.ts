import { Args } from '@oclif/core';
import { ExitCode, noPlan, type Plan, rehearseLine, ShowCommand } from '@pmx-cli/kit';

import { wordsInQuestion } from '../../lib/commands/words-in-question.js';
import type { CanI } from '../../lib/operations/permissions/can-i.js';

export default class AuthCanI extends ShowCommand<CanI> {
  static override summary = 'Tell whether a command would be allowed, and what is missing.';
  static override description = `Plans the command line without carrying it out, and holds every API call of the plan against the
server's own description of its permissions and what this identity holds. Ends with 0 for yes, 3 for
no, and 2 when something that decides cannot be told.`;
  static override examples = [
    '<%= config.bin %> auth can-i "vm create web-01 --template debian-12 --start"',
    '<%= config.bin %> auth can-i -- vm delete web-01 --stop',
    '<%= config.bin %> auth can-i "vm list" --json',
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

  protected override async show(): Promise<CanI> {
    const { answerCanI } = await import('../../lib/operations/permissions/can-i.js');
    const rehearsed = await rehearseLine(
      wordsInQuestion(this.argv, this.positionals),
      this.config,
      this.session,
    );
    const answer = await answerCanI(await this.pve(), this.session.paths.cache, rehearsed);
    if (answer.allowed === false) process.exitCode = ExitCode.proxmox;
    if (answer.allowed === null) process.exitCode = ExitCode.surroundings;
    return answer;
  }

  protected override view(answer: CanI): void {
    const { allowed, identity, command, calls } = answer;
    const word = allowed === null ? 'cannot be told' : allowed ? 'yes' : 'no';
    this.output.print(`${word}: ${identity}, pmx ${command} (${calls} API calls looked at)`);
    for (const { privileges, path, step } of answer.missing)
      this.output.print(`  missing: ${privileges.join(' or ') || 'a right'} on ${path} – ${step}`);
    for (const { what, by, step } of answer.refused)
      this.output.print(
        `  refused: ${what} ${by === 'root' ? 'is for root@pam with its password only' : 'takes no API token'} – ${step}`,
      );
    for (const { privileges, path, step } of answer.missingForUndo)
      this.output.print(
        `  missing to take it back: ${privileges.join(' or ')} on ${path} – ${step}`,
      );
    for (const what of answer.unknown) this.output.print(`  cannot be told: ${what}`);
    if (allowed === false && answer.missing.length > 0)
      this.output.note(`The least role for it: pmx auth role --for ${JSON.stringify(command)}`);
  }
}
