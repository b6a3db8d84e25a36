import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';

import { type GuestKind, targetsOf } from '../../operations/guest/kind.js';
import type { PowerRequest, PowerResult, PowerVerb } from '../../operations/guest/power.js';

const done = { start: 'running', stop: 'stopped', shutdown: 'stopped' } as const;

/** What `start|stop|shutdown` of VMs and containers have in common. */
export abstract class PowerCommand extends GuestChangeCommand<PowerResult> {
  protected abstract readonly kind: GuestKind;
  protected abstract readonly verb: PowerVerb;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planPower } = await import('../../operations/guest/power.js');
    return guests.map((guest) => planPower({ guest, verb: this.verb, ...this.options() }));
  }

  private options(): Pick<PowerRequest, 'wait' | 'timeoutSeconds' | 'force'> {
    const { wait, timeout, force } = this.parsedFlags as {
      wait?: boolean;
      timeout?: number;
      force?: boolean;
    };
    return {
      wait: wait !== false,
      ...(timeout !== undefined && { timeoutSeconds: timeout }),
      ...(force !== undefined && { force }),
    };
  }

  protected override view(result: PowerResult): void {
    const name = `${this.kind.noun} ${result.vmid} (${result.name})`;
    const waited = this.parsedFlags['wait'] !== false;
    if (!result.changed) this.output.print(`${name} was ${done[this.verb]} already.`);
    else if (waited) this.output.print(`${name} is ${done[this.verb]}.`);
    else this.output.print(result.upid ?? '');
  }
}
