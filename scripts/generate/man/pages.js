// The pages that are not about one command: pmx(1), pmx-config(5), pmx-exit-codes(7), pmx-plugins(7).
import { exitCodeTable } from '@pmx-cli/kit/errors';

import { sections } from '../../../dist/help/environment.js';
import { jobGroups } from '../../../dist/help/jobs.js';
import { contextFields } from '../../../dist/lib/config/schema/context-fields.js';
import { profileFields } from '../../../dist/lib/config/schema/profile-fields.js';
import { settings } from '../../../dist/lib/config/schema/settings.js';
import { ruleOf } from '../../../dist/lib/config/schema/spec.js';
import { nouns } from '../commands.js';
import { flagEntry, pageName, shared } from './command.js';
import { bold, entry, italic, list, literal, prose, reference, text } from './roff.js';

const seeAlso = (...names) => [
  'SEE ALSO',
  list(names.map(([name, section]) => reference(name, section))),
];

export function overview(known) {
  const commandsOf = (noun) => known.commands.filter(({ words }) => words[0] === noun);
  const groups = jobGroups(nouns(known)).flatMap(([title, rows]) => [
    `.SS ${text(title)}`,
    ...rows.flatMap(({ name }) =>
      commandsOf(name).flatMap((command) =>
        entry(reference(pageName(command), 1), command.summary),
      ),
    ),
  ]);
  const files = [
    ['~/.config/pmx/config.yaml', 'Settings and contexts: pmx-config(5).'],
    ['~/.config/pmx/secrets.json', 'Secrets, where there is no keychain; for its owner only.'],
    ['~/.local/state/pmx/operations', 'A journal of each change, which pmx op takes up.'],
    ['~/.local/state/pmx/audit', 'Who changed what, in a chain of hashes.'],
    ['~/.cache/pmx', 'What may be deleted at any time.'],
    ['/etc/pmx/config.yaml', 'Settings for all users of a machine.'],
  ];
  return {
    name: 'pmx',
    section: 1,
    title: 'command line for Proxmox VE',
    parts: [
      [
        'SYNOPSIS',
        [
          `${bold('pmx')} ${italic('noun')} ${italic('verb')} [${italic('arguments')}] [${italic('flags')}]`,
        ],
      ],
      [
        'DESCRIPTION',
        prose(`pmx works on a Proxmox VE server through its API. Whatever it starts, it finishes or takes back: when a step fails, or at
Ctrl-C, what was made is undone; after a crash pmx op rollback or pmx op resume goes on from the journal. With --dry-run a
change says what it would do, and changes nothing.

pmx login stores a server as a context; pmx sandbox start makes a server to try things with on this machine. Guests are
named by name, by VMID, as a range (110-120), as a pattern ('web-*'), or by a selector (-l tag=web).

Results go to stdout, everything else to stderr. With --json there is exactly one document on stdout, also for an error.`),
      ],
      ['COMMANDS', groups],
      [
        'OPTIONS',
        Object.entries(shared).flatMap(([title, flags]) => [
          `.SS ${title}`,
          ...Object.entries(flags).flatMap(([name, flag]) =>
            flagEntry({ ...flag, name, default: undefined }),
          ),
        ]),
      ],
      [
        'ENVIRONMENT',
        sections.flatMap(([, variables]) =>
          variables.flatMap(([name, meaning]) => entry(bold(name), meaning)),
        ),
      ],
      ['FILES', files.flatMap(([path, meaning]) => entry(italic(path), meaning))],
      ['EXIT STATUS', exitRows()],
      [
        'EXAMPLES',
        literal([
          'pmx sandbox start --detach',
          'pmx template create --image debian-12.qcow2 --name debian-12',
          'pmx vm create web-01 --template debian-12 --memory 2G --start',
          'pmx vm list -l tag=web -o json',
          'pmx vm delete web-01 --stop --dry-run',
        ]),
      ],
      seeAlso(['pmx-config', 5], ['pmx-exit-codes', 7], ['pmx-plugins', 7]),
    ],
  };
}

const exitRows = () =>
  exitCodeTable.flatMap(({ code, meaning }) => entry(bold(String(code)), meaning));

function specEntry([key, spec]) {
  const facts = [
    `${ruleOf(spec).replace(/^i/, 'I')}, for example ${spec.example}.`,
    ...(spec.default === undefined ? [] : [`Default: ${spec.default}.`]),
    ...(spec.env?.length > 0 ? [`Variables: ${spec.env.join(', ')}.`] : []),
    ...(spec.layers && !spec.layers.includes('project') ? ['Not in project files.'] : []),
  ];
  return entry(bold(key), [spec.description, ...facts].join(' '));
}

