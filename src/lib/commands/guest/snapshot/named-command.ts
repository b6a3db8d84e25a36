import { args, GuestChangeCommand } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import { Args } from '@oclif/core';

import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';

export const namedArgs = (noun: string) => ({
  guest: args.target(noun),
  snapshot: Args.string({ description: 'Name of the snapshot.', ignoreStdin: true }),
});

/**
 * Commands about snapshots by name: the first word names guests, the others snapshots; with a
 * selector all words name snapshots.
 */
export abstract class NamedSnapshotCommand<Result> extends GuestChangeCommand<Result> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  private get selects(): boolean {
    return ((this.parsedFlags['selector'] ?? []) as string[]).length > 0;
  }

  protected override get words(): readonly string[] {
    return this.selects ? [] : this.positionals.slice(0, 1);
  }

  /** @throws RequestError `PMX_SNAPSHOT_MISSING` */
  protected get snapshots(): readonly string[] {
    const names = this.positionals.slice(this.selects ? 0 : 1);
    if (names.length > 0) return names;
    const { topic, noun } = this.kind;
    throw new RequestError({
      code: 'PMX_SNAPSHOT_MISSING',
      message: 'Which snapshot? None is named.',
      hints: [
        `Name it behind the ${noun}: pmx ${this.ctor.id.replaceAll(':', ' ')} ${this.positionals[0] ?? 'GUEST'} NAME`,
        `See them: pmx ${topic} snapshot list ${this.positionals[0] ?? 'GUEST'}`,
      ],
    });
  }
}
