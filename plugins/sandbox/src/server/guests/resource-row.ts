import type { GuestFigures } from '../engine/engine.js';
import { containerResourceRow } from '../lxc/status.js';
import { resourceRow as vmResourceRow } from '../qemu/status.js';
import type { Vm } from '../state/model.js';

/** A guest's row in cluster/resources, as pvestatd would tell it. */
export function resourceRow(guest: Vm, used: GuestFigures): Record<string, unknown> {
  return guest.kind === 'lxc' ? containerResourceRow(guest) : vmResourceRow(guest, used);
}
