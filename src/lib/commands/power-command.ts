import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { PowerRequest, PowerResult, PowerVerb } from '../operations/vm/power.js';

const done = { start: 'running', stop: 'stopped', shutdown: 'stopped' } as const;

/** What `vm start|stop|shutdown` have in common: targets in, one plan for each out. */
export abstract class PowerCommand extends ChangeCommand<PowerResult> {
  #verb: PowerVerb = 'start';

  protected async planPower(
    verb: PowerVerb,
    options: Pick<PowerRequest, 'wait' | 'timeoutSeconds' | 'force'>,
  ): Promise<Plan[]> {
    this.#verb = verb;
    const { planPower } = await import('../operations/vm/power.js');
    const guests = await (
      await this.inventory()
    ).resolveGuests(this.positionals, {
      type: 'qemu',
      template: false,
      noun: 'VM',
    });
    return guests.map((guest) => planPower({ guest, verb, ...options }));
  }

  protected override view(result: PowerResult): void {
    const name = `VM ${result.vmid} (${result.name})`;
    const waited = this.parsedFlags['wait'] !== false;
    if (!result.changed) this.output.print(`${name} was ${done[this.#verb]} already.`);
    else if (waited) this.output.print(`${name} is ${done[this.#verb]}.`);
    else this.output.print(result.upid ?? '');
  }
}
