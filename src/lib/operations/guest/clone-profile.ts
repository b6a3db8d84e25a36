import { parseIpConfig, parseMemory } from '@pmx-cli/kit';

import type { ProfileValues } from '../profile/read.js';

/** Fields of a profile that are options of the API by the same name. */
const plain = [
  'cores',
  'sockets',
  'cpu',
  'numa',
  'machine',
  'scsihw',
  'ostype',
  'vga',
  'agent',
  'onboot',
  'nameserver',
  'searchdomain',
] as const;
const places = ['node', 'storage', 'pool'] as const;
/** How the source is found or copied is said by the command itself. */
const moot = new Set(['template', 'iso', 'empty', 'linked', 'full', 'start']);

/** What a profile for new VMs means for a clone: its disks and devices are those of the source. */
export function profileForClone(values: ProfileValues): {
  set: Record<string, string | number>;
  places: Record<string, string>;
  notes: string[];
} {
  const set: Record<string, string | number> = {};
  for (const name of plain) {
    const value = values[name];
    if (value !== undefined) set[name] = typeof value === 'boolean' ? Number(value) : String(value);
  }
  for (const name of ['memory', 'balloon'])
    if (values[name] !== undefined) set[name] = parseMemory(String(values[name]));
  if (values['tags'] !== undefined) set['tags'] = [values['tags']].flat().join(';');
  if (values['user'] !== undefined) set['ciuser'] = String(values['user']);
  if (values['ip'] !== undefined) set['ipconfig0'] = parseIpConfig(String(values['ip']));
  const used = new Set<string>([...plain, ...places, 'memory', 'balloon', 'tags', 'user', 'ip']);
  const left = Object.keys(values).filter((name) => !used.has(name) && !moot.has(name));
  return {
    set,
    places: Object.fromEntries(
      places.flatMap((name) => (values[name] === undefined ? [] : [[name, String(values[name])]])),
    ),
    notes:
      left.length > 0
        ? [
            `The clone has the devices of its source; the profile's ${left.join(', ')} are left out.`,
          ]
        : [],
  };
}
