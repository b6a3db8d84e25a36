import type { Guest, Plan, PveReader, Step, Value } from '@pmx-cli/kit';
import { ref, RequestError } from '@pmx-cli/kit';

import { haSid } from '../guest/delete/references.js';
import { guestLabel } from '../guest/kind.js';
import type { HaRow } from './read.js';

const list = '/cluster/ha/resources';

export interface HaSettings {
  state?: string | undefined;
  max_restart?: number | undefined;
  max_relocate?: number | undefined;
  failback?: boolean | undefined;
  comment?: string | undefined;
}

export interface HaResult {
  vmid: number;
  name: string;
  sid: string;
  changed: boolean;
}

type Verb = 'add' | 'set' | 'remove';

/** @throws RequestError `PMX_HA_MANAGED`, `PMX_HA_UNMANAGED`, `PMX_NOTHING_TO_SET` */
export async function planHa(
  pve: PveReader,
  guests: readonly Guest[],
  verb: Verb,
  settings: HaSettings = {},
): Promise<Plan[]> {
  const rows = await pve.get<HaRow[]>(list);
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Record<string, string | number | boolean>;
  if (verb === 'set' && Object.keys(given).length === 0) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_SET',
      message: 'Nothing is said about what is to change.',
      hints: ['For example: pmx ha set web-01 --state stopped'],
    });
  }
  refuse(guests, rows, verb);
  return guests.map((guest) => planOne(guest, rows, verb, given));
}

function planOne(
  guest: Guest,
  rows: readonly HaRow[],
  verb: Verb,
  given: Record<string, string | number | boolean>,
): Plan {
  const sid = haSid(guest);
  const target = guestLabel(guest);
  const row = rows.find((known) => known.sid === sid);
  const title = {
    add: `Let HA manage ${target}`,
    set: `Change what HA does about ${target}`,
    remove: `Take ${target} out of HA`,
  }[verb];
  return {
    operation: `ha.${verb}`,
    target,
    title,
    steps: [stepOf(verb, title, sid, row, given)],
    variables: { made: '' },
    result: { vmid: guest.vmid, name: guest.name, sid, changed: true },
  };
}

function stepOf(
  verb: Verb,
  title: string,
  sid: string,
  row: HaRow | undefined,
  given: Record<string, string | number | boolean>,
): Step {
  const path = `${list}/${sid}`;
  switch (verb) {
    case 'add':
      return {
        id: 'add',
        title,
        kind: 'pve.entry',
        args: { list, key: 'sid', name: sid, params: given },
        bind: { made: 'name' },
        undo: [
          {
            title: `Take ${sid} out of HA again`,
            kind: 'pve.discard-entry',
            args: { list, key: 'sid', name: sid, made: ref('made') as never },
          },
        ],
      };
    case 'set':
      return {
        id: 'set',
        title,
        kind: 'pve.call',
        args: { method: 'PUT', path, params: given, idempotent: true },
        undo: [
          {
            title: `Set ${sid} back`,
            kind: 'pve.call',
            args: { method: 'PUT', path, params: before(row, given), idempotent: true },
          },
        ],
      };
    case 'remove':
      // Rules keep naming it, so that adding it again is all there is to do.
      return {
        id: 'remove',
        title,
        kind: 'pve.call',
        // Not idempotent: after a lost answer it has to be looked whether it is gone, for nothing takes it back.
        args: { method: 'DELETE', path, params: { purge: false } },
      };
  }
}

/** What was there, and what to delete for what was not. */
function before(
  row: HaRow | undefined,
  given: Record<string, string | number | boolean>,
): Record<string, Value> {
  const old = (row ?? {}) as unknown as Record<string, Value | undefined>;
  const names = Object.keys(given);
  const absent = names.filter((name) => old[name] === undefined);
  return {
    ...Object.fromEntries(
      names.filter((name) => old[name] !== undefined).map((name) => [name, old[name]!]),
    ),
    ...(absent.length > 0 && { delete: absent.join(',') }),
  };
}

function refuse(guests: readonly Guest[], rows: readonly HaRow[], verb: Verb): void {
  const isManaged = (guest: Guest): boolean => rows.some(({ sid }) => sid === haSid(guest));
  const wrong = guests.filter((guest) => isManaged(guest) === (verb === 'add'));
  if (wrong.length === 0) return;
  const names = wrong.map(guestLabel).join(', ');
  if (verb === 'add') {
    throw new RequestError({
      code: 'PMX_HA_MANAGED',
      message: `HA manages already: ${names}.`,
      hints: ['Change what it does: pmx ha set GUEST --state started'],
    });
  }
  throw new RequestError({
    code: 'PMX_HA_UNMANAGED',
    message: `HA does not manage: ${names}.`,
    hints: ['See what it manages: pmx ha list', 'Add them: pmx ha add GUEST'],
  });
}
