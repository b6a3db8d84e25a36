import type { Guest } from '@pmx-cli/kit';

import type { GuestConfig } from '../shared/guest-config.js';
import type { Manifest, Settings } from './document.js';
import { templateOf } from './notes.js';
import { isSo, shownOption, valueToSet, wantedOptions } from './options.js';
import { containerNetwork, vmNetwork } from './properties.js';
import {
  type Changes,
  compareNetworks,
  compareVolumes,
  noChanges,
  type WantedVolume,
} from './tables.js';

export interface GuestState {
  guest: Guest;
  config: GuestConfig;
}

/** Field by field; what the document does not speak of stays as it is. */
export function compareGuest(
  manifest: Manifest,
  { guest, config }: GuestState,
  isNew: (slot: string, volume: WantedVolume) => string,
): Changes {
  const { spec, metadata, kind } = manifest;
  const changes = noChanges();
  for (const wanted of wantedOptions(manifest)) {
    const { option, field, path, value } = wanted;
    if (isSo(wanted, config)) continue;
    changes.differences.push({
      field: path,
      current: shownOption(option, field, config[option]),
      wanted: shownOption(option, field, value),
      how: field.replace ? 'replace' : 'set',
    });
    if (field.replace) continue;
    const next = valueToSet(wanted, config);
    if (next === null) changes.remove.push(option);
    else changes.set[option] = next;
  }
  comparePlace(changes, manifest, guest, config);
  const isContainer = kind === 'Container';
  const { networks, disks, mounts, rootfs } = spec as Record<string, Settings | undefined>;
  if (networks)
    merge(changes, compareNetworks(networks, config, isContainer ? containerNetwork : vmNetwork));
  if (disks) merge(changes, compareVolumes('spec.disks', disks, config, isNew));
  if (mounts) merge(changes, compareVolumes('spec.mounts', mounts, config, isNew));
  if (rootfs !== undefined)
    merge(changes, compareVolumes('spec.rootfs', { rootfs }, config, isNew));
  const { pool } = metadata;
  if (pool !== undefined && (pool ?? undefined) !== guest.pool)
    changes.differences.push({
      field: 'metadata.pool',
      current: guest.pool ?? null,
      wanted: pool,
      how: 'pool',
    });
  const running = spec['running'];
  if (running !== undefined && running !== (guest.status === 'running'))
    changes.differences.push({
      field: 'spec.running',
      current: guest.status === 'running',
      wanted: running,
      how: 'power',
    });
  return changes;
}

/** Only a new guest could be elsewhere, have another id or come from another template. */
function comparePlace(
  changes: Changes,
  { metadata, spec }: Manifest,
  guest: Guest,
  config: GuestConfig,
): void {
  const differs = (field: string, current: unknown, wanted: unknown): void =>
    void changes.differences.push({ field, current, wanted, how: 'replace' });
  if (metadata.node !== undefined && metadata.node !== guest.node)
    differs('metadata.node', guest.node, metadata.node);
  if (metadata.vmid !== undefined && metadata.vmid !== guest.vmid)
    differs('metadata.vmid', guest.vmid, metadata.vmid);
  const origin = templateOf(config['description']);
  const template = spec['template'];
  if (guest.type !== 'qemu' || template === undefined || !origin) return;
  if (String(template) !== String(origin.vmid) && template !== origin.name)
    differs('spec.template', origin.name, template);
}

function merge(into: Changes, from: Changes): void {
  into.differences.push(...from.differences);
  Object.assign(into.set, from.set);
  into.remove.push(...from.remove);
  into.resizes.push(...from.resizes);
}
