import { type Column, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, guestPath, targetsOf } from '../../operations/guest/kind.js';

export interface PendingOption {
  key: string;
  /** What the guest runs with; null when it is not set. */
  current: string | null;
  /** What it has from the next start on; null when nothing waits, or when it goes. */
  pending: string | null;
  /** It goes with the next start. */
  delete: boolean;
}

interface Row {
  key: string;
  value?: string | number;
  pending?: string | number;
  delete?: number;
}

/** `vm pending` and `ct pending`. */
export abstract class GuestPendingCommand extends ListCommand<PendingOption> {
  static override flags = {
    all: Flags.boolean({ description: 'Also options that nothing waits for.' }),
  };

  protected abstract readonly kind: GuestKind;
  protected readonly whenEmpty = 'Nothing waits for the next start.';
  protected readonly columns: ReadonlyArray<Column<PendingOption>> = [
    { header: 'option', key: 'key', value: (row) => row.key },
    { header: 'current', value: (row) => row.current ?? undefined },
    {
      header: 'pending',
      value: (row) => (row.delete ? '(goes)' : (row.pending ?? undefined)),
    },
  ];

  protected override reference({ key }: PendingOption): string {
    return key;
  }

  protected override async list(): Promise<PendingOption[]> {
    const word = String(this.parsedArgs['guest']);
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests([word], targetsOf(this.kind));
    const rows = await (await this.pve()).get<Row[]>(`${guestPath(guest!)}/pending`);
    return rows
      .filter(({ key }) => key !== 'digest')
      .map((row) => ({
        key: row.key,
        current: row.value === undefined ? null : String(row.value),
        pending: row.pending === undefined ? null : String(row.pending),
        delete: row.delete !== undefined && row.delete !== 0,
      }))
      .filter((row) => this.parsedFlags['all'] === true || row.pending !== null || row.delete)
      .sort((a, b) => a.key.localeCompare(b.key, 'en', { numeric: true }));
  }
}
