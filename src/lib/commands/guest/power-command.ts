import { type Guest, GuestChangeCommand, isPattern, type Plan } from '@pmx-cli/kit';

import { type GuestKind, targetsOf } from '../../operations/guest/kind.js';
import type { PowerRequest, PowerResult, PowerVerb } from '../../operations/guest/power.js';

const done: Record<PowerVerb, { now: string; already: string }> = {
  start: { now: 'is running', already: 'was running already' },
  stop: { now: 'is stopped', already: 'was stopped already' },
  shutdown: { now: 'is stopped', already: 'was stopped already' },
  reboot: { now: 'was rebooted', already: 'was rebooted' },
  reset: { now: 'was reset', already: 'was reset' },
  suspend: { now: 'is suspended', already: 'was suspended already' },
  resume: { now: 'goes on', already: 'was running already' },
};

/** What running programs get no word of. */
const abrupt: Partial<Record<PowerVerb, string>> = {
  stop: 'Power is cut',
  reset: 'A hard reset is done',
};

/** What Proxmox VE hands on to HA when that manages the guest. */
const handedToHa: ReadonlySet<PowerVerb> = new Set(['start', 'stop', 'shutdown']);

/** What `start|stop|shutdown|reboot|reset|suspend|resume` of VMs and containers have in common. */
export abstract class PowerCommand extends GuestChangeCommand<PowerResult> {
  protected abstract readonly kind: GuestKind;
  protected abstract readonly verb: PowerVerb;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { needsExactState, planPower } = await import('../../operations/guest/power.js');
    const known = needsExactState.has(this.verb) ? await this.#exactly(guests) : guests;
    const plans = known.map((guest) => planPower({ guest, verb: this.verb, ...this.options() }));
    const asking = this.#askingIfMatched(plans);
    return handedToHa.has(this.verb) ? this.#throughHa(asking, known) : asking;
  }

  /** Who names a guest means it; what a pattern or selector matches is to be seen first. */
  #askingIfMatched(plans: readonly Plan[]): Plan[] {
    const what = abrupt[this.verb];
    const matched = this.words.some(isPattern) || this.parsedFlags['selector'] !== undefined;
    const changes = plans.filter(({ steps }) => steps.length > 0);
    if (what === undefined || !matched || changes.length === 0) return [...plans];
    const noun = `${this.kind.noun}${changes.length === 1 ? '' : 's'}`;
    const asks = `${what} for ${changes.length} ${noun} that a pattern or selector matched`;
    return plans.map((plan) => (plan.steps.length > 0 ? { ...plan, asks } : plan));
  }

  async #throughHa(plans: readonly Plan[], guests: readonly Guest[]): Promise<Plan[]> {
    const [{ readHa }, { throughHa }] = await Promise.all([
      import('../../operations/ha/read.js'),
      import('../../operations/ha/power.js'),
    ]);
    const ha = await readHa(await this.pve());
    const through = plans.map((plan, index) => throughHa(plan, guests[index]!, ha));
    // Said once, however many guests there are, and only when one of them changes.
    const first = through.findIndex(({ steps }) => steps.length > 0);
    return through.map((plan, index) =>
      index === first ? { ...plan, notes: [...(plan.notes ?? []), ...ha.notes] } : plan,
    );
  }

  async #exactly(guests: readonly Guest[]): Promise<Guest[]> {
    const { eachGuest, withExactState } = await import('../../operations/guest/reads.js');
    const pve = await this.pve();
    return eachGuest(guests, (guest) => withExactState(pve, guest));
  }

  private options(): Pick<PowerRequest, 'wait' | 'timeoutSeconds' | 'force' | 'toDisk'> {
    const flags = this.parsedFlags as {
      wait?: boolean;
      timeout?: number;
      force?: boolean;
      'to-disk'?: boolean;
      'state-storage'?: string;
    };
    const storage = flags['state-storage'];
    return {
      wait: flags.wait !== false,
      ...(flags.timeout !== undefined && { timeoutSeconds: flags.timeout }),
      ...(flags.force !== undefined && { force: flags.force }),
      ...(flags['to-disk'] && { toDisk: storage === undefined ? {} : { storage } }),
    };
  }

  protected override view(result: PowerResult): void {
    const name = `${this.kind.noun} ${result.vmid} (${result.name})`;
    const waited = this.parsedFlags['wait'] !== false;
    if (!result.changed) this.output.print(`${name} ${done[this.verb].already}.`);
    else if (waited) this.output.print(`${name} ${done[this.verb].now}.`);
    else this.output.print(result.upid ?? '');
  }
}
