import type { ErrorEntry } from '../entry.js';

/** `pmx access …`: users, groups, roles, ACLs and tokens. */
export const access: readonly ErrorEntry[] = [
  {
    code: 'PMX_ACCESS_NOT_FOUND',
    title: 'There is no such user, group, role or token',
    meaning: 'The server lists none of that name to whoever pmx is logged in as.',
    causes: ['A typing error, or the realm is missing.', 'Your rights do not show it to you.'],
    remedies: ['pmx access user list', 'pmx auth test tells what you may see.'],
  },
  {
    code: 'PMX_ACCESS_EXISTS',
    title: 'The name is taken',
    meaning: 'There is a user, group, role or token of that name already; nothing was changed.',
    causes: ['It was made earlier, or by somebody else.'],
    remedies: ['Choose another name, or change what is there: pmx access user set'],
  },
  {
    code: 'PMX_INVALID_GROUP',
    title: 'Not the name of a group',
    meaning: 'Groups have letters, digits, dots, underscores and dashes in their names.',
    causes: ['A space, or a user where a group was expected.'],
    remedies: ['pmx access group list'],
  },
  {
    code: 'PMX_INVALID_ACL_PATH',
    title: 'Not a path of the access control list',
    meaning: 'Rights are given on paths that Proxmox VE knows, not on paths of the API.',
    causes: ['/nodes/pve1/qemu/101 where /vms/101 is meant.', 'A relative path.'],
    remedies: ['A guest is /vms/101, a storage /storage/local, a pool /pool/lab, everything is /.'],
  },
  {
    code: 'PMX_ACL_FOR_NOBODY',
    title: 'Whom the rights are for is missing',
    meaning: 'A role is given to users, groups or API tokens, and none was named.',
    causes: ['--user, --group or --token was left out.'],
    remedies: ['pmx access acl set /vms/101 --role PVEVMUser --user ann@pve'],
  },
  {
    code: 'PMX_ACL_NOT_FOUND',
    title: 'That right was not given there',
    meaning: 'Only what was given on a path itself can be taken away there.',
    causes: ['It is inherited from a path above, or comes from a group.', 'Another role is meant.'],
    remedies: ['pmx access acl list'],
  },
  {
    code: 'PMX_ACL_BLIND',
    title: 'The rights on that path cannot be seen',
    meaning:
      'The server lists rights only to those who may change them, so pmx could not put back what was there.',
    causes: ['Permissions.Modify is missing on that path.'],
    remedies: ['Log in as somebody who has it: pmx login'],
  },
  {
    code: 'PMX_INVALID_EXPIRY',
    title: 'Not a time to come',
    meaning: 'Users and tokens expire at a time to come, or never.',
    causes: ['A date that is over, or does not exist.', 'Another unit than h, d and w.'],
    remedies: ['For example: --expire 90d', 'For example: --expire 2027-01-31'],
  },
  {
    code: 'PMX_INVALID_PASSWORD',
    title: 'That password cannot be set',
    meaning: 'Proxmox VE takes 8 to 64 characters, and only for users of the realm pve.',
    causes: [
      'It is too short or too long.',
      'The users of that realm have their password elsewhere.',
    ],
    remedies: ['Leave --password-stdin out for other realms, and set it where they are kept.'],
  },
  {
    code: 'PMX_REALM_NOT_FOUND',
    title: 'There is no such realm',
    meaning: 'What stands behind the @ of a user is none of the realms of the server.',
    causes: ['A typing error.'],
    remedies: ['pmx access realm list'],
  },
  {
    code: 'PMX_ROOT_USER',
    title: 'The user root@pam cannot be deleted',
    meaning: 'Proxmox VE belongs to root@pam.',
    causes: ['It was named among the users to delete.'],
    remedies: ['Disable it instead: pmx access user set root@pam --disable'],
  },
  {
    code: 'PMX_ROLE_BUILT_IN',
    title: 'A built-in role',
    meaning: 'The roles that come with Proxmox VE can be given, not changed.',
    causes: ['A role of Proxmox VE itself was named.'],
    remedies: ['Make one of your own: pmx access role create Watcher --privilege VM.Audit'],
  },
  {
    code: 'PMX_PRIVILEGE_UNKNOWN',
    title: 'The server does not know that privilege',
    meaning: 'Privileges differ by version: VM.Monitor until 8, VM.GuestAgent.* since 9.',
    causes: ['A typing error, or a privilege of another version.'],
    remedies: ['pmx access role show Administrator'],
  },
];
