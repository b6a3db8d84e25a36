import type { ErrorEntry } from '../entry.js';

/** Making guests: VMs in every way, containers and their templates. */
export const making: readonly ErrorEntry[] = [
  {
    code: 'PMX_CT_TEMPLATE_NOT_FOUND',
    title: 'There is no such container template',
    meaning: 'No archive of that name is on the storages of the node, or offered for download.',
    causes: [
      'It was not downloaded yet, or only on another node.',
      'The list of the node is old.',
      'The token may not see the storage: without Datastore.Audit its content is left out.',
    ],
    remedies: [
      'See what there is: pmx ct template list',
      'Download it: pmx ct template download debian-12',
      'Fetch the list anew, on the node: pveam update',
    ],
  },
  {
    code: 'PMX_CT_TEMPLATE_AMBIGUOUS',
    title: 'Several container templates begin like this',
    meaning: 'The beginning of the name fits templates of different systems; pmx does not choose.',
    causes: ['The name is too short: debian fits debian-12-standard and debian-13-standard.'],
    remedies: ['Write more of it: pmx ct template list shows the names'],
  },
  {
    code: 'PMX_INVALID_FEATURES',
    title: 'Unknown features of a container',
    meaning: 'A feature is none that Proxmox VE knows, or its value is neither 0 nor 1.',
    causes: ['A typing error in --features.'],
    remedies: [
      'Switch features on like this: pmx ct create NAME --template debian-12 --features nesting=1',
    ],
  },
  {
    code: 'PMX_PASSWORD_TOO_SHORT',
    title: 'The password is too short',
    meaning: 'Proxmox VE takes passwords of at least five characters for root of a container.',
    causes: ['The wrong variable was piped, or it was empty but for a few characters.'],
    remedies: [
      'Take a longer one.',
      'Take a key instead: pmx ct create NAME --template debian-12 --ssh-key ~/.ssh/id_ed25519.pub',
    ],
  },
  {
    code: 'PMX_NO_SOURCE',
    title: 'Nothing says what the VM is made from',
    meaning: 'A new VM comes from a template, begins with an installer, or is asked for as empty.',
    causes: ['The profile names no template.', 'A row of the CSV file has no template.'],
    remedies: [
      'Name a template: pmx vm create web-01 --template debian-12',
      'Install from an ISO: pmx vm create web-01 --iso debian-13.iso --disk 20G',
      'Make an empty one: pmx vm create web-01 --empty',
    ],
  },
  {
    code: 'PMX_ISO_NOT_FOUND',
    title: 'There is no such ISO',
    meaning: 'No storage of the node has an ISO of that name.',
    causes: ['A typing error.', 'It is on a storage that this node does not have.'],
    remedies: ['See what a storage has: pmx storage content local --content iso'],
  },
  {
    code: 'PMX_ISO_AMBIGUOUS',
    title: 'Several storages have this ISO',
    meaning: 'The file name alone does not say which of them is meant.',
    causes: ['The same ISO was uploaded to two storages.'],
    remedies: ['Name the volume: pmx vm create web-01 --iso local:iso/debian-13.iso'],
  },
  {
    code: 'PMX_INVALID_DISK',
    title: 'A disk cannot be like this',
    meaning: 'An option, a slot or a size of --disk is none that Proxmox VE takes.',
    causes: ['A typing error in an option.', 'Two disks ask for one slot.'],
    remedies: [
      'Write it like this: pmx vm create web-01 --empty --disk 20G --disk fast:100G,ssd=1',
    ],
  },
  {
    code: 'PMX_INVALID_BULK',
    title: 'The names of several guests do not work out',
    meaning: 'Several VMs need names that differ: a range, or {n} with a count.',
    causes: ['The range runs backwards.', '--count is given, and the name is the same for all.'],
    remedies: [
      'Name a range: pmx vm create web-01..05 --template debian-12',
      "Count: pmx vm create 'web-{nn}' --count 5 --template debian-12",
    ],
  },
  {
    code: 'PMX_NAME_TWICE',
    title: 'Two new guests would have one name or id',
    meaning: 'The rows of a file, or the documents, name the same guest twice.',
    causes: ['A line was copied and not changed.'],
    remedies: ['Give each a name of its own.'],
  },
  {
    code: 'PMX_ADDRESSES_EXHAUSTED',
    title: 'Counting the address up leaves its net',
    meaning:
      'The static address of the first VM is counted up for the next; the net is too small, or the gateway is in the way.',
    causes: [
      'The first address is near the end of the net.',
      'The gateway is behind the first address.',
    ],
    remedies: ['Begin lower.', 'Let the guests ask: --ip dhcp'],
  },
  {
    code: 'PMX_INVALID_CSV',
    title: 'A CSV file cannot be used',
    meaning:
      'Its header names something unknown, or a row does not fit it; line and reason are told.',
    causes: ['A quote is not closed.', 'A column has the name of no flag.'],
    remedies: ['Begin like this: name,template,memory,cores,ip'],
  },
  {
    code: 'PMX_INVALID_MANIFEST',
    title: 'A document cannot be used',
    meaning:
      'It is no YAML, a field is unknown, or a value is none; file, line and column are told.',
    causes: ['A typing error.', 'A field of another kind of document.', 'Wrong indentation.'],
    remedies: [
      'Look at one that is right: pmx export vm/web-01',
      'Let the editor check it: schemas/manifest.schema.json',
    ],
  },
  {
    code: 'PMX_SECRET_IN_MANIFEST',
    title: 'A document holds a secret',
    meaning: 'Documents are kept, sent and shown; passwords in them are refused.',
    causes: ['cipassword or password was copied from a configuration.'],
    remedies: [
      'Use SSH keys: sshKeys in cloudInit, or of a container.',
      'Set a password afterwards: pmx vm set web-01 --cipassword',
    ],
  },
  {
    code: 'PMX_NEEDS_REPLACE',
    title: 'Only a new guest could be like this',
    meaning: 'A document asks for another template, node, id or firmware, or a smaller disk.',
    causes: ['The document was written for another guest.', 'The guest was moved meanwhile.'],
    remedies: [
      'See what differs: pmx diff -f web.yaml',
      'Write down how it is: pmx export vm/web-01',
      'Have it made anew, without what is on its disks: pmx apply -f web.yaml --replace',
    ],
  },
  {
    code: 'PMX_GUEST_EXISTS',
    title: 'The guest is there already',
    meaning: 'vm create -f makes new VMs only.',
    causes: ['The file was used before.'],
    remedies: ['Bring it to what the file says: pmx apply -f web.yaml'],
  },
  {
    code: 'PMX_INVALID_VARIABLE',
    title: 'A variable is given wrongly',
    meaning: 'Variables of documents are given as NAME=VALUE.',
    causes: ['The = is missing, or the name has other characters than letters, digits and _.'],
    remedies: ['Give it like this: pmx apply -f web.yaml --var domain=example.org'],
  },
  {
    code: 'PMX_PROFILE_NOT_FOUND',
    title: 'There is no such profile',
    meaning: 'No file of the configuration has a profile of that name.',
    causes: ['A typing error.', 'It is in the project file of another folder.'],
    remedies: ['See the profiles: pmx vm profile list', 'Make it: pmx vm profile set db memory=8G'],
  },
  {
    code: 'PMX_INVALID_PROFILE',
    title: 'A profile says something that cannot be',
    meaning: 'A field is unknown, or its value is none that the flag of vm create would take.',
    causes: ['A typing error in the configuration.'],
    remedies: [
      'Set the field anew: pmx vm profile set db memory=8G',
      'See the profiles: pmx vm profile list',
    ],
  },
];
