import type { ErrorEntry } from '../entry.js';

/** Management controllers: logins and changes. */
export const bmcChanges: readonly ErrorEntry[] = [
  {
    code: 'PMX_BMC_UNTRUSTED',
    title: 'Nobody vouches for the certificate of the controller',
    meaning:
      'A password is sent only to who can be told from somebody in between. Nothing was sent.',
    causes: [
      'Its certificate is the one that its firmware made.',
      'It was renewed since it was pinned.',
      'Somebody stands in between.',
    ],
    remedies: [
      'Compare the fingerprint by another way, then: pmx idrac pin HOST',
      'Trust the authority that issued it: --ca-cert FILE',
    ],
  },
  {
    code: 'PMX_BMC_TLS_TOO_OLD',
    title: 'The TLS of the controller can be read by others',
    meaning: 'Its best version or its ciphers are broken, so no password is sent over it.',
    causes: ['Old firmware, or an iDRAC6.'],
    remedies: [
      'Update the firmware.',
      'On a network of your own: --allow-legacy-tls, with the certificate pinned.',
    ],
  },
  {
    code: 'PMX_BMC_LOGIN_REFUSED',
    title: 'The controller refuses the login',
    meaning:
      'It was tried once. Few wrong logins lock out this machine, so there is no second try.',
    causes: [
      'User or password is wrong.',
      'This machine is locked out already; then the right password is refused, too.',
      'The user has no right to log in.',
    ],
    remedies: [
      'Check user and password: pmx idrac login HOST --user USER stores the right one.',
      'Wait until the lock ends: a minute on iDRAC9, ten on iDRAC8.',
    ],
  },
  {
    code: 'PMX_BMC_SESSIONS_FULL',
    title: 'All sessions of the controller are taken',
    meaning: 'It keeps few of them, and those that were not closed last half an hour.',
    causes: ['Monitoring or scripts that log in and never out.'],
    remedies: ['Close some in its web interface, or wait.'],
  },
  {
    code: 'PMX_BMC_SESSION_GONE',
    title: 'The session ended while it was used',
    meaning: 'The controller knows nothing of it any more. It is not logged in to a second time.',
    causes: ['It restarted.', 'Somebody closed the session.'],
    remedies: ['See how it is: pmx idrac check HOST', 'Then run the command again.'],
  },
  {
    code: 'PMX_BMC_ANSWER_LOST',
    title: 'The controller did not answer a change',
    meaning:
      'It was sent once and is not sent again, since nobody can see whether it was carried out.',
    causes: ['The connection broke, or the controller hangs.'],
    remedies: ['Look how it is, then decide: pmx idrac info HOST, pmx idrac power status HOST'],
  },
  {
    code: 'PMX_BMC_END_UNKNOWN',
    title: 'Nobody knows whether a change was carried out',
    meaning: 'pmx ended while it was under way, and nothing that can be read tells.',
    causes: ['A restart leaves nothing to see.'],
    remedies: ['Look at the server; when it is as wanted there is nothing to do.'],
  },
  {
    code: 'PMX_BMC_REFUSED',
    title: 'The controller refuses a change',
    meaning: 'Its own words are in the message.',
    causes: [
      'The user has too few rights.',
      'Its lockdown mode is on.',
      'A value does not suit it.',
    ],
    remedies: ['Do what its message says.', 'Give the user the rights of an administrator there.'],
  },
  {
    code: 'PMX_BMC_CERT_REFUSED',
    title: 'The controller does not take the certificate',
    meaning:
      'LC011: it has no key that fits, or does not take this kind. What it serves is unchanged.',
    causes: [
      'Another request was made since the one it was issued for.',
      'The controller takes no keys of this kind.',
    ],
    remedies: [
      'Make a new request and have it issued: pmx idrac cert csr HOST',
      'Give the key along: --pfx FILE',
    ],
  },
  {
    code: 'PMX_BMC_CERT_UNFIT',
    title: 'The certificate is not fit to be installed',
    meaning: 'It was checked here, before anything was sent. The message says what is wrong.',
    causes: ['Files were mixed up.', 'It ended, begins later, or is signed or keyed too weakly.'],
    remedies: ['Look at it: openssl x509 -in FILE -noout -text', 'Have it issued anew.'],
  },
  {
    code: 'PMX_BMC_NO_KEY_UPLOAD',
    title: 'This firmware takes no key by itself',
    meaning: 'Before 6.00.02 an iDRAC takes key and certificate together only, as PKCS#12.',
    causes: ['Firmware of an iDRAC9 before 6.00.02.'],
    remedies: [
      'openssl pkcs12 -export -in cert.pem -inkey key.pem -out cert.pfx',
      'pmx idrac cert replace HOST --pfx cert.pfx',
    ],
  },
  {
    code: 'PMX_BMC_CERT_NOT_SERVED',
    title: 'The new certificate is not served',
    meaning: 'The controller took it, and goes on with the old one or does not come back.',
    causes: ['It takes longer to restart than was waited for.', 'Its web server hangs.'],
    remedies: [
      'Look again: pmx idrac cert show HOST',
      'Restart the controller with racadm racreset.',
    ],
  },
  {
    code: 'PMX_BMC_CSR_SUBJECT',
    title: 'The subject of the request is not valid',
    meaning: 'Nothing was sent; the message names what is wrong.',
    causes: ['A typing error.'],
    remedies: ['For example: --country DE'],
  },
  {
    code: 'PMX_BMC_CLOCK_WRONG',
    title: 'The clock of the controller is wrong',
    meaning: 'A certificate that it makes gets its dates from that clock and would not be valid.',
    causes: ['Its battery or its server was off for long.', 'NTP is off.'],
    remedies: ['pmx idrac time sync HOST --now', 'Lasting: pmx idrac time sync HOST --ntp SERVER'],
  },
  {
    code: 'PMX_BMC_CLOCK_NOT_SET',
    title: 'The clock of the controller did not stay as it was set',
    meaning: 'It was set and read right afterwards.',
    causes: ['NTP is on there and its server is wrong.'],
    remedies: ['See what it follows: pmx idrac time show HOST --auth'],
  },
  {
    code: 'PMX_BMC_SYNC_HOW',
    title: 'What to set the clock by is not said',
    meaning: 'Either one to three NTP servers, or this machine.',
    causes: ['Neither --ntp nor --now was given.'],
    remedies: ['pmx idrac time sync HOST --ntp ntp1.example.org', 'pmx idrac time sync HOST --now'],
  },
  {
    code: 'PMX_BMC_CANNOT',
    title: 'The controller does not offer this',
    meaning: 'What it tells of itself has no such action.',
    causes: ['Old firmware.', 'A license or a right that is missing.'],
    remedies: ['Update the firmware.', 'Use its web interface or racadm.'],
  },
  {
    code: 'PMX_BMC_NO_API',
    title: 'This generation has no way that pmx speaks',
    meaning:
      'Certificates and clocks are changed over Redfish from iDRAC9 on, nothing at all with iDRAC6.',
    causes: ['An iDRAC 6, 7 or 8, or the controller of another vendor.'],
    remedies: ['Paste the lines for racadm that the message has.'],
  },
  {
    code: 'PMX_BMC_NO_USER',
    title: 'Nobody said as whom to log in',
    meaning: 'pmx guesses neither users nor passwords.',
    causes: ['No pattern of the setting idracUsers fits the host.'],
    remedies: ['pmx idrac login HOST --user USER', 'Or --user, or PMX_IDRAC_USER.'],
  },
  {
    code: 'PMX_BMC_NO_CREDENTIALS',
    title: 'Nothing is stored for this pattern',
    meaning: 'There is nothing to forget.',
    causes: ['It was stored by another pattern.'],
    remedies: ['See those there are: pmx config view'],
  },
  {
    code: 'PMX_BMC_NOT_ALL',
    title: 'Not all controllers can be logged in to',
    meaning: 'All are logged in to before the first one is changed, so none was changed.',
    causes: ['Some have no power or network, other passwords, or other certificates than pinned.'],
    remedies: ['Leave those out that the message names, or mend them first.'],
  },
  {
    code: 'PMX_BMC_POWER_OFF',
    title: 'The server is off',
    meaning: 'There is nothing to restart.',
    causes: ['Somebody switched it off.'],
    remedies: ['pmx idrac power on HOST'],
  },
  {
    code: 'PMX_BMC_POWER_STAYS',
    title: 'The server does not change its power state',
    meaning: 'The controller took the request, and the server is still as it was.',
    causes: ['Its operating system does not shut down, or does not listen.'],
    remedies: ['Wait longer (--timeout), or do not ask it: --force'],
  },
  {
    code: 'PMX_BMC_NO_SUCH_RESET',
    title: 'The controller cannot do this with its server',
    meaning: 'The message has what it can do.',
    causes: ['Older generations know fewer ways.'],
    remedies: ['Use one of those that it can.'],
  },
  {
    code: 'PMX_BMC_IS_NODE',
    title: 'The server is a node of the cluster in use',
    meaning: 'Its guests would go down with it. Nothing was changed.',
    causes: ['Its operating system tells the controller the name of a node.'],
    remedies: ['Move its guests away: pmx node drain NODE', 'When it is empty: --node-drained'],
  },
];
