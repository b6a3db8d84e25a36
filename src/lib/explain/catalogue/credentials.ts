import type { ErrorEntry } from '../entry.js';

/** Who you are, and what you may. */
export const credentials: readonly ErrorEntry[] = [
  {
    code: 'PMX_AUTH_FAILED',
    title: 'The server does not accept the login',
    meaning:
      'Proxmox VE answered 401, after its usual delay of 3 s. Since pve-manager 9.1.5 it says "Authentication failed!" for nearly every reason.',
    causes: [
      'The secret of the token is wrong, or belongs to another token.',
      'The token was removed or has expired, or its user is disabled.',
      'The realm is wrong: root@pam and root@pve are two users.',
      '"No ticket": a proxy on the way drops the Authorization header.',
    ],
    remedies: [
      'See who pmx says it is: pmx context show',
      'Log in again, with what the server asks for: pmx login NAME',
      'On a node: pveum user token list USER@REALM',
      'A lost secret cannot be read again, make a new one: pveum user token remove USER@REALM NAME && pveum user token add USER@REALM NAME',
      'Store it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_TFA_REQUIRED',
    title: 'A second factor is needed',
    meaning: 'The password is right, but the user has two-factor authentication.',
    causes: ['The context has a user without token, and TFA was enabled for that user or realm.'],
    remedies: [
      'Give the code: pmx login NAME --host HOST --user USER@REALM --otp CODE',
      'Use an API token, which needs no second factor; on a node: pveum user token add USER@REALM pmx --privsep 1',
      'Give it rights: pveum acl modify / --tokens "USER@REALM!pmx" --roles PVEAuditor',
      'Store it: pmx context add NAME --replace --host HOST --token-id USER@REALM!pmx --token-stdin',
    ],
  },
  {
    code: 'PMX_PERMISSION_DENIED',
    title: 'A privilege is missing',
    meaning:
      'Proxmox VE checked the rights of this user or token and refused. The message names path and privilege, when the server does.',
    causes: [
      'The ACL was given to the user only: a privilege-separated token has what both it and its user were granted.',
      'An ACL on a deeper path replaces the one from above: a role on /vms/900 takes away what /vms gave there.',
      'Without propagate, an ACL on /vms or /storage says nothing about a single guest or storage.',
      'A bridge needs SDN.Use on /sdn/zones/localnetwork/BRIDGE, for a VLAN on …/BRIDGE/TAG.',
      '"Permission check failed" without path: often VM.Allocate on /vms/VMID for a create or clone.',
      '"need proper ticket": the call (passwords, tokens) takes a login with a password, no API token.',
    ],
    remedies: [
      'See what a command needs and what is missing: pmx auth can-i "vm create NAME --template TEMPLATE"',
      'Work out the least role for it, with rights that see everything: pmx auth role --for "vm create NAME --template TEMPLATE" --token USER@REALM!NAME',
      'See what you have: pmx api get /access/permissions',
      'See what you have on one path: pmx api get /access/permissions path=/vms/101',
      'On a node, for both: pveum acl modify PATH --users USER@REALM --tokens "USER@REALM!NAME" --roles ROLE',
      'On a node, a role of your own: pveum role add Pmx --privs "VM.Audit,VM.PowerMgmt"',
    ],
  },
  {
    code: 'PMX_NO_SECRET',
    title: 'There is no secret to log in with',
    meaning: 'Server and identity are known, the secret of the token or the password is not.',
    causes: [
      'The context was made on another machine: secrets do not travel with config.yaml.',
      'stdin was empty, for example because the variable in the pipe is not set.',
      'PMX_HOST is set, but PMX_TOKEN_ID and PMX_TOKEN_SECRET (or PMX_USER and PMX_PASSWORD) are not both.',
      'The endpoint of the context was edited by hand: a secret is good for the server it was stored for.',
    ],
    remedies: [
      'Store it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
      'In CI: set PMX_HOST, PMX_TOKEN_ID and PMX_TOKEN_SECRET.',
      'See what is stored: pmx context show',
    ],
  },
  {
    code: 'PMX_SECRETS_EXPOSED',
    title: 'Others can read a file with secrets',
    meaning:
      'A file that holds secrets is readable for the group or for everybody; pmx refuses it.',
    causes: [
      'It was copied or restored from a backup with a loose umask.',
      'It lies on a file system without Unix modes (a Windows drive, some network shares).',
    ],
    remedies: [
      'chmod 600 on the file that the message names.',
      'Then replace the tokens in it, for others may have read them; on a node: pveum user token remove USER@REALM NAME',
      'Store the new ones: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_SECRETS_UNREADABLE',
    title: 'The file with secrets cannot be read',
    meaning: 'The secrets file is damaged, or this user may not read it.',
    causes: [
      'It was edited by hand and is no valid JSON any more.',
      'pmx once ran with sudo, and the file belongs to root.',
    ],
    remedies: [
      'Make it your own: chown "$USER" FILE && chmod 600 FILE',
      'Damaged: move it away, and store the secrets again: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
];
