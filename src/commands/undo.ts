import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

interface Undone {
  operation: string;
  status: 'rolled-back' | 'completed';
  /** Titles of the steps that this took. */
  done: string[];
}

export default class Undo extends ChangeCommand<Undone> {
  static override summary =
    'Take back the last operation that was completed, or the one that is named.';
  static override description = `Only while it is still valid: everything that it did can be taken back, what it made or set is as it left it,
and nothing was done with the same guests since. Otherwise it says what stands against it, and changes nothing.`;
  static override examples = [
    '<%= config.bin %> undo',
    '<%= config.bin %> undo --dry-run',
    '<%= config.bin %> undo 20261120-104233-k3f9a',
  ];
  static override args = {
    id: Args.string({
      description: 'Id of the operation; the last one when left out.',
      ignoreStdin: true,
    }),
  };

  protected override plan(): Promise<Plan> {
    return this.session.operations.undoing(this.argsOf(Undo).id);
  }

  protected override view({ operation, done }: Undone): void {
    this.output.print(`Operation ${operation} is undone.`);
    for (const title of done) this.output.print(`  ${title}`);
  }
}
