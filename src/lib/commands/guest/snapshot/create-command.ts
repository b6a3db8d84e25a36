import { args, flags, type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';
import type { SnapshotResult } from '../../../operations/guest/snapshot/create.js';

export const createFlags = {
  name: Flags.string({
    description: 'Name of the snapshot; made from the time when left out.',
    helpValue: 'NAME',
  }),
  description: Flags.string({ description: 'What it is for.', helpValue: 'TEXT' }),
  wait: flags.wait(),
};

export const targetArgs = (noun: string) => ({ guest: args.targets(noun) });

/** What `vm snapshot create` and `ct snapshot create` have in common. */
export abstract class SnapshotCreateCommand extends GuestChangeCommand<SnapshotResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { name, description, vmstate, wait } = this.parsedFlags as {
      name?: string;
      description?: string;
      vmstate?: boolean;
      wait?: boolean;
    };
    const { planSnapshots } = await import('../../../operations/guest/snapshot/create.js');
    return planSnapshots(await this.pve(), guests, {
      name,
      description,
      vmstate: vmstate === true,
      wait: wait !== false,
    });
  }

  protected override view({ vmid, name, snapshot, upid }: SnapshotResult): void {
    if (this.parsedFlags['wait'] === false) return this.output.print(upid ?? '');
    this.output.print(`Snapshot ${snapshot} of ${this.kind.noun} ${vmid} (${name}) is taken.`);
    this.output.note(`  → pmx ${this.kind.topic} snapshot rollback ${vmid} ${snapshot}`);
  }
}
