import type { ErrorEntry } from '../entry.js';

/** Files with settings. */
export const configuration: readonly ErrorEntry[] = [
  {
    code: 'PMX_UNKNOWN_SETTING',
    title: 'There is no such setting',
    meaning: 'No setting has that name.',
    causes: [
      'A typing error.',
      'A setting of a context needs its whole name: contexts.NAME.readOnly.',
    ],
    remedies: ['See all of them: pmx config view', 'See what each one takes: pmx config schema'],
  },
  {
    code: 'PMX_INVALID_SETTING',
    title: 'A setting has a value that it cannot have',
    meaning: 'The message names the setting, where it was said, and what it takes.',
    causes: [
      'A slip in a file or in a PMX_* variable.',
      'A context was to be left without an endpoint.',
    ],
    remedies: [
      'See who says so: pmx config view --origins',
      'Correct it: pmx config set KEY VALUE',
      'See what it takes: pmx config schema',
    ],
  },
  {
    code: 'PMX_SETTING_NOT_SET',
    title: 'That file does not set it',
    meaning: 'There is nothing to take out of this file: the value comes from elsewhere.',
    causes: ['It is a default, a PMX_* variable, or stands in another file.'],
    remedies: [
      'See who sets it: pmx config view --origins',
      'Take it out there: pmx config unset KEY --in project',
    ],
  },
  {
    code: 'PMX_UNSET_VARIABLE',
    title: 'A variable in the configuration is not set',
    meaning: 'A value holds ${NAME}, and the environment has no NAME.',
    causes: ['The variable is set in another shell, but not in cron, CI or systemd.'],
    remedies: [
      'Set it, or give a default in the file: ${NAME:-VALUE}',
      'See where it stands: pmx config view --origins',
    ],
  },
  {
    code: 'PMX_PROJECT_KEY_REFUSED',
    title: 'A project file may not say that',
    meaning:
      'A project file comes with a folder that others may have written. It may choose a context by name, but say nothing of servers, secrets or programs.',
    causes: [
      '.pmx.yaml holds contexts, proxies or a secretCommand.',
      'It asks for a variable that looks like a secret, or extends a file outside of its folder.',
      'It is a file of an older tool.',
    ],
    remedies: [
      'Keep only the name there: pmx config set currentContext NAME --in project',
      'Put the rest into your own file: pmx config edit',
      'Take over an older tool: pmx config import .proxmox.conf --from cpcg',
    ],
  },
  {
    code: 'PMX_CONFIG_CIRCULAR',
    title: 'Files extend each other in a circle',
    meaning: 'extends leads back to a file that was read already; the message names the way.',
    causes: ['Two files name each other, or one names itself.'],
    remedies: ['See the files: pmx config path', 'Take one of the lines out.'],
  },
  {
    code: 'PMX_CONFIG_WRITABLE',
    title: 'Others can change the configuration',
    meaning:
      'The file belongs to somebody else, or everybody may write it: nobody knows who chose these servers.',
    causes: [
      'It was copied with a loose umask, or as root.',
      'It lies on a file system without Unix modes.',
    ],
    remedies: [
      'Look at what it says first.',
      'Then: chmod go-w FILE (and chown "$USER" FILE, if it is not yours)',
    ],
  },
  {
    code: 'PMX_CONFIG_UNWRITABLE',
    title: 'The configuration cannot be written',
    meaning: 'The new version could not be put in place; the old one is as it was.',
    causes: [
      'The folder belongs to root, after sudo.',
      'The disk is full or read-only.',
      'The file is managed: a link into the Nix store, a Git checkout or a mounted ConfigMap.',
    ],
    remedies: [
      'See where it is: pmx config path',
      'Look at the folder: ls -ld FOLDER, and df -h FOLDER',
    ],
  },
  {
    code: 'PMX_CONFIG_LOCKED',
    title: 'Another pmx is writing the configuration',
    meaning: 'Only one may write at a time, and the other one did not end within the time.',
    causes: ['Very many pmx write at once.', 'A network file system that loses times.'],
    remedies: [
      'Try again: a lock that nobody holds is taken over after 15 s.',
      'When no pmx runs, remove the folder that the message names with rmdir.',
    ],
  },
  {
    code: 'PMX_CONFIG_CHANGED',
    title: 'The configuration changed meanwhile',
    meaning: 'Between the plan and the write somebody else changed the file. Nothing was written.',
    causes: ['An editor or another pmx saved it while the question stood.'],
    remedies: [
      'Run the command again: it then begins with what is there now.',
      'See earlier versions: pmx config history',
    ],
  },
  {
    code: 'PMX_CONFIG_READ_ONLY_FORMAT',
    title: 'This kind of file is read, not written',
    meaning: "The file has an older tool's format (.conf), which is read but not written.",
    causes: ['The project still has the file of the older tool.'],
    remedies: [
      'Edit it by hand, or put a .pmx.yaml beside it.',
      'Take it over: pmx config import FILE --from cpcg',
    ],
  },
  {
    code: 'PMX_BACKUP_NOT_FOUND',
    title: 'There is no such older version',
    meaning: 'No version of this file has that id. The last 20 are kept.',
    causes: ['A typing error, or it was dropped since.', 'It belongs to another file (--in).'],
    remedies: ['See those there are: pmx config history'],
  },
  {
    code: 'PMX_NO_EDITOR',
    title: 'There is no editor',
    meaning: 'There is no terminal to edit at, and no editor is named.',
    causes: ['pmx config edit in a script.'],
    remedies: [
      'Change one setting: pmx config set KEY VALUE',
      'Name an editor: pmx config edit --editor nano',
    ],
  },
  {
    code: 'PMX_EDITOR_FAILED',
    title: 'The editor failed',
    meaning: 'The editor could not be run, or did not end well. Nothing was changed.',
    causes: [
      'VISUAL or EDITOR names a program that is not there.',
      'The editor was left with an error, such as :cq of vi.',
    ],
    remedies: ['Take another one: pmx config edit --editor nano'],
  },
  {
    code: 'PMX_NOTHING_TO_IMPORT',
    title: 'Nothing to import in that file',
    meaning: 'The file was read, and holds nothing that pmx takes over from that tool.',
    causes: ['The wrong file, or the wrong --from.'],
    remedies: ['See what would be taken: pmx config import FILE --from cpcg --dry-run'],
  },
  {
    code: 'PMX_CONTEXT_ELSEWHERE',
    title: 'The context is in another file',
    meaning:
      'Commands change your own file only, and this context stands in one that it extends, or in /etc/pmx/config.yaml.',
    causes: ['An administrator or a team gave it to you.'],
    remedies: [
      'See where it is: pmx config view --origins',
      'Make a copy of your own: pmx context copy NAME NEW-NAME',
    ],
  },
  {
    code: 'PMX_CONTEXTS_INVALID',
    title: 'Something is wrong with a context',
    meaning:
      'pmx context validate looks at contexts without asking a server; the message says what it found.',
    causes: [
      'The CA file is gone.',
      'It has neither token nor user, or no secret is stored for its token.',
    ],
    remedies: [
      'See it: pmx context show NAME',
      'Correct it: pmx config edit',
      'Store its secret: pmx context add NAME --replace --host HOST --token-id USER@REALM!NAME --token-stdin',
    ],
  },
  {
    code: 'PMX_READ_ONLY',
    title: 'The context is read-only',
    meaning:
      'readOnly is set for this context, so pmx sends no change to its server. Nothing was changed.',
    causes: ['Somebody protects a production server from slips.', 'The wrong context is current.'],
    remedies: [
      'See the contexts: pmx context list',
      'Take another one with --context NAME.',
      'To allow changes for good: pmx config set contexts.NAME.readOnly false',
    ],
  },
  {
    code: 'PMX_VMID_RANGE_FULL',
    title: 'No free VMID in the range',
    meaning: 'vmids of the context or configuration is a range, and all of its ids are in use.',
    causes: [
      'The range is used up.',
      'Guests of others have ids in it, which this identity may not see.',
    ],
    remedies: [
      'See who sets the range: pmx config view --origins',
      'Widen it: pmx config set contexts.NAME.vmids 5000-6999',
      'Or choose an id: --vmid.',
    ],
  },
];
