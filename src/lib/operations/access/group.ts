import { type Plan, type PveReader, ref, text } from '@pmx-cli/kit';

import { grantItem } from './impact.js';
import { notFound, parseGroupName, taken } from './names.js';
import { readGrants, readGroups } from './read.js';

export interface GroupChanged {
  group: string;
}

const list = { list: '/access/groups', key: 'groupid' } as const;

/** @throws RequestError `PMX_INVALID_GROUP`, `PMX_ACCESS_EXISTS` */
export async function planGroupCreate(
  pve: PveReader,
  name: string,
  comment?: string,
): Promise<Plan> {
  parseGroupName(name);
  if ((await readGroups(pve)).some(({ group }) => group === name))
    throw taken('group', name, `See it: pmx access group show ${name}`);
  return {
    operation: 'access.group.create',
    target: `group ${name}`,
    title: `Create group ${name}`,
    steps: [
      {
        id: 'create',
        title: `Create group ${name}`,
        kind: 'pve.entry',
        args: { ...list, name, params: { comment } },
        bind: { made: 'name' },
        undo: [
          {
            title: `Remove group ${name}`,
            kind: 'pve.discard-entry',
            args: { ...list, name, made: text`${ref('made')}` },
          },
        ],
      },
    ],
    variables: { made: '' },
    result: { group: name },
  };
}

/** @throws RequestError `PMX_ACCESS_NOT_FOUND` */
export async function planGroupDeletes(pve: PveReader, names: readonly string[]): Promise<Plan[]> {
  const [groups, grants] = await Promise.all([readGroups(pve), readGrants(pve)]);
  return [...new Set(names)].map((name): Plan => {
    const group = groups.find((known) => known.group === name);
    if (!group)
      throw notFound(
        'group',
        name,
        groups.map((known) => known.group),
      );
    return {
      operation: 'access.group.delete',
      target: `group ${name}`,
      title: `Delete group ${name}`,
      steps: [
        {
          id: 'delete',
          title: `Delete group ${name}`,
          kind: 'pve.call',
          args: {
            method: 'DELETE',
            path: `/access/groups/${encodeURIComponent(name)}`,
          },
          destructive: true,
        },
      ],
      impact: {
        removes: [
          { what: 'group', name },
          ...grants.filter(({ type, who }) => type === 'group' && who === name).map(grantItem),
        ],
        keeps: group.users.map((user) => ({
          what: 'user',
          name: user,
          detail: 'without what the group gave',
        })),
      },
      result: { group: name },
    };
  });
}