export function configPage() {
  const table = (title, rows) => [title, Object.entries(rows).flatMap(specEntry)];
  return {
    name: 'pmx-config',
    section: 5,
    title: 'configuration of pmx',
    parts: [
      [
        'DESCRIPTION',
        prose(`Flags win over variables, these over the project file (.pmx.yaml, .pmx.json or .proxmox.conf, searched upwards to the root
of the repository), then config.yaml in your own folder (pmx config path), /etc/pmx/config.yaml, and the defaults. pmx
config view --origins shows who won.

\${NAME} and \${NAME:-default} are filled in; extends: FILE builds on another file. A project file comes with somebody else's
repository: it may choose a context by name, and set only what is not marked below. Secrets are never in these files.`),
      ],
      table('SETTINGS', settings),
      [
        'CONTEXTS',
        [
          ...prose("Below contexts.NAME, in your own file or the system's."),
          ...Object.entries(contextFields).flatMap(specEntry),
        ],
      ],
      [
        'PROFILES',
        [
          ...prose(
            'Below profiles.NAME: flags of pmx vm create that --profile NAME gives to those left out.',
          ),
          ...Object.entries(profileFields).flatMap(specEntry),
        ],
      ],
      [
        'EXAMPLES',
        literal([
          'currentContext: lab',
          'contexts:',
          '  lab:',
          '    endpoint: https://pve1.example.org:8006',
          '    tokenId: ops@pve!pmx',
          '    fingerprint: AA:BB:…',
          'defaults:',
          '  storage: local-lvm',
        ]),
      ],
      seeAlso(['pmx', 1], ['pmx-config-set', 1], ['pmx-config-view', 1], ['pmx-login', 1]),
    ],
  };
}

export function exitCodesPage() {
  return {
    name: 'pmx-exit-codes',
    section: 7,
    title: 'what the exit codes of pmx say',
    parts: [
      ['DESCRIPTION', exitRows()],
      [
        'NOTES',
        prose(`pmx vm exec and pmx ct exec with one guest, and pmx vm ssh, end with what the program in the guest ended with (128 + n: a
signal); an error of pmx itself then has its code in its message, or with --json.

pmx diff ends with 1 where something differs, pmx update --check where there is a newer pmx. With --nagios, codes are those of monitoring plugins: 0 ok, 1 warning, 2
critical, 3 unknown.

Each error has a code of its own, such as PMX_VM_NOT_FOUND, that stays as it is: pmx explain tells what happened, why, and
what to do.`),
      ],
      [
        'EXAMPLES',
        literal([
          'pmx vm show web-01 --json > web.json || echo "ended with $?"',
          'pmx explain PMX_VM_NOT_FOUND',
        ]),
      ],
      seeAlso(['pmx', 1], ['pmx-explain', 1]),
    ],
  };
}

export function pluginsPage(known) {
  const commands = known.commands.filter(({ words }) => words[0] === 'plugins');
  return {
    name: 'pmx-plugins',
    section: 7,
    title: 'plugins of pmx',
    parts: [
      [
        'DESCRIPTION',
        prose(`A plugin is an npm package that adds commands, topics and hooks to pmx. It is built on @pmx-cli/kit alone: base classes for
lists, shows and changes, flags with one meaning everywhere, plans and their steps, errors and exit codes, and what is
needed to test all that without a server. A change of a plugin is a plan like every other: shown by --dry-run, journaled,
taken back when it fails.

A plugin runs with the rights of its user and may read what pmx may read: install only what you trust.`),
      ],
      ...(commands.length === 0
        ? []
        : [
            [
              'COMMANDS',
              commands.flatMap((command) =>
                entry(reference(pageName(command), 1), command.summary),
              ),
            ],
          ]),
      [
        'HOOKS',
        [
          ...entry(
            bold('pmx:time:validate-target'),
            'While a shift of a clock is planned; may be against it.',
          ),
          ...entry(bold('pmx:time:pre-shift'), 'Before anything is changed; may be against it.'),
          ...entry(bold('pmx:time:post-shift'), 'Afterwards.'),
          ...entry(
            bold('pmx:plan'),
            'Before anything is changed, also of a dry run; may be against it.',
          ),
          ...entry(bold('pmx:done'), 'After a change, also one that failed.'),
          ...entry(bold('pmx:completion'), 'Values for arguments and flags of the plugin.'),
          ...entry(bold('pmx:doctor'), 'Checks that pmx doctor has beside its own.'),
        ],
      ],
      [
        'EXAMPLES',
        literal([
          '{ "oclif": { "commands": "./dist/commands", "hooks": { "pmx:doctor": "./dist/hooks/doctor" } } }',
        ]),
      ],
      seeAlso(['pmx', 1], ['pmx-config', 5]),
    ],
  };
}
