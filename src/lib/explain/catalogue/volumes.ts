import type { ErrorEntry } from '../entry.js';

const see = 'See what is there: pmx storage content NAME';

/** Files and disks on storages. */
export const volumes: readonly ErrorEntry[] = [
  {
    code: 'PMX_CONTENT_UNKNOWN',
    title: 'What kind of file is it?',
    meaning:
      'The server tells by the ending of the name whether a file is an ISO, a container template or a disk image, and refuses others.',
    causes: [
      'The name has no ending, or another one.',
      '--content says something else than the name.',
    ],
    remedies: [
      'Give it a name on the server: pmx storage upload FILE --storage local --filename disk.qcow2',
      'Snippets cannot be uploaded over the API at all.',
    ],
  },
  {
    code: 'PMX_INVALID_CHECKSUM',
    title: 'That is no checksum',
    meaning: 'A checksum is an algorithm that the server knows, a colon, and hexadecimal digits.',
    causes: ['Digits were lost while copying.', 'The whole line of a SHA256SUMS file was taken.'],
    remedies: ['Take only the digits: --checksum sha256:9f86d0…'],
  },
  {
    code: 'PMX_VOLUME_EXISTS',
    title: 'A file of that name is there already',
    meaning: 'The server would overwrite it without a word, so pmx does not begin.',
    causes: ['It was uploaded before.', 'Another file has the same name.'],
    remedies: [
      'Choose another name with --filename',
      'Replace it: pmx storage upload FILE --storage local --overwrite',
      see,
    ],
  },
  {
    code: 'PMX_STORAGE_FULL',
    title: 'There is not enough room on the storage',
    meaning: 'The file is bigger than what is left on the storage. Nothing was sent.',
    causes: ['Old ISOs, backups or disks of guests that are gone.'],
    remedies: [
      'See how full each one is: pmx storage list',
      'Disks without a guest: pmx storage orphans',
      'Old backups: pmx storage prune NAME --keep-last 3 --dry-run',
    ],
  },
  {
    code: 'PMX_INVALID_URL',
    title: 'That is no URL',
    meaning: 'The server fetches over http and https only.',
    causes: ['A path of this machine was given.', 'The beginning of the URL is missing.'],
    remedies: ['A file of this machine is sent: pmx storage upload FILE --storage local'],
  },
  {
    code: 'PMX_INVALID_VOLUME',
    title: 'That is no volume',
    meaning: 'A volume is named by its storage, a colon, and its name there.',
    causes: ['Only the name of the file was given, or a path.'],
    remedies: ['For example: pmx storage delete local:iso/debian-12.iso', see],
  },
  {
    code: 'PMX_VOLUME_NOT_FOUND',
    title: 'There is no such volume',
    meaning: 'No node shows a volume of that name on that storage.',
    causes: [
      'It was deleted before.',
      'The identity may not see it: disks of guests need VM.Config.Disk on the guest.',
    ],
    remedies: [see],
  },
  {
    code: 'PMX_AMBIGUOUS_VOLUME',
    title: 'Several nodes have a volume of that name',
    meaning: 'The storage is local to each node, and each has its own volume of that name.',
    causes: ['The same ISO was uploaded to several nodes.'],
    remedies: ['Name the node: pmx storage delete local:iso/x.iso --node pve1'],
  },
  {
    code: 'PMX_VOLUME_IN_USE',
    title: 'A guest uses the volume',
    meaning:
      'It stands in the configuration of a guest, in one of its snapshots, or a linked clone is built on it. Nothing was deleted.',
    causes: ['An ISO in a drive.', 'A disk of a guest, also an unused one.'],
    remedies: ['See the guest: pmx vm show web-01', 'Take it out there first, then delete it.'],
  },
  {
    code: 'PMX_VOLUME_PROTECTED',
    title: 'The backup is protected',
    meaning:
      'Somebody marked the backup so that it is not removed by mistake. Nothing was deleted.',
    causes: ['It was protected by hand, or by the job that made it.'],
    remedies: ['Lift the protection in the web interface if it really has to go.', see],
  },
  {
    code: 'PMX_KEEP_NOTHING',
    title: 'To keep nothing is no rule',
    meaning: 'Zero means "no limit" to Proxmox VE: with zero everywhere it would keep all backups.',
    causes: ['--keep-last 0 was meant to delete all.'],
    remedies: [
      'Keep at least one: pmx storage prune NAME --keep-last 1',
      'Delete single ones: pmx storage delete VOLID',
    ],
  },
];
