import type { Fields } from '../../declare/field.js';
import { objectOf, type Schema } from '../../declare/schema.js';
import { profileNames, profilesInWords } from '../profiles.js';

const place = { pattern: /^[a-z0-9][\w.-]*$/i };

/** Not what pmx sets itself, and no drives. */
const ownOptions =
  /^(?!(?:name|tags|description|template|vmid|pool|memory|cores|scsi\d+|sata\d+|ide\d+|virtio\d+|efidisk0|tpmstate0|unused\d+|cipassword|lock|digest)$)[a-z][a-z0-9-]*$/;

/** How a template is made up: may also stand under `defaults`. */
const settings: Fields = {
  arch: {
    type: 'choice',
    choices: ['x86_64', 'aarch64'],
    description: 'Architecture of the image; that of the node when left out.',
    example: 'x86_64',
  },
  fetch: {
    type: 'choice',
    choices: ['auto', 'node', 'local'],
    description: 'Who downloads: the node, this machine, or the node where it can.',
    example: 'local',
  },
  node: {
    type: 'text',
    ...place,
    description: 'Node; the one with the most free memory when left out.',
    example: 'pve1',
    rule: 'it must be the name of a node',
  },
  nodes: {
    type: 'list',
    pattern: place.pattern,
    description: 'Nodes that get a copy each, where they share no storage; instead of node.',
    example: ['pve1', 'pve2'],
    rule: 'it must be a list of names of nodes',
  },
  storage: {
    type: 'text',
    ...place,
    description: 'Storage for the disk.',
    example: 'local-lvm',
    rule: 'it must be the name of a storage',
  },
  importStorage: {
    type: 'text',
    ...place,
    description: 'Storage with content "import" for the image, which does not stay there.',
    example: 'local',
    rule: 'it must be the name of a storage',
  },
  format: {
    type: 'choice',
    choices: ['qcow2', 'raw', 'vmdk'],
    description: 'Format of the disk, on storages that have a choice.',
    example: 'qcow2',
  },
  pool: { type: 'text', description: 'Pool.', example: 'lab' },
  tags: {
    type: 'list',
    pattern: /^[a-z0-9_][a-z0-9_+.-]*$/i,
    description: 'Tags, beside those that pmx gives a version.',
    example: ['base'],
    rule: 'it must be a list of tags of letters, digits, _ . + and -',
  },
  memory: { type: 'memory', description: 'Memory, in MiB or with a unit.', example: '2G' },
  cores: {
    type: 'integer',
    min: 1,
    max: 8192,
    description: 'CPU cores.',
    example: 2,
  },
  profile: {
    type: 'choice',
    choices: profileNames,
    description: `Hardware by purpose. ${profilesInWords}.`,
    example: 'small',
  },
  cpu: { type: 'text', description: 'CPU type.', example: 'host' },
  bios: { type: 'choice', choices: ['seabios', 'ovmf'], description: 'Firmware.', example: 'ovmf' },
  secureBoot: {
    type: 'boolean',
    description: "UEFI with Microsoft's keys enrolled.",
    example: true,
  },
  tpm: { type: 'boolean', description: 'A TPM 2.0.', example: true },
  machine: { type: 'text', description: 'Machine type.', example: 'q35' },
  networks: {
    type: 'list',
    description: 'Network devices, as --net takes them.',
    example: ['vmbr0', 'vmbr1,tag=20'],
    rule: 'it must be a list of texts like vmbr0,tag=20',
  },
  cloudInit: {
    type: 'choice',
    choices: ['native', 'none'],
    description: 'A cloud-init drive, or none.',
    example: 'native',
  },
  packages: {
    type: 'list',
    description: 'Packages that are put in, as --packages of template create does.',
    example: ['git', 'curl'],
    rule: 'it must be a list of names of packages',
  },
  snippets: {
    type: 'list',
    description: 'Snippets that are put in, by their ids or files.',
    example: ['docker'],
    rule: 'it must be a list of ids or files',
  },
  script: {
    type: 'text',
    description: 'Script of this machine, beside the file, that runs once in the template.',
    example: 'harden.sh',
  },
  options: {
    type: 'table',
    keys: ownOptions,
    description: 'More options of the configuration, by their names in Proxmox VE.',
    example: { balloon: '0', ciuser: 'admin' },
    rule: 'it must be an option of a VM that has no field of its own here and is no drive',
    short: 'a text',
    fields: {},
  },
  promote: {
    type: 'boolean',
    description: 'Whether the bare name means the new version from then on.',
    example: false,
  },
  keep: {
    type: 'integer',
    min: 1,
    max: 1000,
    description: 'So many versions stay once a new one is there; older ones are deleted.',
    example: 3,
  },
};

export const entryFields: Fields = {
  name: {
    type: 'text',
    pattern: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i,
    description: 'Name of the template, which all its versions share.',
    example: 'debian-13',
    rule: 'it must be a DNS name',
  },
  distribution: {
    type: 'text',
    description: 'Id or alias in the catalogue. Each entry has this, url or image.',
    example: 'debian-13',
  },
  url: {
    type: 'text',
    pattern: /^https?:\/\/\S+$/,
    description: 'Disk image from elsewhere, also packed.',
    example: 'https://example.org/appliance.qcow2.xz',
    rule: 'it must begin with https:// or http://',
  },
  image: {
    type: 'text',
    description: 'Disk image of this machine, beside the file.',
    example: 'gateway.qcow2',
  },
  checksum: {
    type: 'text',
    description: 'What the image must have, as it is published: ALGORITHM:HEX.',
    example: `sha256:${'9f'.repeat(32)}`,
  },
  unchecked: {
    type: 'boolean',
    description: 'Take an image that nobody publishes a checksum of.',
    example: true,
  },
  version: {
    type: 'text',
    description: 'Version; that of the day when left out, which is what makes sense mostly.',
    example: '2026.11.20',
  },
  ...settings,
};

export const defaultFields = settings;

/** The file of `template build` as JSON Schema, for editors. */
export function buildFileSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Templates for pmx template build',
    type: 'object',
    properties: {
      defaults: {
        ...objectOf(defaultFields),
        description: 'What entries have that do not say it themselves.',
      },
      templates: {
        type: 'array',
        minItems: 1,
        items: {
          ...objectOf(entryFields),
          required: ['name'],
          oneOf: [{ required: ['distribution'] }, { required: ['url'] }, { required: ['image'] }],
          not: { required: ['node', 'nodes'] },
        },
      },
    },
    required: ['templates'],
    additionalProperties: false,
  };
}
