import type { ErrorEntry } from '../entry.js';

/** Rights worked out beforehand, and waiting. */
export const permissions: readonly ErrorEntry[] = [
  {
    code: 'PMX_ROOT_ONLY',
    title: 'Only root@pam with its password may',
    meaning:
      'The plan holds options that Proxmox VE takes from root@pam with a ticket only: no role, and no token of root@pam, is enough. Nothing was sent.',
    causes: [
      'args, affinity, arch, lock, hookscript, hugepages, vmgenid and the like.',
      'Devices of the host: serialN=/dev/…, usbN=host=…, hostpciN without mapping=.',
      'Disks by path: scsiN=/dev/sdb, import-from=/path.',
      'skiplock.',
    ],
    remedies: [
      'Leave the option out, if it can be: for hostpci and usb use mapping=NAME.',
      'Or do it on the node: qm set VMID --args …',
      'Or log in as root@pam without a token: pmx login NAME --host HOST --user root@pam --no-create-token',
    ],
  },
  {
    code: 'PMX_ROLE_NOT_ENOUGH',
    title: 'No role is enough for that',
    meaning:
      'One of the command lines needs what only root@pam with its password may, so no role was made.',
    causes: ['It sets an option such as args, or a device of the host.'],
    remedies: [
      'See which call it is: pmx auth can-i "vm create NAME --template TEMPLATE"',
      'Leave that command line out.',
    ],
  },
  {
    code: 'PMX_ROLE_EXISTS',
    title: 'There is a role of that name',
    meaning: 'It has other privileges, and pmx changes no roles of others.',
    causes: ['It was worked out earlier for other command lines.'],
    remedies: [
      'See it: pmx api get /access/roles',
      'Take another name: pmx auth role --for "vm list" --token USER@REALM!NAME --name Other --apply',
      'Or remove it; on a node: pveum role delete ROLE',
    ],
  },
  {
    code: 'PMX_ROLE_FOR_NOBODY',
    title: 'Whom the roles are for is missing',
    meaning:
      '--apply gives rights, and neither --token nor --user says to whom. Nothing was changed.',
    causes: ['Without --apply the roles are only printed, and nobody needs to be named.'],
    remedies: [
      'For a token and its user: pmx auth role --for "vm list" --token USER@REALM!NAME --apply',
      'For a user: pmx auth role --for "vm list" --user USER@REALM --apply',
    ],
  },
  {
    code: 'PMX_INVALID_ROLE_NAME',
    title: 'Not a name for a role',
    meaning:
      'It has letters, digits, . _ and -, and does not begin with PVE, which is for the built-in ones.',
    causes: ['Blanks, or a name such as PVEBuilder.'],
    remedies: ['pmx auth role --for "vm list" --name Builder'],
  },
  {
    code: 'PMX_NO_PLAN',
    title: 'That command has no plan to look at',
    meaning:
      'can-i, role and preflight look at the plan of a command; this one does more than plan.',
    causes: ['Commands that start, record or ask something themselves.'],
    remedies: ['Ask about a command that has --dry-run, or one that only reads.'],
  },
  {
    code: 'PMX_COMMAND_UNKNOWN',
    title: 'The command in question does not exist',
    meaning: 'The command line that was asked about begins with no command of pmx.',
    causes: ['A typing error.', 'Flags stand before noun and verb.'],
    remedies: ['See what there is: pmx help', 'pmx auth can-i "vm create web-01 --template base"'],
  },
  {
    code: 'PMX_INVALID_COMMAND_LINE',
    title: 'The command line in question cannot be split',
    meaning: 'A quote or backslash in it has no end.',
    causes: ['The outer shell took quotes away.'],
    remedies: ['Give it unquoted behind --: pmx auth can-i -- vm create web-01 --template base'],
  },
  {
    code: 'PMX_CONTEXT_INSIDE',
    title: 'A context inside of the command in question',
    meaning: 'The command around it decides which server is asked.',
    causes: ['A whole command line was pasted, with --context in it.'],
    remedies: ['Give it outside: pmx auth can-i --context lab "vm list"'],
  },
  {
    code: 'PMX_GUEST_NOT_FOUND',
    title: 'There is no such guest',
    meaning: 'No VM and no container has that name or id, or matches that range or pattern.',
    causes: [
      'A typing error, or it is on another server: look at the context.',
      'The token may not see it: without VM.Audit Proxmox VE leaves guests out.',
    ],
    remedies: [
      'See the VMs: pmx vm list',
      'See what you may: pmx api get /access/permissions path=/vms',
      'To wait until it is gone: pmx wait VM --for deleted',
    ],
  },
  {
    code: 'PMX_GUEST_GONE',
    title: 'The guest has gone',
    meaning: 'It was there when the waiting began, and is no longer on its node.',
    causes: ['Somebody deleted it.', 'It was migrated to another node, by hand or by HA.'],
    remedies: [
      'See where it is: pmx vm list',
      'See its tasks: pmx task list --vmid VMID',
      'Wait again: pmx wait VM --for running',
    ],
  },
  {
    code: 'PMX_INVALID_DURATION',
    title: 'Not a time',
    meaning:
      'A number with ms, s, m or h, more than 0 and at most 24h; several go together: 1h30m.',
    causes: ['A comma in the number, or min instead of m.'],
    remedies: ['pmx wait web-01 --for ip --timeout 5m'],
  },
];
