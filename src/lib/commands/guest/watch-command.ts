import {
  noPlan,
  type Plan,
  PmxCommand,
  selectGuests,
  globalFlags,
  targetFlags,
} from '@pmx-cli/kit';
import { normalizeError, RequestError } from '@pmx-cli/kit/errors';
import { Flags, type Interfaces } from '@oclif/core';

import { type GuestKind, targetsOf } from '../../operations/guest/kind.js';
import type { GuestEvent } from '../../operations/reach/watch.js';

const duration = Flags.custom<number>({
  parse: async (value) => (await import('../../operations/wait/duration.js')).parseDuration(value),
});

/** `vm watch` and `ct watch`. */
export abstract class GuestWatchCommand extends PmxCommand<GuestEvent[]> {
  static override baseFlags: Interfaces.FlagInput = { ...globalFlags, ...targetFlags };
  static override description = `Polls the list of the cluster, one request for all, and prints what is different: state, node, lock, name,
tags, guests that appear and go. Without names it watches all of them, new ones included; names, patterns and
selectors stand for the guests that there are when it starts. Ctrl-C ends it. The server's list may lag up to 10 s
behind. --exec runs a program, without a shell, for each event, with PMX_EVENT_EVENT, _TYPE, _VMID, _NAME, _NODE,
_STATUS, _FROM, _TO and _TIME in its environment; events wait for each other.`;
  static override strict = false;
  static override flags = {
    interval: duration({
      description: 'Pause between two looks.',
      default: 2000,
      defaultHelp: async () => '2s',
      helpValue: 'TIME',
    }),
    until: Flags.option({
      description: 'End as soon as all of them are in this state.',
      options: ['running', 'stopped'] as const,
    })(),
    timeout: duration({
      description: 'End after this time; with --until that is an error (2).',
      helpValue: 'TIME',
    }),
    exec: Flags.string({ description: 'Program to run for each event.', helpValue: 'COMMAND' }),
  };

  protected abstract readonly kind: GuestKind;

  /** It would watch. */
  protected override async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  override async run(): Promise<GuestEvent[]> {
    const { interval, until, timeout, exec } = this.flagsOf(GuestWatchCommand);
    if (until === undefined && timeout === undefined) this.#refuseEndless();
    const { parseHook, planHook } = await import('../../operations/reach/on-event.js');
    const hook = exec === undefined ? undefined : parseHook(exec);
    const vmids = await this.#chosen();
    const { watchGuests } = await import('../../operations/reach/watch.js');
    const events = await watchGuests(await this.inventory(), {
      type: this.kind.type,
      vmids,
      intervalMillis: interval,
      ...(until !== undefined && { until }),
      ...(timeout !== undefined && { timeoutMillis: timeout }),
      // Aborted by Ctrl-C; that it then ends well is because nothing throws.
      signal: this.session.signal,
      sleep: pause,
      warn: (text) => this.output.warn(text),
      onEvent: async (event) => {
        await this.#tell(event);
        if (!hook) return;
        await this.session.operations
          .run(planHook(hook, event), { quiet: true })
          .catch((error: unknown) => this.output.warn(normalizeError(error).message));
      },
    });
    // Written already, one by one.
    return this.output.format.type === 'jsonl' ? [] : events;
  }

  async #chosen(): Promise<ReadonlySet<number> | undefined> {
    const { positionals: words, parsedFlags: flags } = this;
    if (words.length === 0 && flags['selector'] === undefined) return undefined;
    const guests = await selectGuests(this.session, { words, flags }, targetsOf(this.kind));
    return new Set(guests.map(({ vmid }) => vmid));
  }

  async #tell(event: GuestEvent): Promise<void> {
    if (this.output.format.type === 'jsonl') return this.output.document([event]);
    const { vmid, name, from, to } = event;
    const time = new Date(event.time).toLocaleTimeString();
    const what =
      event.event === 'appeared' || event.event === 'gone'
        ? event.event
        : `${event.event} ${from ?? 'none'} → ${to ?? 'none'}`;
    this.output.print(`${time}  ${this.kind.noun} ${vmid} (${name}): ${what}`);
  }

  /** The same rule, and the same words, as for lists that are watched. */
  #refuseEndless(): void {
    const { format } = this.output;
    if (!this.output.machine || format.type === 'jsonl') return;
    throw new RequestError({
      code: 'PMX_WATCH',
      message: `A watch never ends, so it cannot make one ${format.type} document.`,
      hints: ['Use -o jsonl, one line for each event; or end it with --until or --timeout.'],
    });
  }
}

/** Ends early, and well, when the watch does. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
