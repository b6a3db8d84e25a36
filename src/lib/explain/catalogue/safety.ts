import type { ErrorEntry } from '../entry.js';

/** Ways back: snapshots, backups, HA and safe deletes. */
export const safety: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_SNAPSHOT_NAME',
    title: 'This is no name for a snapshot',
    meaning:
      'Proxmox VE takes 2 to 40 letters, digits, _ and -, beginning with a letter, and keeps current and pending (for containers also vzdump) for itself.',
    causes: ['A date alone begins with a digit.', 'A dot or a blank is in the name.'],
    remedies: [
      'Leave --name out, and it is made from the time: pmx vm snapshot create VM',
      'Begin with a letter: pmx vm snapshot create VM --name before-upgrade',
    ],
  },
  {
    code: 'PMX_SNAPSHOT_EXISTS',
    title: 'There is a snapshot of this name already',
    meaning: 'The snapshots of one guest have different names; nothing is overwritten.',
    causes: ['It was taken before.', 'A scheduled job takes snapshots of the same name.'],
    remedies: [
      'See them: pmx vm snapshot list VM',
      'Take another name, or leave --name out: pmx vm snapshot create VM',
      'Delete the old one first: pmx vm snapshot delete VM SNAPSHOT',
    ],
  },
  {
    code: 'PMX_SNAPSHOT_NOT_FOUND',
    title: 'There is no such snapshot',
    meaning: 'The guest has no snapshot of that name. Case matters.',
    causes: ['A typing error.', 'Somebody, or a job, deleted it meanwhile.'],
    remedies: ['See them: pmx vm snapshot list VM', 'For containers: pmx ct snapshot list CT'],
  },
  {
    code: 'PMX_SNAPSHOT_MISSING',
    title: 'No snapshot is named',
    meaning:
      'The first word names the guests, the words behind it snapshots. With -l all words name snapshots.',
    causes: ['Only the guest was named.'],
    remedies: ['See their names: pmx vm snapshot list VM'],
  },
  {
    code: 'PMX_ONE_SNAPSHOT',
    title: 'A rollback goes to one snapshot',
    meaning: 'Behind the guests there were several words, and each would be a snapshot.',
    causes: ['Several guests were named one by one.'],
    remedies: [
      "Name several guests in one word: pmx vm snapshot rollback 'web-*' SNAPSHOT",
      'Or select them: pmx vm snapshot rollback -l tag=web SNAPSHOT',
    ],
  },
  {
    code: 'PMX_SNAPSHOT_UNSUPPORTED',
    title: 'The guest cannot have snapshots',
    meaning: 'Proxmox VE says that the snapshot feature is not available for this guest.',
    causes: [
      'A disk is raw on a directory, NFS or thick LVM (qcow2, LVM-thin, ZFS and Ceph can).',
      'A container has a mount point or a directory that cannot be snapshotted.',
      'It is a template.',
    ],
    remedies: [
      'See its disks: pmx vm show VM',
      'On a node, move the disk to a storage that can: qm disk move VMID scsi0 STORAGE --delete',
    ],
  },
  {
    code: 'PMX_PRUNE_UNBOUNDED',
    title: 'Nothing says what stays',
    meaning: 'Without a number or an age pruning would remove everything.',
    causes: ['--keep and --older-than were both left out.'],
    remedies: [
      'Keep the newest: pmx vm snapshot prune VM --keep 3',
      'Or go by age: pmx vm snapshot prune VM --older-than 7d',
    ],
  },
  {
    code: 'PMX_INVALID_AGE',
    title: 'This is no age',
    meaning: 'An age is a whole number with m, h, d or w: minutes, hours, days, weeks.',
    causes: ['The unit is missing.', 'Two units were put together, like 1d12h.'],
    remedies: ['For example: 12h, 7d, 4w.'],
  },
  {
    code: 'PMX_GUEST_REFERENCED',
    title: 'HA or replication still know the guest',
    meaning:
      'Proxmox VE deletes such a guest only when it may take it out of HA and replication (purge).',
    causes: ['--no-purge was given.'],
    remedies: [
      'Leave --no-purge out: pmx vm delete VM',
      'Or take it out first: pmx api delete /cluster/ha/resources/vm:VMID',
    ],
  },
  {
    code: 'PMX_ARCHIVE_NOT_FOUND',
    title: 'There is no such backup',
    meaning: 'No storage that you may see has that archive, or one of that guest.',
    causes: [
      'A typing error, or it was pruned meanwhile.',
      'Its storage is not active on a node that is online.',
      'The token lacks Datastore.Audit on the storage.',
    ],
    remedies: ['See what there is: pmx backup list', 'See the storages: pmx storage list'],
  },
  {
    code: 'PMX_INVALID_BACKUP',
    title: 'This names no backup',
    meaning: 'A backup is an archive, or a guest with or without @latest.',
    causes: ['Something else than latest stands behind @.'],
    remedies: [
      'See the archives: pmx backup list',
      'The newest one: pmx backup restore web-01@latest',
    ],
  },
  {
    code: 'PMX_BACKUP_PROTECTED',
    title: 'A backup is protected',
    meaning: 'It was marked so that nothing removes it. None of those named was deleted.',
    causes: ['It was made with --protected, or somebody protected it later.'],
    remedies: [
      'See which ones are: pmx backup list',
      'If it really has to go: pmx api put /nodes/NODE/storage/STORAGE/content/VOLID protected=0',
    ],
  },
  {
    code: 'PMX_RESTORE_KIND',
    title: 'Another kind of guest is in the way',
    meaning:
      'A backup can replace only a guest of its own kind, VM or container, on the node where it is restored.',
    causes: ['The VMID was given to another guest since the backup.'],
    remedies: ['Take another VMID: pmx backup restore GUEST --vmid 900'],
  },
  {
    code: 'PMX_HA_MANAGED',
    title: 'HA manages the guest already',
    meaning: 'A guest is in HA once.',
    causes: ['It was added before.'],
    remedies: [
      'See what is managed: pmx ha list',
      'Change what HA does: pmx ha set GUEST --state started',
    ],
  },
  {
    code: 'PMX_HA_UNMANAGED',
    title: 'HA does not manage the guest',
    meaning: 'There is no HA resource of this guest, so there is nothing to change or remove.',
    causes: ['It was never added, or went with a purge.'],
    remedies: ['See what is managed: pmx ha list', 'Add it: pmx ha add GUEST'],
  },
  {
    code: 'PMX_HA_TIMEOUT',
    title: 'HA did not do it in time',
    meaning:
      'HA was asked to start or stop a guest, took the request, and the guest has not changed yet.',
    causes: [
      'The guest does not shut down by itself.',
      'The manager or the node is not there, or has lost quorum.',
    ],
    remedies: [
      'See what HA does: pmx ha status',
      'Wait for the guest: pmx wait GUEST --for stopped',
      'Have HA keep its hands off: pmx ha set GUEST --state ignored',
    ],
  },
];
