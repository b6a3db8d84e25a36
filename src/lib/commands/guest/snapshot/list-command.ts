import { type Column, ListCommand } from '@pmx-cli/kit';

import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';
import type { Snapshot } from '../../../operations/guest/snapshot/read.js';
import { timestamp } from '../../../output/format.js';

/** What `vm snapshot list` and `ct snapshot list` have in common. */
export abstract class SnapshotListCommand extends ListCommand<Snapshot> {
  protected abstract readonly kind: GuestKind;
  protected readonly whenEmpty = 'No snapshots.';
  /** Lines of the tree in front of the names. */
  #lines = new Map<Snapshot, string>();
  #guests = 1;

  protected get columns(): ReadonlyArray<Column<Snapshot>> {
    const guest: ReadonlyArray<Column<Snapshot>> = [
      { header: 'vmid', value: (row) => row.vmid, align: 'right' },
      { header: 'guest', value: (row) => row.guest },
    ];
    return [
      ...(this.#guests > 1 ? guest : guest.map((column) => ({ ...column, wide: true }))),
      { header: '', key: 'current', value: (row) => (row.current ? '*' : ' ') },
      { header: 'name', value: (row) => `${this.#lines.get(row) ?? ''}${row.name}` },
      { header: 'taken', key: 'takenSeconds', value: (row) => timestamp(row.takenSeconds) },
      { header: 'memory', key: 'vmstate', value: (row) => (row.vmstate ? 'yes' : 'no') },
      { header: 'parent', value: (row) => row.parent, wide: true },
      { header: 'description', value: (row) => row.description.split('\n')[0] },
    ];
  }

  protected override async list(): Promise<Snapshot[]> {
    const { selectGuests } = await import('@pmx-cli/kit');
    const [{ readSnapshots }, { treeOf }, { inParallel }] = await Promise.all([
      import('../../../operations/guest/snapshot/read.js'),
      import('../../../operations/guest/snapshot/tree.js'),
      import('../../../operations/shared/parallel.js'),
    ]);
    const words = { words: this.positionals, flags: this.parsedFlags };
    const guests = await selectGuests(this.session, words, targetsOf(this.kind));
    this.#guests = guests.length;
    const pve = await this.pve();
    const rows = (await inParallel(guests, (guest) => readSnapshots(pve, guest))).flatMap(treeOf);
    // In another order, or with gaps, the lines would lead nowhere.
    const whole =
      this.parsedFlags['sort-by'] === undefined && this.parsedFlags['filter'] === undefined;
    this.#lines = new Map(whole ? rows.map(({ snapshot, lines }) => [snapshot, lines]) : []);
    return rows.map(({ snapshot }) => snapshot);
  }
}
