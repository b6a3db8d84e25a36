import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { HaResult } from '../../operations/ha/change.js';

const times = (description: string) =>
  Flags.integer({ description, helpValue: 'N', min: 0, max: 1000 });

export const haFlags = {
  state: Flags.option({
    description: 'What is asked for; ignored: HA keeps its hands off.',
    options: ['started', 'stopped', 'disabled', 'ignored'] as const,
  })(),
  'max-restart': times('How often it is started again on its node.'),
  'max-relocate': times('How often it is tried on another node then.'),
  comment: Flags.string({ description: 'What it is for.', helpValue: 'TEXT' }),
};

const done = { add: 'is managed by HA', set: 'is managed as asked', remove: 'is out of HA' };

/** What `ha add|set|remove` have in common. */
export abstract class HaChangeCommand extends GuestChangeCommand<HaResult> {
  protected abstract readonly verb: 'add' | 'set' | 'remove';
  protected readonly targets = { template: false, noun: 'guest' } as const;

  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const given = this.parsedFlags as {
      state?: string;
      'max-restart'?: number;
      'max-relocate'?: number;
      comment?: string;
    };
    const { planHa } = await import('../../operations/ha/change.js');
    return planHa(await this.pve(), guests, this.verb, {
      state: given.state,
      max_restart: given['max-restart'],
      max_relocate: given['max-relocate'],
      comment: given.comment,
    });
  }

  protected override view({ name, sid }: HaResult): void {
    this.output.print(`${sid} (${name}) ${done[this.verb]}.`);
  }
}
