import type { ErrorEntry } from '../entry.js';

/** Changes of guests that exist. */
export const guestVerbs: readonly ErrorEntry[] = [
  {
    code: 'PMX_GUEST_NOT_RUNNING',
    title: 'The guest does not run',
    meaning: 'The command works on a running guest, and this one is stopped or suspended to disk.',
    causes: ['It was never started, or it shut itself down.', 'It was suspended with --to-disk.'],
    remedies: ['Start it: pmx vm start NAME', 'Wake it from disk: pmx vm resume NAME'],
  },
  {
    code: 'PMX_GUEST_PAUSED',
    title: 'The guest is paused',
    meaning: 'A paused guest hears no request to shut down, so it cannot be rebooted that way.',
    causes: ['Somebody suspended it.', 'Its storage is full: Proxmox VE pauses a VM then.'],
    remedies: [
      'Let it go on: pmx vm resume NAME',
      'Reset it as if by its button: pmx vm reset NAME',
    ],
  },
  {
    code: 'PMX_OPTIONS_CHANGED',
    title: 'Somebody else changed the same options',
    meaning:
      'Between planning and sending, the options that this command changes were changed by somebody else. Nothing was overwritten.',
    causes: ['Another admin, another pmx or a script works on the same guest.'],
    remedies: ['Look how it is now: pmx vm show NAME', 'Then run the command again.'],
  },
  {
    code: 'PMX_DISK_HELD',
    title: 'A running guest still uses the volume',
    meaning: 'A new disk was to be taken away again, but the running guest holds on to it.',
    causes: ['The device cannot be unplugged while the guest runs.'],
    remedies: [
      'Stop the guest: pmx vm shutdown NAME',
      'Then remove what is unused: pmx vm set NAME --delete unused0',
    ],
  },
  {
    code: 'PMX_NOTHING_TO_SET',
    title: 'No change was asked for',
    meaning: 'The command changes something, and no flag says what.',
    causes: ['The flags were forgotten.'],
    remedies: [
      'Add --help to see what can be set.',
      'Say what: pmx vm set NAME --memory 4G',
      'See what is set now: pmx vm show NAME',
    ],
  },
  {
    code: 'PMX_INVALID_GUEST_OPTION',
    title: 'An option or its value is not valid',
    meaning:
      'The server describes which options and values it takes; this one is not among them, or two flags contradict each other. Nothing was sent.',
    causes: [
      'A typing error in --set.',
      'The value is out of range.',
      'A VM option for a container.',
    ],
    remedies: ['See what is set now: pmx vm show NAME'],
  },
  {
    code: 'PMX_ONE_GUEST_ONLY',
    title: 'This goes with one guest only',
    meaning: 'What was asked for makes sense for a single guest, and several are named.',
    causes: ['A pattern or selector matches more than was thought.'],
    remedies: ['Name one guest.', 'See what matches: pmx vm list -l tag=web'],
  },
  {
    code: 'PMX_SECRET_IN_ARGUMENTS',
    title: 'A secret does not belong into arguments',
    meaning: 'Arguments stand in process lists and in the history of the shell.',
    causes: ['--set cipassword=… instead of a flag that asks.'],
    remedies: ['Be asked for it: pmx vm set NAME --cipassword'],
  },
  {
    code: 'PMX_DISK_NOT_FOUND',
    title: 'The guest has no such disk',
    meaning: 'No disk, mount point or unused volume of the guest is in that slot.',
    causes: ['A typing error.', 'The disk was detached: then it is called unused0 or so.'],
    remedies: [
      'See its disks: pmx vm disk list NAME',
      'Or those of a container: pmx ct disk list NAME',
    ],
  },
  {
    code: 'PMX_DISK_NOT_RESIZABLE',
    title: 'This is no disk to resize',
    meaning:
      'Only disks in use have a size to change: media, cloud-init drives and unused volumes have none.',
    causes: [
      'The slot holds a CD-ROM, a cloud-init drive, a folder of the node, or an unused disk.',
    ],
    remedies: ['See its disks: pmx vm disk list NAME'],
  },
  {
    code: 'PMX_STORAGE_TOO_SMALL',
    title: 'The storage has not that much room',
    meaning:
      'The storage takes the whole size of a disk at once, and less than that is free on it.',
    causes: ['The size is mistyped.', 'Old backups, ISOs or unused disks fill the storage.'],
    remedies: ['See how full they are: pmx storage list', 'Take another one: --storage NAME'],
  },
  {
    code: 'PMX_SLOT_TAKEN',
    title: 'The slot is in use',
    meaning: 'A guest has one device in each slot, and this slot has one.',
    causes: ['The command was run before.', 'All slots of the bus are in use.'],
    remedies: [
      'See what is where: pmx vm disk list NAME',
      'Leave --slot out to get the next free one.',
    ],
  },
  {
    code: 'PMX_GUEST_MUST_STOP',
    title: 'The guest has to be stopped for this',
    meaning: 'Proxmox VE does this with a stopped container only.',
    causes: ['A running container keeps its volumes mounted.'],
    remedies: ['Stop it: pmx ct shutdown NAME', 'Afterwards start it again: pmx ct start NAME'],
  },
  {
    code: 'PMX_NIC_NOT_FOUND',
    title: 'The guest has no such network device',
    meaning:
      'Network devices are called net0, net1 and so on, and the guest has none of that name.',
    causes: ['A typing error.', 'It was removed.'],
    remedies: ['See them: pmx vm nic list NAME', 'Or those of a container: pmx ct nic list NAME'],
  },
  {
    code: 'PMX_MIGRATE_RUNNING',
    title: 'A running guest is moved on request only',
    meaning: 'Moving a running guest takes a flag, since it costs time or a restart.',
    causes: ['--online (VMs) or --restart (containers) is missing.'],
    remedies: [
      'A VM goes on meanwhile: pmx vm migrate NAME --to NODE --online',
      'A container is restarted: pmx ct migrate NAME --to NODE --restart',
    ],
  },
  {
    code: 'PMX_MIGRATE_STORAGE',
    title: 'The other node lacks a storage',
    meaning: 'A disk lies on a storage that the other node does not have.',
    causes: [
      'The storage is restricted to some nodes.',
      'It is defined for the present node only.',
    ],
    remedies: [
      'See which node has what: pmx storage list',
      'Name another one: --target-storage NAME',
    ],
  },
  {
    code: 'PMX_MIGRATE_LOCAL_DISKS',
    title: 'Disks would have to be copied',
    meaning:
      'Disks lie on storages that only the present node can reach; copying them takes time and network.',
    causes: ['The storage is local, or not marked as shared.'],
    remedies: [
      'Copy them along: pmx vm migrate NAME --to NODE --with-local-disks',
      'Move them to a shared storage first: pmx vm disk move NAME scsi0 --storage shared',
    ],
  },
  {
    code: 'PMX_MIGRATE_CDROM',
    title: 'An ISO in a drive lies on the present node only',
    meaning: 'Media cannot be copied along, and the other node would not find them.',
    causes: [
      'An installation medium is still in its drive.',
      'A cloud-init ISO with own files belongs to the VM.',
    ],
    remedies: ['Eject it: pmx vm set NAME --set ide2=none,media=cdrom'],
  },
  {
    code: 'PMX_MIGRATE_LOCAL_DEVICES',
    title: 'The VM uses devices of its node',
    meaning: 'PCI or USB devices are passed through, and those cannot move.',
    causes: ['hostpciN or usbN name a device of this node.'],
    remedies: ['Take it off: pmx vm set NAME --delete hostpci0'],
  },
  {
    code: 'PMX_CLONE_LOCAL_STORAGE',
    title: 'Such a clone cannot be made on another node',
    meaning: 'Proxmox VE clones to another node only where both can reach the disks.',
    causes: ['The storage is local, or not marked as shared.'],
    remedies: [
      'Clone it where it is: pmx vm clone NAME NEW',
      'Then move the clone: pmx vm migrate NEW --to NODE --with-local-disks',
    ],
  },
];
