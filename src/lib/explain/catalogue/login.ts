import type { ErrorEntry } from '../entry.js';

/** Logging in and out. */
export const login: readonly ErrorEntry[] = [
  {
    code: 'PMX_HOST_MISSING',
    title: 'Log in where?',
    meaning:
      'The context does not exist yet, no host was given, and there is no terminal to ask at.',
    causes: [
      'A script runs pmx login without --host.',
      'A typing error in the name of a context that exists.',
    ],
    remedies: [
      'See those there are: pmx context list',
      'Name the server: pmx login NAME --host pve1.example.org --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_USER_MISSING',
    title: 'Log in as whom?',
    meaning: 'Neither a user nor a token was given, and there is no terminal to ask at.',
    causes: ['A script runs pmx login without --user and --token-id.'],
    remedies: [
      'With an API token: pmx login NAME --host HOST --token-id USER@REALM!NAME --token-stdin',
      'With a password: pmx login NAME --host HOST --user root@pam --password-stdin --create-token',
    ],
  },
  {
    code: 'PMX_INVALID_USER',
    title: 'Not a user',
    meaning: 'A user is a name without blanks, : / and !, with its realm: ci@pve.',
    causes: [
      'An API token (USER@REALM!NAME) was given as user: that is --token-id, or --token of pmx auth role.',
      'The realm is missing.',
    ],
    remedies: [
      'On a node: pveum user list',
      'Log in as a user: pmx login NAME --host HOST --user root@pam',
    ],
  },
  {
    code: 'PMX_INVALID_SECRET',
    title: 'Not a secret',
    meaning:
      'A secret is one line without control characters, a secret of a token has no blanks either. It was not sent, stored or shown.',
    causes: ['A whole file, or id=secret, was piped.', 'The file has Windows line ends.'],
    remedies: [
      'Pipe exactly the secret: printf %s "$SECRET" | pmx login NAME --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_REALM_UNKNOWN',
    title: 'The server has no such realm',
    meaning:
      'Each user belongs to a realm: pam (of the node), pve (of Proxmox VE), or one of LDAP, AD or OpenID.',
    causes: [
      'A typing error, or the realm has another name on this server.',
      'User and --realm name two realms.',
    ],
    remedies: [
      'See the realms: pmx api get /access/domains',
      'Without a login, on a node: pveum realm list',
      'Name it once: pmx login NAME --host HOST --user root@pam',
    ],
  },
  {
    code: 'PMX_TFA_UNSUPPORTED',
    title: 'This second factor needs a browser',
    meaning:
      'The user has only hardware keys (WebAuthn, U2F), which a command line cannot ask. Codes (TOTP) and recovery keys work.',
    causes: ['No TOTP is set up for the user.'],
    remedies: [
      'Make an API token in the web interface: Datacenter → Permissions → API Tokens.',
      'Then: pmx login NAME --host HOST --token-id USER@REALM!NAME',
      'Or set up TOTP there too, and give its code: pmx login NAME --host HOST --user USER@REALM --otp CODE',
    ],
  },
  {
    code: 'PMX_LOGIN_UNDECIDED',
    title: 'What shall be kept of this login?',
    meaning:
      'The password is right. pmx stores no passwords, so it must make an API token or keep nothing.',
    causes: ['A script logs in with --password-stdin and does not say which.'],
    remedies: [
      'Make a token: pmx login NAME --host HOST --user USER@REALM --password-stdin --create-token --role operator',
      'Keep nothing, and set PMX_PASSWORD each time: pmx login NAME --host HOST --user USER@REALM --password-stdin --no-create-token',
    ],
  },
  {
    code: 'PMX_CANNOT_GRANT',
    title: 'You may not give the token its rights',
    meaning:
      'A new token begins without rights, and this user may not grant any (Permissions.Modify). Nothing was made.',
    causes: ['The user is no administrator on the path that the message names.'],
    remedies: [
      "On a node, as root: pveum user token add USER@REALM pmx --privsep 1 && pveum acl modify / --tokens 'USER@REALM!pmx' --roles PVEAuditor",
      'Then: pmx login NAME --host HOST --token-id USER@REALM!pmx',
      'Or without a token: pmx login NAME --host HOST --user USER@REALM --no-create-token',
    ],
  },
  {
    code: 'PMX_ROLE_DIFFERS',
    title: 'A role of that name is another one',
    meaning:
      'pmx makes roles for its jobs. The server has one of that name with other privileges, and pmx does not change it.',
    causes: ['An older pmx made it, or somebody adapted it.'],
    remedies: [
      'See it: pmx api get /access/roles',
      'On a node, with the list of the message: pveum role modify ROLE --privs PRIVILEGES',
      'Or take another job: pmx login NAME --host HOST --user USER@REALM --create-token --role read-only',
    ],
  },
  {
    code: 'PMX_TOKEN_EXISTS',
    title: 'There is a token of that name',
    meaning: 'Its secret cannot be read again, so pmx cannot use it.',
    causes: ['An earlier login made it, perhaps on another machine that still needs it.'],
    remedies: [
      'Take another name: pmx login NAME --host HOST --user USER@REALM --create-token --token-name pmx2',
      'Or remove it, when nobody uses it; on a node: pveum user token remove USER@REALM TOKEN',
    ],
  },
  {
    code: 'PMX_INVALID_TOKEN_NAME',
    title: 'Not a name for a token',
    meaning: 'It begins with a letter and has two or more letters, digits, . _ or -.',
    causes: [
      'The whole id (USER@REALM!NAME) was given.',
      'A single character: Proxmox VE wants two.',
    ],
    remedies: ['pmx login NAME --host HOST --user USER@REALM --create-token --token-name pmx'],
  },
  {
    code: 'PMX_NO_TOKEN',
    title: 'There is no token to revoke',
    meaning: 'The context logs in with a user, so there is nothing to remove from the server.',
    causes: ['It was made with --no-create-token.'],
    remedies: ['Without --revoke: pmx logout NAME'],
  },
  {
    code: 'PMX_SEES_NOTHING',
    title: 'The login is right, but sees nothing',
    meaning: 'The server accepts the identity and shows it no guest, storage or pool.',
    causes: [
      'The token is privilege-separated, and was granted nothing itself.',
      'Its user has no rights, so the token has none either.',
    ],
    remedies: [
      "On a node: pveum acl modify / --tokens 'USER@REALM!NAME' --roles PVEAuditor (and --users USER@REALM)",
      'Or make a token with rights: pmx login NAME --host HOST --user USER@REALM --create-token',
      'Work out the least rights for what you want: pmx auth role --for "vm list" --token USER@REALM!NAME',
    ],
  },
  {
    code: 'PMX_INVALID_PROXY',
    title: 'Not a proxy',
    meaning: 'It takes http://HOST:PORT, without user, password and path.',
    causes: [
      'A SOCKS or https:// proxy.',
      'A user and password in the URL: pmx sends none to proxies.',
    ],
    remedies: ['pmx login NAME --host HOST --proxy http://proxy.example.org:3128'],
  },
  {
    code: 'PMX_PROXY_FAILED',
    title: 'The proxy does not let pmx through',
    meaning:
      'pmx asks the proxy for a tunnel (CONNECT) to the server. It came to none, so nothing was sent to the server.',
    causes: [
      'The proxy allows CONNECT to port 443 only, and Proxmox VE listens on 8006.',
      '407: it wants a password, which pmx does not send.',
      'Host or port of the proxy is wrong, or it is no HTTP proxy.',
    ],
    remedies: [
      'See the proxy of the context: pmx context show',
      'squid: add 8006 to the ACLs SSL_ports and Safe_ports.',
      'Or let Proxmox VE answer on 443 too (nginx on the node, proxy_pass https://localhost:8006).',
    ],
  },
];
