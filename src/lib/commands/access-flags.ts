import { Flags } from '@oclif/core';

import type { Subject } from '../operations/access/names.js';
import { parseExpiry } from '../operations/access/expiry.js';
import type { UserFields } from '../operations/access/user.js';

export const expiryFlag = Flags.custom<number>({
  description:
    'Until when it is good: never, a time from now (12h, 90d, 52w) or a date (2027-01-31).',
  helpValue: 'WHEN',
  parse: async (value) => parseExpiry(value),
});

/** What `access user create` and `set` have in common. */
export const userFlags = {
  group: Flags.string({
    description:
      'Group that the user is in; may be given several times. With set: instead of the old ones.',
    helpValue: 'GROUP',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  comment: Flags.string({ description: 'What it is for.', helpValue: 'TEXT' }),
  email: Flags.string({ description: 'Address for mails of the server.', helpValue: 'ADDRESS' }),
  'first-name': Flags.string({ description: 'First name.', helpValue: 'NAME' }),
  'last-name': Flags.string({ description: 'Last name.', helpValue: 'NAME' }),
  expire: expiryFlag(),
  disable: Flags.boolean({ description: 'Let nobody log in as this user.' }),
};

interface UserFlagValues {
  group?: string[] | undefined;
  comment?: string | undefined;
  email?: string | undefined;
  'first-name'?: string | undefined;
  'last-name'?: string | undefined;
  expire?: number | undefined;
  disable?: boolean | undefined;
  enable?: boolean | undefined;
}

export function userFields(given: UserFlagValues): UserFields {
  const { group, comment, email, expire, disable, enable } = given;
  const { 'first-name': firstName, 'last-name': lastName } = given;
  return {
    // `--group ''` means none.
    ...(group !== undefined && { groups: group.filter((name) => name !== '') }),
    ...(comment !== undefined && { comment }),
    ...(email !== undefined && { email }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(expire !== undefined && { expire }),
    ...((disable || enable) && { enable: enable === true }),
  };
}

/** Whom a change of an ACL is about. */
export const subjectFlags = {
  role: Flags.string({
    description: 'Role; may be given several times.',
    helpValue: 'ROLE',
    required: true,
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  user: Flags.string({
    description: 'User; may be given several times.',
    helpValue: 'USER@REALM',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  group: Flags.string({
    description: 'Group; may be given several times.',
    helpValue: 'GROUP',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
  token: Flags.string({
    description: 'API token; may be given several times.',
    helpValue: 'USER@REALM!TOKEN',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
  }),
};

export function subjectsOf(given: {
  user?: string[] | undefined;
  group?: string[] | undefined;
  token?: string[] | undefined;
}): Subject[] {
  return (['user', 'group', 'token'] as const).flatMap((type) =>
    (given[type] ?? []).map((name) => ({ type, name })),
  );
}
