import type { ErrorEntry } from '../entry.js';

/** Which server is meant. */
export const contexts: readonly ErrorEntry[] = [
  {
    code: 'PMX_NO_CONTEXT',
    title: 'No server is chosen',
    meaning: 'There is no current context, and neither --context nor PMX_HOST names a server.',
    causes: ['pmx is new on this machine.', 'The current context was removed.'],
    remedies: [
      'Set pmx up, step by step: pmx init',
      'Log in to a server: pmx login',
      'Add a server with its token: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
      'Choose one that is there: pmx context use NAME',
      'Try pmx without a server: pmx sandbox start --detach',
    ],
  },
  {
    code: 'PMX_CONTEXT_NOT_FOUND',
    title: 'There is no such context',
    meaning: 'The name from --context, PMX_CONTEXT or the configuration stands for no context.',
    causes: [
      'A typing error, or the context was removed.',
      'PMX_HOME or XDG_CONFIG_HOME leads to another configuration (sudo, cron, CI).',
      '"No previous context": pmx context use - goes back, and there was none before.',
    ],
    remedies: [
      'See those there are: pmx context list',
      'Add it: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
    ],
  },
  {
    code: 'PMX_CONTEXT_EXISTS',
    title: 'There is a context of that name',
    meaning: 'pmx does not replace a context unless told to.',
    causes: ['The name was used before, perhaps for another server.'],
    remedies: [
      'See what it is: pmx context show NAME',
      'Replace it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME',
    ],
  },
  {
    code: 'PMX_CONFIG_UNREADABLE',
    title: 'The configuration cannot be read',
    meaning: 'The file is there, but it is no valid configuration, or this user may not read it.',
    causes: [
      'A slip when it was edited by hand: indentation, a tab, a missing quote.',
      'pmx once ran with sudo, and the file belongs to root.',
    ],
    remedies: [
      'Mend the line that the message names.',
      'Or go back to an earlier version: pmx config history',
      'Make it your own: chown "$USER" FILE',
      'Or move it away and begin anew: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
    ],
  },
  {
    code: 'PMX_INVALID_CONTEXT_NAME',
    title: 'Not a name for a context',
    meaning: 'It begins with a letter or digit and goes on with letters, digits, . _ or -.',
    causes: ['A URL or a user was given as name.', 'Blanks or slashes are in it.'],
    remedies: [
      'The name comes first, the server is a flag: pmx context add lab --host pve1.example.org --token-id root@pam!pmx',
    ],
  },
  {
    code: 'PMX_INVALID_ENDPOINT',
    title: 'Not an address of a server',
    meaning: 'It takes HOST, HOST:PORT or an https:// URL, without user, password and query.',
    causes: [
      'http:// instead of https://.',
      'The URL was copied from the browser, with #v1:0:… behind it.',
      'An IPv6 address without brackets: write [fd00::1]:8006.',
    ],
    remedies: ['pmx context add lab --host pve1.example.org:8006 --token-id root@pam!pmx'],
  },
  {
    code: 'PMX_INVALID_TOKEN_ID',
    title: 'Not the id of an API token',
    meaning: 'It looks like USER@REALM!NAME, without the secret.',
    causes: [
      'The realm is missing: root!pmx instead of root@pam!pmx.',
      'The shell took the ! away: put the id into single quotes.',
      'id=secret was given in one piece, as for the Authorization header.',
    ],
    remedies: [
      'On a node: pveum user token list root@pam',
      "pmx context add lab --host pve1.example.org --token-id 'root@pam!pmx'",
    ],
  },
  {
    code: 'PMX_INVALID_FINGERPRINT',
    title: 'Not a SHA-256 fingerprint',
    meaning: 'It has 32 bytes in hex, with or without colons.',
    causes: ['It is the SHA-1 one (20 bytes).', 'A part was cut off when it was copied.'],
    remedies: [
      'On the node: openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256',
    ],
  },
];
