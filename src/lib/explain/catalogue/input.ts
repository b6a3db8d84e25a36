import type { ErrorEntry } from '../entry.js';

/** Words on the command line. Nothing was sent in any of these. */
export const input: readonly ErrorEntry[] = [
  {
    code: 'PMX_USAGE',
    title: 'The command line is wrong',
    meaning: 'A flag or argument is missing, unknown, given twice, or excludes another one.',
    causes: [
      'A typing error in a flag.',
      'A value that begins with - : write it as --flag=-value.',
    ],
    remedies: ['Add --help to see what the command takes.'],
  },
  {
    code: 'PMX_COMMAND_NOT_FOUND',
    title: 'There is no such command',
    meaning: 'pmx does not guess: a script must never run another command than the one it names.',
    causes: [
      'A typing error, or noun and verb were swapped: pmx vm list.',
      'A plugin that has it is not installed.',
    ],
    remedies: ['See what there is: pmx help'],
  },
  {
    code: 'PMX_INVALID_VMID',
    title: 'Not a VMID',
    meaning: 'A VMID is a whole number from 100 to 999999999.',
    causes: [
      'Ids below 100 belong to Proxmox VE itself.',
      'A name was given where only an id goes.',
    ],
    remedies: ['Leave --vmid out to get the next free id.'],
  },
  {
    code: 'PMX_INVALID_NAME',
    title: 'Not a name for a guest',
    meaning:
      'Proxmox VE wants a DNS name: letters, digits and hyphens, parts of at most 63 characters between dots.',
    causes: ['Underscores, blanks or umlauts.', 'A hyphen at the beginning or end of a part.'],
    remedies: ['Take the one that the message offers, or one like web-01.'],
  },
  {
    code: 'PMX_INVALID_TAG',
    title: 'Not a tag',
    meaning: 'A tag begins with a letter, digit or underscore and goes on with these or + . -',
    causes: ['key=value and key:value are no tags of Proxmox VE.'],
    remedies: ['Several go with commas: pmx vm create NAME --template TEMPLATE --tags web,prod'],
  },
  {
    code: 'PMX_INVALID_SIZE',
    title: 'Not a size for a disk',
    meaning:
      'A number with K, M, G or T, of 1024 each; with + in front it is added to the present size.',
    causes: [
      'No unit at all: 20 instead of 20G.',
      'A blank between number and unit, or a comma in it.',
    ],
    remedies: ['pmx vm create NAME --template TEMPLATE --disk +10G'],
  },
  {
    code: 'PMX_INVALID_MEMORY',
    title: 'Not an amount of memory',
    meaning: 'MiB, or a number with M or G, at least 16 MiB.',
    causes: [
      'Less than 16 MiB: 2 means 2 MiB, not 2 GiB.',
      'A fraction that is no whole number of MiB.',
    ],
    remedies: ['pmx vm create NAME --template TEMPLATE --memory 2G'],
  },
  {
    code: 'PMX_INVALID_COUNT',
    title: 'Not a number of cores',
    meaning: 'A whole number from 1 to 8192.',
    causes: ['0, a fraction, or a word.'],
    remedies: ['pmx vm create NAME --template TEMPLATE --cores 4'],
  },
  {
    code: 'PMX_INVALID_IP',
    title: 'Not an IP configuration',
    meaning:
      'It takes dhcp, ADDRESS/PREFIX, and gw=ADDRESS; for IPv6 ip6= and gw6=, as ipconfig0 of Proxmox VE.',
    causes: [
      'The prefix length is missing: 10.0.0.5/24, not 10.0.0.5.',
      'A netmask (255.255.255.0) instead of a prefix length.',
      'A gateway together with dhcp.',
    ],
    remedies: [
      'pmx vm create NAME --template TEMPLATE --ip dhcp',
      'pmx vm create NAME --template TEMPLATE --ip 10.0.0.5/24,gw=10.0.0.1',
    ],
  },
  {
    code: 'PMX_GATEWAY_OUTSIDE_NET',
    title: 'The gateway is not in the net',
    meaning: 'The guest could not reach a gateway outside of its own net.',
    causes: [
      'The prefix length is wrong: /32 or /8 instead of /24.',
      'Address and gateway were taken from two nets.',
    ],
    remedies: [
      'Check prefix length and gateway.',
      'A provider that routes a single address so needs own files: --network-config with on-link: true.',
    ],
  },
  {
    code: 'PMX_INVALID_NET',
    title: 'Not a network device',
    meaning:
      'A bridge, with options: tag, model, firewall, mtu, rate, queues, link_down, trunks, macaddr.',
    causes: [
      'vlan= instead of tag=.',
      'A VLAN outside of 1 to 4094.',
      'A model other than virtio, e1000, e1000e, rtl8139 and vmxnet3.',
    ],
    remedies: ['pmx vm create NAME --template TEMPLATE --net vmbr0,tag=5'],
  },
  {
    code: 'PMX_INVALID_TARGET',
    title: 'Not a name, id, range or pattern',
    meaning:
      'Guests are named by name, id (101), range (110-120, at most 10000 ids) or pattern (web-*).',
    causes: ['An empty variable in a script: "$VM".', 'A range that falls.'],
    remedies: ['Put patterns into quotes, or the shell takes them: pmx vm start "web-*"'],
  },
  {
    code: 'PMX_INVALID_PATH',
    title: 'Not a path of the API',
    meaning: 'A path holds no blanks, no .. and no parameters; these follow as key=value.',
    causes: [
      'A query behind ?, as curl takes it.',
      'The whole address of the web interface, with # in it.',
    ],
    remedies: ['pmx api get /nodes/pve1/tasks limit=5'],
  },
  {
    code: 'PMX_INVALID_PARAMETER',
    title: 'Not a parameter of a call',
    meaning: 'Behind the path of pmx api each word is key=value.',
    causes: ['A blank around =.', 'JSON, or --key value as with pvesh.'],
    remedies: ['pmx api put /nodes/pve1/qemu/101/config onboot=1 "description=two words"'],
  },
];
