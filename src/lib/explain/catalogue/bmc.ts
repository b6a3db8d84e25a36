import type { ErrorEntry } from '../entry.js';

/** Management controllers: which hosts, and what is remembered of them. */
export const bmc: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_CIDR',
    title: 'This is no network',
    meaning: 'A network is an IPv4 address, a slash and the number of bits that all of it share.',
    causes: ['A typing error, or an IPv6 network: nobody can go through one of those.'],
    remedies: ['For example: pmx idrac check 10.0.8.0/24'],
  },
  {
    code: 'PMX_NETWORK_TOO_WIDE',
    title: 'The network has too many addresses',
    meaning: 'Most of them are empty, and each empty one costs seconds. Nothing was looked at.',
    causes: ['The prefix is smaller than /20, perhaps by a typing error.'],
    remedies: ['Name a narrower network.', 'Add --yes when it is really meant.'],
  },
  {
    code: 'PMX_NETWORK_PUBLIC',
    title: 'The network is not a private one',
    meaning:
      'To go through the addresses of others is taken for an attack by many. Nothing was looked at.',
    causes: ['A typing error in the first numbers, or the network is public and yours.'],
    remedies: ['Name a private network.', 'Add --yes when it is yours.'],
  },
  {
    code: 'PMX_NO_BMC_HOSTS',
    title: 'No host is named',
    meaning: 'Neither the command line nor the file nor standard input had a host.',
    causes: ['The file is empty, or has comments only.'],
    remedies: ['For example: pmx idrac check idrac-01.example.org'],
  },
  {
    code: 'PMX_TARGETS_UNREADABLE',
    title: 'The file with hosts is not understood',
    meaning: 'By its name it is YAML or JSON, but it is no list of hosts.',
    causes: ['A typing error in the file.', 'Its entries have another name for the host.'],
    remedies: [
      'Give it a list below "hosts", of names or of entries with "host" and "port".',
      'Or one host a line, in a file that does not end with .yaml or .json.',
    ],
  },
  {
    code: 'PMX_THRESHOLDS',
    title: 'The warning would come after the alarm',
    meaning: 'What is critical already would never have been a warning.',
    causes: ['The two were mixed up.'],
    remedies: ['For example: --warn 30d --crit 14d'],
  },
  {
    code: 'PMX_REPORT_FORMAT',
    title: 'The name of the report tells no format',
    meaning: 'Markdown is written into .md files, CSV into .csv files.',
    causes: ['Another ending, or none.'],
    remedies: ['For example: --report idracs.md'],
  },
  {
    code: 'PMX_PINS_UNREADABLE',
    title: 'The remembered certificates cannot be read',
    meaning:
      'Without them a changed certificate would go unnoticed, so pmx stops instead of doing without.',
    causes: ['The file was edited by hand, or belongs to somebody else.'],
    remedies: ['Mend or remove the file that the message names, then pin the hosts again.'],
  },
  {
    code: 'PMX_BMC_UNREACHABLE',
    title: 'The controller cannot be looked at',
    meaning: 'No connection came about, or what answered showed no certificate.',
    causes: [
      'The host has no power or no network, or a firewall is in between.',
      'The name does not resolve, or something else listens at the port.',
    ],
    remedies: ['See how far one comes: pmx idrac check HOST', 'Name another port: HOST:PORT'],
  },
  {
    code: 'PMX_PIN_DIFFERS',
    title: 'Another certificate is remembered',
    meaning:
      'The host shows another certificate than when it was pinned: it was replaced, or somebody stands in between.',
    causes: ['The certificate was renewed.', 'Another machine answers at this address.'],
    remedies: [
      'Find out by another way, for example at the console of the server.',
      'When it is right: pmx idrac pin HOST --repin',
    ],
  },
  {
    code: 'PMX_NO_PIN',
    title: 'No certificate is remembered for this host',
    meaning: 'There is nothing to forget.',
    causes: ['It was pinned under another name, address or port.'],
    remedies: ['Name it as it was pinned, with :PORT when that is not 443.'],
  },
];
