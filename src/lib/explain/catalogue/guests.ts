import type { ErrorEntry } from '../entry.js';

/** VMs and templates. */
export const guests: readonly ErrorEntry[] = [
  {
    code: 'PMX_VM_NOT_FOUND',
    title: 'There is no such VM',
    meaning: 'No VM has that name or id, or matches that range or pattern.',
    causes: [
      'A typing error, or it is on another server: look at the context.',
      'It is a template or a container, and the command takes VMs only.',
      'The token may not see it: without VM.Audit Proxmox VE leaves guests out.',
    ],
    remedies: [
      'See the VMs: pmx vm list',
      'See the templates: pmx template list',
      'See what you may: pmx api get /access/permissions path=/vms',
      'On a node: pveum acl modify /vms --tokens "USER@REALM!NAME" --roles PVEAuditor (and --users USER@REALM)',
    ],
  },
  {
    code: 'PMX_TEMPLATE_NOT_FOUND',
    title: 'There is no such template',
    meaning: 'No template has that name or id, or matches that range or pattern.',
    causes: [
      'A typing error, or it is on another server: look at the context.',
      'It is a VM that was never turned into a template.',
      'The token may not see it: without VM.Audit Proxmox VE leaves it out.',
    ],
    remedies: [
      'See the templates: pmx template list',
      'Make one from a cloud image: pmx template create --image debian-12.qcow2',
      'Turn a stopped VM into one, for good: pmx api post /nodes/NODE/qemu/VMID/template',
    ],
  },
  {
    code: 'PMX_AMBIGUOUS_NAME',
    title: 'Several guests have this name',
    meaning: 'Proxmox VE lets any number of guests have one name; pmx does not choose among them.',
    causes: ['A clone kept the name.', 'Two people made a VM of that name.'],
    remedies: ['See their ids: pmx vm list', 'Name the guest by its id.'],
  },
  {
    code: 'PMX_VMID_TAKEN',
    title: 'The VMID is in use',
    meaning:
      'A guest has this id already. Ids are one set for VMs, containers and the whole cluster.',
    causes: [
      'A guest that this identity may not see has it.',
      'Somebody else took it a moment ago: asking for the next free id reserves nothing.',
    ],
    remedies: [
      'Leave --vmid out to get the next free id, or the one behind it if that is taken meanwhile.',
      'See whether an id is free: pmx api get /cluster/nextid vmid=200',
    ],
  },
  {
    code: 'PMX_VM_RUNNING',
    title: 'The VM is running',
    meaning: 'Only a stopped VM can be deleted.',
    causes: ['It was started meanwhile, by hand or by HA.'],
    remedies: [
      'Shut it down first: pmx vm shutdown VM',
      'Or cut its power and delete it at once: pmx vm delete VM --stop',
    ],
  },
  {
    code: 'PMX_VM_PROTECTED',
    title: 'The VM is protected against removal',
    meaning: 'The option "protection" is set: Proxmox VE removes neither the VM nor its disks.',
    causes: ['Somebody wants to keep it.'],
    remedies: [
      'Its notes may tell why, in description: pmx api get /nodes/NODE/qemu/VMID/config',
      'If it really has to go: pmx api put /nodes/NODE/qemu/VMID/config protection=0',
    ],
  },
  {
    code: 'PMX_TEMPLATE_IN_USE',
    title: 'Linked clones stand on this template',
    meaning:
      "The disks of linked clones hold only the differences to the template's: without it they are lost.",
    causes: ['VMs were made from it without --full, on a storage that can link.'],
    remedies: [
      'Delete the clones that the message names first: pmx vm delete VM',
      'Or make a clone independent, by moving its disk; on a node: qm disk move VMID scsi0 OTHER-STORAGE --delete',
    ],
  },
  {
    code: 'PMX_LINKED_CLONE_STORAGE',
    title: 'A linked clone cannot go to another storage',
    meaning: 'A linked clone shares blocks with its template, so it lives where that lives.',
    causes: ['--linked and --storage were given together.'],
    remedies: [
      'Leave --storage out.',
      'Or take a full clone: pmx vm create NAME --template TEMPLATE --full --storage STORAGE',
    ],
  },
  {
    code: 'PMX_LINKED_CLONE_UNSUPPORTED',
    title: 'The storage cannot make linked clones',
    meaning: "Proxmox VE says that the template's disks cannot be cloned as links.",
    causes: [
      'The disk is raw on a directory or NFS storage (qcow2 can).',
      'The storage is thick LVM or iSCSI; LVM-thin, ZFS and Ceph RBD can.',
    ],
    remedies: [
      'Take a full clone: pmx vm create NAME --template TEMPLATE --full',
      'Or make the template where it can be linked: pmx template create --image FILE --storage STORAGE --format qcow2',
    ],
  },
  {
    code: 'PMX_NO_DISK',
    title: 'The template has no disk',
    meaning: '--disk resizes the disk that a template boots from, and this one has none.',
    causes: ['The template was made by hand and has no drive, or only CD-ROMs.'],
    remedies: [
      'See its drives: pmx api get /nodes/NODE/qemu/VMID/config',
      'Leave --disk out, or make the template from an image: pmx template create --image FILE',
    ],
  },
  {
    code: 'PMX_DISK_SHRINK',
    title: 'A disk cannot be made smaller',
    meaning: "The size asked for is below the template's. Proxmox VE only lets disks grow.",
    causes: ['--disk 10G means 10 GiB in all; to add 10 GiB it is +10G.'],
    remedies: [
      'See the present size: pmx api get /nodes/NODE/qemu/VMID/config',
      'Ask for that or more, or add to it: pmx vm create NAME --template TEMPLATE --disk +10G',
    ],
  },
  {
    code: 'PMX_GUEST_LOCKED',
    title: 'A half-made guest stays locked',
    meaning:
      'While taking back, pmx found a VM that is still locked by a create or clone, and nothing in it tells whether this operation made it. It was left alone.',
    causes: [
      'The clone is a big one and still copies.',
      'Its task died (the node rebooted), and the lock stayed.',
    ],
    remedies: [
      'See whether a task still works on it: pmx task list --vmid VMID',
      'When that has ended: pmx op rollback ID',
      'A lock that nothing holds any more, on the node: qm unlock VMID – over the API only root@pam may, with its password.',
    ],
  },
  {
    code: 'PMX_WAIT_TIMEOUT',
    title: 'It did not come so far in time',
    meaning:
      'What was waited for did not happen before the time was up; the message says what was seen last.',
    causes: [
      'qemu-guest-agent is not in the image: most cloud images come without.',
      'The VM has no agent device: Proxmox VE option agent=1.',
      'It got no address: no DHCP on that bridge or VLAN.',
      'The first boot is slow, for cloud-init installs packages.',
    ],
    remedies: [
      'Give it longer: --wait-timeout SECONDS, or --timeout for pmx wait.',
      'The VM is there already, so wait again: pmx wait VM --for agent --timeout 10m',
      'Have cloud-init install the agent: packages: [qemu-guest-agent] in --user-data.',
      'Ask the agent yourself: pmx api get /nodes/NODE/qemu/VMID/agent/network-get-interfaces',
      'Look at its console; on the node: qm terminal VMID',
    ],
  },
];
