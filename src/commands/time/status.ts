import { args, type Column, ListCommand } from '@pmx-cli/kit';

import { targetsOf, vm } from '../../lib/operations/guest/kind.js';
import type { TimeStatus as Status } from '../../lib/operations/time/status.js';

export default class TimeStatus extends ListCommand<Status> {
  static override summary = 'Show the clocks of VMs and their open shifts.';
  static override description = `Without a VM: those that were shifted from this machine and not restored yet. Nothing is run in the guests.`;
  static override examples = [
    '<%= config.bin %> time status',
    '<%= config.bin %> time status jump-01 --json',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };

  protected readonly whenEmpty = 'No shift is open.';
  protected readonly columns: ReadonlyArray<Column<Status>> = [
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'name', value: (row) => row.name },
    { header: 'guest', value: (row) => row.guest ?? row.problem ?? undefined },
    { header: 'offset', value: (row) => offsetText(row.offset), align: 'right' },
    { header: 'rtc', value: (row) => row.rtc ?? undefined },
    { header: 'ntp', value: (row) => row.ntp?.join(',') || undefined },
    { header: 'shift', value: (row) => row.shift?.to },
    {
      header: 'restore',
      value: (row) => (row.shift?.due ? 'due' : row.shift?.restoreAt) ?? undefined,
    },
    { header: 'host', value: (row) => row.host, wide: true },
    { header: 'node', value: (row) => row.node, wide: true },
    { header: 'reason', value: (row) => row.shift?.reason ?? undefined, wide: true },
  ];

  protected override async list(): Promise<Status[]> {
    const [{ readStatus }, inventory, pve] = await Promise.all([
      import('../../lib/operations/time/status.js'),
      this.inventory(),
      this.pve(),
    ]);
    const { state } = this.session.paths;
    const guests =
      this.positionals.length > 0
        ? await inventory.resolveGuests(this.positionals, targetsOf(vm))
        : await this.#shifted();
    return Promise.all(guests.map((guest) => readStatus(pve, guest, state)));
  }

  async #shifted(): ReturnType<Awaited<ReturnType<TimeStatus['inventory']>>['guests']> {
    const [{ dueRecords }, inventory, pve] = await Promise.all([
      import('../../lib/operations/time/due.js'),
      this.inventory(),
      this.pve(),
    ]);
    const present = await inventory.freshGuests();
    const { guests, missing } = await dueRecords(pve, present, this.session.paths.state, {
      all: true,
      words: [],
    });
    for (const text of missing) this.output.warn(text);
    return guests;
  }
}

/** `-3.2 y`, `+41 ms`: a person wants its size, machines have the milliseconds. */
function offsetText(millis: number | null): string | undefined {
  if (millis === null) return undefined;
  const size = Math.abs(millis);
  const [divisor, unit] =
    size >= 31_557_600_000
      ? [31_557_600_000, 'y']
      : size >= 86_400_000
        ? [86_400_000, 'd']
        : size >= 1000
          ? [1000, 's']
          : [1, 'ms'];
  const number = (size / divisor).toFixed(divisor === 1 ? 0 : 1);
  return `${millis < 0 ? '-' : '+'}${number} ${unit}`;
}
