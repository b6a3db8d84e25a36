import { flags, type Guest, GuestChangeCommand, parseTags, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { ConfigureResult } from '../../operations/guest/configure.js';
import type { GuestKind } from '../../operations/guest/kind.js';
import { tagWords } from './tag-words.js';

export interface TagResult extends ConfigureResult {
  tags: string[];
}

export const tagCommandFlags = {
  add: flags.tags({ description: 'Tags to add, separated by commas; also as a word: +prod.' }),
  remove: flags.tags({ description: 'Tags to remove; also as a word: test-.' }),
  set: Flags.string({
    description: "All tags instead of those of now; '' leaves none.",
    exclusive: ['add', 'remove'],
    helpValue: 'TAG,…',
  }),
};

/** What `vm tag` and `ct tag` have in common; templates can be tagged, too. */
export abstract class GuestTagCommand extends GuestChangeCommand<TagResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return { type: this.kind.type, noun: this.kind.noun };
  }

  protected override get words(): readonly string[] {
    return tagWords(this.positionals).guests;
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planTags } = await import('../../operations/guest/tag.js');
    const { change } = tagWords(this.positionals);
    const given = this.parsedFlags as { add?: string[]; remove?: string[]; set?: string };
    return planTags(await this.pve(), guests, {
      add: [...change.add, ...(given.add ?? [])],
      remove: [...change.remove, ...(given.remove ?? [])],
      ...(given.set !== undefined && { replace: parseTags(given.set) }),
    });
  }

  protected override view({ vmid, name, changed, tags }: TagResult): void {
    const label = `${this.kind.noun} ${vmid} (${name})`;
    const list = tags.length > 0 ? tags.join(', ') : 'no tags';
    this.output.print(changed ? `${label}: ${list}.` : `${label}: nothing to change (${list}).`);
  }
}
