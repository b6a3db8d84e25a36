import { ChangeCommand, type Guest, selectGuests } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { MembersResult } from '../operations/pool/change.js';

/** What `pool add` and `pool remove` have in common: a pool, and what goes in or out. */
export abstract class PoolMembersCommand extends ChangeCommand<MembersResult> {
  protected async members(): Promise<{ pool: string; guests: Guest[]; storages: string[] }> {
    const [pool = '', ...targets] = this.positionals;
    const storages = [...new Set((this.parsedFlags['storage'] ?? []) as string[])];
    const selected = this.parsedFlags['selector'] !== undefined;
    if (targets.length === 0 && storages.length === 0 && !selected) {
      throw new RequestError({
        code: 'PMX_NOTHING_NAMED',
        message: 'Neither guests nor storages are named.',
        hints: [`For example: pmx pool ${this.id?.split(':')[1]} ${pool} web-01 --storage local`],
      });
    }
    const guests =
      targets.length === 0 && !selected
        ? []
        : await selectGuests(
            this.session,
            { words: targets, flags: this.parsedFlags },
            { noun: 'guest' },
          );
    return { pool, guests, storages };
  }
}
