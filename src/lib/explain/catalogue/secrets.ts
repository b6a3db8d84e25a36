import type { ErrorEntry } from '../entry.js';

/** Where secrets come from, and where they must not stand. */
export const secrets: readonly ErrorEntry[] = [
  {
    code: 'PMX_SECRET_IN_CONFIG',
    title: 'A secret does not belong into a file',
    meaning: 'The new text of a configuration holds a secret. It was not written.',
    causes: ['A token secret or password was typed into the editor.'],
    remedies: [
      'Store it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
      'Or fetch it from a password manager: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --secret-command "pass show pve"',
    ],
  },
  {
    code: 'PMX_SECRET_IN_FLAG',
    title: 'A secret does not belong on a command line',
    meaning:
      'A header looks like a secret. Command lines are seen by every user of the machine, and kept by the shell.',
    causes: ['The password of a gateway was given as a header.'],
    remedies: [
      "Name a variable that holds it: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --header 'X-Gateway-Secret=${GATEWAY_SECRET}'",
    ],
  },
  {
    code: 'PMX_SECRET_COMMAND_FAILED',
    title: 'The secretCommand gave no secret',
    meaning:
      'The program of the context that fetches its secret failed, took too long or printed nothing.',
    causes: [
      'The password manager is locked, or wants to ask.',
      'The program is not in PATH of cron, CI or systemd.',
    ],
    remedies: [
      'See the program: pmx context show',
      'Run it by hand and look: what it prints is never shown by pmx.',
    ],
  },
  {
    code: 'PMX_KEYCHAIN_UNAVAILABLE',
    title: 'The keychain does not answer',
    meaning:
      'The context keeps its secret in the keychain of the desktop, and that is locked or missing.',
    causes: [
      'A login over SSH, where no keyring is unlocked.',
      'A server without a desktop or D-Bus.',
    ],
    remedies: [
      'Unlock it: gnome-keyring-daemon --unlock',
      'Or use a file: pmx config set secretStore file',
      'Then store the secret there: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_NO_PASSPHRASE',
    title: 'No passphrase for the stored secrets',
    meaning:
      'The secrets are encrypted (pmx config encrypt), and there is neither PMX_PASSPHRASE nor a terminal to ask at.',
    causes: ['A script, CI job or cron.'],
    remedies: [
      'Set PMX_PASSPHRASE.',
      'Or keep them plain, readable for you alone: pmx config decrypt',
    ],
  },
  {
    code: 'PMX_WRONG_PASSPHRASE',
    title: 'The passphrase is wrong',
    meaning: 'It does not open the stored secret.',
    causes: [
      'A typing error.',
      'PMX_PASSPHRASE has an old one: it wins over the question.',
      'The file comes from another machine.',
    ],
    remedies: [
      'Try again.',
      'Lost for good? Store the secret anew: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
];
