import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, targetsOf } from '../operations/guest/kind.js';
import type { ConsoleResult } from '../operations/reach/console.js';

/** `vm console` and `ct console`. */
export abstract class ConsoleCommand extends ChangeCommand<ConsoleResult> {
  static override flags = {
    escape: Flags.string({
      char: 'e',
      description: 'Key that leaves the console: ^] or ^O, or none.',
      default: '^]',
      helpValue: 'KEY',
    }),
  };

  protected abstract readonly kind: GuestKind;
  protected override readonly quiet = true;

  protected get needsTerminal(): boolean {
    return true;
  }

  override async run(): ReturnType<ChangeCommand<ConsoleResult>['run']> {
    const { refuseNoTerminal } = await import('../operations/reach/console.js');
    if (this.parsedFlags['dry-run'] !== true && this.needsTerminal) refuseNoTerminal();
    return super.run();
  }

  protected override async plan(): Promise<Plan> {
    const { escape } = this.flagsOf(ConsoleCommand);
    const { serial } = this.parsedFlags as { serial?: string };
    const { planConsole } = await import('../operations/reach/console.js');
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests([this.positionals[0]!], targetsOf(this.kind));
    return planConsole(await this.pve(), {
      guest: guest!,
      escape,
      ...(serial !== undefined && { serial }),
    });
  }

  /** All of it was on the screen already. */
  protected override view(): void {}
}
