import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import { stringify } from 'yaml';

import { guestPath } from '../guest/kind.js';
import { readPool } from '../pool/read.js';
import type { GuestConfig } from '../shared/guest-config.js';
import { shareReads } from '../shared/shared-reads.js';
import type { Settings } from './document.js';
import { poolNameOf } from './find.js';
import type { Fields } from './field.js';
import { apiVersion, type Kind, kinds } from './fields.js';
import { templateOf } from './notes.js';
import { isSo, shownOption } from './options.js';
import { containerNetwork, vmNetwork } from './properties.js';
import { shownNetwork, shownVolume } from './tables.js';

export interface ExportedManifest {
  apiVersion: string;
  kind: Kind;
  metadata: Settings;
  spec: Settings;
}

const topics = {
  vm: { type: 'qemu', template: false, noun: 'VM' },
  ct: { type: 'lxc', template: false, noun: 'container' },
  template: { type: 'qemu', template: true, noun: 'template' },
} as const;

/**
 * `vm/web-01`, `ct/proxy`, `template/debian-12`, `pool/lab` → documents that say how they are.
 * @throws RequestError `PMX_INVALID_TARGET`, `PMX_…_NOT_FOUND`
 */
export async function exportManifests(
  reader: PveReader,
  known: Inventory,
  words: readonly string[],
): Promise<ExportedManifest[]> {
  const { pve, inventory } = shareReads(reader, known);
  const documents: ExportedManifest[] = [];
  for (const word of words) {
    const [, topic = '', name = ''] = /^(\w+)\/(.+)$/.exec(word) ?? [];
    if (topic === 'pool') documents.push(await exportPool(pve, name));
    else if (Object.hasOwn(topics, topic)) {
      const guests = await inventory.resolveGuests([name], topics[topic as keyof typeof topics]);
      for (const guest of guests) documents.push(await exportGuest(pve, guest));
    } else {
      throw new RequestError({
        code: 'PMX_INVALID_TARGET',
        message: `'${word}' is not KIND/NAME with vm, ct, template or pool as its kind.`,
        hints: ["For example: pmx export vm/web-01 ct/proxy pool/lab, or 'vm/web-*'"],
      });
    }
  }
  return documents;
}

/** As a file with a document for each. */
export function toYaml(documents: readonly ExportedManifest[]): string {
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

async function exportPool(pve: PveReader, name: string): Promise<ExportedManifest> {
  const { pool, comment } = await readPool(pve, name);
  return {
    apiVersion,
    kind: 'Pool',
    metadata: { name: pool },
    spec: comment === undefined || comment === '' ? {} : { comment },
  };
}

async function exportGuest(pve: PveReader, listed: Guest): Promise<ExportedManifest> {
  const config = await pve.get<GuestConfig>(`${guestPath(listed)}/config`);
  const fresh = { ...listed, pool: await poolNameOf(pve, listed) };
  const kind: Kind =
    fresh.type === 'lxc' ? 'Container' : fresh.template ? 'Template' : 'VirtualMachine';
  const tags = shownOption('tags', kinds[kind].metadata['tags']!, config['tags'] ?? '');
  const metadata: Settings = {
    name: String(config[kind === 'Container' ? 'hostname' : 'name'] ?? fresh.name),
    vmid: fresh.vmid,
    node: fresh.node,
    ...(fresh.pool !== undefined && { pool: fresh.pool }),
    ...((tags as string[]).length > 0 && { tags }),
  };
  const spec: Settings = {};
  const origin = templateOf(config['description']);
  if (kind === 'VirtualMachine' && origin) spec['template'] = origin.name;
  if (kind !== 'Template') spec['running'] = fresh.status === 'running';
  Object.assign(spec, optionsOf(config, kinds[kind].spec), tablesOf(config, kind));
  return { apiVersion, kind, metadata, spec };
}

/** Options that are not as they would be anyway. */
function optionsOf(config: GuestConfig, fields: Fields): Settings {
  const shown: Settings = {};
  for (const [name, field] of Object.entries(fields)) {
    if (name === 'cloudInit') {
      const inner = { ...optionsOf(config, field.fields!), ...addressesOf(config) };
      if (Object.keys(inner).length > 0) shown[name] = inner;
    }
    const { option } = field;
    if (option === undefined || config[option] === undefined) continue;
    if (isSo({ path: name, option, value: null, field }, config)) continue;
    shown[name] = shownOption(option, field, config[option]);
  }
  return shown;
}

function addressesOf(config: GuestConfig): Settings {
  const entries = Object.entries(config)
    .filter(([option]) => /^ipconfig\d+$/.test(option))
    .map(([option, value]) => [
      `net${option.slice('ipconfig'.length)}`,
      String(value).replace(/^ip=/, ''),
    ]);
  return entries.length > 0 ? { addresses: Object.fromEntries(entries) as Settings } : {};
}

function tablesOf(config: GuestConfig, kind: Kind): Settings {
  const table = (pattern: RegExp, show: (slot: string, text: string) => unknown): Settings =>
    Object.fromEntries(
      Object.entries(config)
        .filter(([slot, value]) => pattern.test(slot) && isVolumeOrNet(slot, String(value)))
        .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
        .map(([slot, value]) => [slot, show(slot, String(value))]),
    );
  const syntax = kind === 'Container' ? containerNetwork : vmNetwork;
  const found = {
    disks:
      kind === 'Container'
        ? {}
        : table(/^(?:(?:ide|sata|scsi|virtio)\d+|efidisk0|tpmstate0)$/, shownVolume),
    mounts: kind === 'Container' ? table(/^mp\d+$/, shownVolume) : {},
    networks: table(/^net\d+$/, (slot, text) => shownNetwork(slot, syntax.read(text), syntax)),
  };
  return {
    ...(kind === 'Container' &&
      config['rootfs'] !== undefined && {
        rootfs: shownVolume('rootfs', String(config['rootfs'])),
      }),
    ...Object.fromEntries(
      Object.entries(found).filter(([, entries]) => Object.keys(entries).length > 0),
    ),
  };
}

/** Devices and directories of the node are no part of a document. */
function isVolumeOrNet(slot: string, value: string): boolean {
  return slot.startsWith('net') || !value.startsWith('/');
}
