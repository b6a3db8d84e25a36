import { ChangeCommand, flags, parseGuestName, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { CloneResult } from '../../operations/guest/clone.js';
import type { GuestKind } from '../../operations/guest/kind.js';

export const cloneArgs = (noun: string) => ({
  source: Args.string({
    description: `Name or id of the ${noun} or template.`,
    required: true,
    ignoreStdin: true,
  }),
  name: Args.custom<string>({
    description: 'Name of the clone, a DNS name.',
    ignoreStdin: true,
    parse: async (value) => parseGuestName(value),
  })({ required: true }),
});

export const cloneFlags = {
  linked: Flags.boolean({
    description: "Linked clone of a template: fast and small, on the template's storage.",
    exclusive: ['full'],
  }),
  full: Flags.boolean({ description: 'Full clone: independent of its source.' }),
  snapshot: Flags.string({
    description: 'Clone it as it was at this snapshot.',
    helpValue: 'NAME',
  }),
  'target-node': Flags.string({
    description: 'Node for the clone; that of the source when left out.',
    aliases: ['target'],
    helpGroup: 'PLACEMENT',
    helpValue: 'NODE',
  }),
  storage: Flags.string({
    description: 'Storage for the disks of a full clone; that of the source when left out.',
    helpGroup: 'PLACEMENT',
    helpValue: 'STORAGE',
  }),
  pool: flags.pool('Pool to put the clone into.'),
  vmid: flags.vmid(),
};

/** What `vm clone` and `ct clone` have in common. */
export abstract class GuestCloneCommand extends ChangeCommand<CloneResult> {
  protected abstract readonly kind: GuestKind;

  protected override async plan(): Promise<Plan> {
    const { planClone } = await import('../../operations/guest/clone.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const { type, noun } = this.kind;
    const { source: named, name } = this.parsedArgs as { source: string; name: string };
    const [source] = await inventory.resolveGuests([named], { type, noun });
    const given = this.parsedFlags as Record<string, string | undefined> & {
      linked?: boolean;
      full?: boolean;
      vmid?: number;
    };
    const profile = await this.fromProfile();
    const text = (flag: string, field: string): string | undefined =>
      given[flag] ?? profile.places[field];
    const places = {
      kind: given.linked ? 'linked' : given.full ? 'full' : undefined,
      snapshot: given['snapshot'],
      node: text('target-node', 'node'),
      storage: given.linked ? given['storage'] : text('storage', 'storage'),
      format: given['format'],
      pool: text('pool', 'pool') ?? defaults.pool,
      vmid: given.vmid,
      vmids: defaults.vmids,
    };
    const known = Object.entries(places).filter(([, value]) => value !== undefined);
    return planClone(pve, inventory, {
      source: source!,
      name,
      set: profile.set,
      notes: profile.notes,
      ...Object.fromEntries(known),
    });
  }

  /** What a named profile says about the clone. */
  protected async fromProfile(): Promise<ProfileForClone> {
    return { set: {}, places: {}, notes: [] };
  }

  protected override view({ vmid, name, node, source, clone }: CloneResult): void {
    this.output.print(
      `${this.kind.noun} ${vmid} (${name}) on node ${node} is a ${clone} clone of ${source.vmid} (${source.name}).`,
    );
  }
}

export interface ProfileForClone {
  /** Options that the clone gets. */
  set: Record<string, string | number>;
  /** Node, storage, pool. */
  places: Record<string, string>;
  notes: string[];
}
