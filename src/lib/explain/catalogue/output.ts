import type { ErrorEntry } from '../entry.js';

/** How results are asked for, and what pmx writes beside them. */
export const output: readonly ErrorEntry[] = [
  {
    code: 'PMX_OUTPUT_FORMAT',
    title: 'Not an output format',
    meaning: '-o, or PMX_OUTPUT, names no format, or --json stands beside another one.',
    causes: ['A typing error.', 'jsonpath= or custom-columns= without anything behind it.'],
    remedies: ['See the formats: pmx help formats', 'pmx vm list -o yaml'],
  },
  {
    code: 'PMX_OUTPUT_LOST',
    title: 'The result could not be written',
    meaning:
      'What stdout leads to refused it. A change is carried out, or taken back, all the same; only what was printed is lost. A reader that has had enough (| head) is no error.',
    causes: ['The disk behind > FILE is full.', 'stdout was closed, or its device is gone.'],
    remedies: ['Make room: df -h', 'See what was changed: pmx op list'],
  },
  {
    code: 'PMX_JSONPATH',
    title: 'The JSONPath is wrong',
    meaning: 'The template behind -o jsonpath= cannot be read.',
    causes: [
      'The shell took $ or quotes away: put it into single quotes.',
      'A brace or {end} is missing.',
    ],
    remedies: ["pmx vm list -o jsonpath='{[*].name}'", 'See examples: pmx help formats'],
  },
  {
    code: 'PMX_FILTER',
    title: 'Not a filter',
    meaning:
      '--filter takes KEY=VALUE, KEY~GLOB, KEY>NUMBER and their opposites, with commas for "and".',
    causes: [
      'The shell took > or * away: put the filter into single quotes.',
      'A number with a unit that is none (K M G T, s m h d, %).',
    ],
    remedies: ["pmx vm list --filter 'status=running,memory>1G,name~web-*'"],
  },
  {
    code: 'PMX_UNKNOWN_COLUMN',
    title: 'There is no such column',
    meaning: '--columns, --sort-by or --filter names a column that this list does not have.',
    causes: [
      'Each list has its own columns; the message names them.',
      'Keys of JSON differ from some headers, and both are taken.',
    ],
    remedies: ['See all of them: pmx vm list -o wide', 'See the keys: pmx vm list --json'],
  },
  {
    code: 'PMX_WATCH',
    title: 'This cannot be watched so',
    meaning: '--watch takes a time from 200ms to 24h, and a format that never has to end.',
    causes: ['json, yaml and csv are one document; a watch has no end.'],
    remedies: [
      'pmx vm list --watch 5s',
      'For machines, one line a row: pmx vm list --watch 5s -o jsonl',
    ],
  },
  {
    code: 'PMX_LOG_LEVEL',
    title: 'Not a log level',
    meaning: '--log-level, or PMX_LOG_LEVEL, has a value that is none.',
    causes: ['A typing error, or a name of another tool (warning instead of warn).'],
    remedies: ['Take one of those that the message names: pmx vm list --log-level debug'],
  },
  {
    code: 'PMX_LOG_FILE',
    title: 'The log file cannot be written',
    meaning: '--log-file, or PMX_LOG_FILE, names a place where this user cannot write.',
    causes: ['The folder does not exist, or belongs to root (/var/log).'],
    remedies: ['Take another: pmx vm list --log-file ./pmx.log --log-level debug'],
  },
  {
    code: 'PMX_SYSLOG',
    title: 'Not a syslog server',
    meaning: 'PMX_AUDIT_SYSLOG takes udp://HOST[:PORT] or tcp://HOST[:PORT].',
    causes: [
      'tls://, or a path such as /dev/log: that is a datagram socket, which Node.js cannot speak.',
    ],
    remedies: [
      'PMX_AUDIT_SYSLOG=udp://127.0.0.1:514',
      'For TLS or /dev/log, let a local rsyslog listen on UDP and pass it on.',
    ],
  },
  {
    code: 'PMX_AUDIT_BROKEN',
    title: 'The audit log does not hold together',
    meaning: 'Each entry holds the hash of the one before it, and somewhere that does not fit.',
    causes: [
      'Somebody changed or removed entries.',
      'The disk lost data.',
      'With --head: the log was cut or written anew.',
    ],
    remedies: [
      'See all places: pmx audit verify --json',
      'Compare them with a copy: syslog, or a backup.',
      'Keep the files, and move them away to begin a new chain.',
    ],
  },
  {
    code: 'PMX_AUDIT_DAMAGED',
    title: 'The audit log cannot be continued',
    meaning:
      'Its last line is no entry, so a next one has nothing to hold on to. The change was not begun.',
    causes: ['The file was edited.', 'The disk lost data.'],
    remedies: [
      'See where: pmx audit verify',
      'Move the file that the message names away: the next change begins a new chain.',
    ],
  },
  {
    code: 'PMX_AUDIT_HEAD',
    title: 'Not a hash of the audit log',
    meaning: '--head takes the 64 hexadecimal digits of an earlier newest entry.',
    causes: ['It was cut off when it was copied.'],
    remedies: ['Note it for the next time: pmx audit verify -o jsonpath={.head}'],
  },
];
