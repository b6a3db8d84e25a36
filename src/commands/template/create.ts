import {
  ChangeCommand,
  flags,
  invalid,
  type NetworkDevice,
  parseNetworkDevice,
  type Plan,
} from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import {
  hardwareSettings,
  usesUefi,
  vmHardware,
} from '../../lib/commands/guest/vm-hardware-flags.js';
import { checksumFlag } from '../../lib/commands/checksum-flag.js';
import type { TemplateCreateResult } from '../../lib/operations/template/create.js';
import type { FromVmResult } from '../../lib/operations/template/from-vm.js';
import {
  bridgesFor,
  hardwareProfiles,
  profileNames,
  profilesInWords,
} from '../../lib/operations/template/profiles.js';

const defaultMemory = 2048;
const defaultCores = 2;
const defaultBridge = 'vmbr0';

export default class TemplateCreate extends ChangeCommand<TemplateCreateResult | FromVmResult> {
  static override summary =
    'Make a template from a distribution of the catalogue, a URL or a disk image.';
  static override description = `Finds the newest build of the distribution and its checksum, and lets the node download it; what the node cannot
take as it is (packed images) goes through pmx, checked and unpacked on the way. Files may be qcow2, raw, VMDK and OVA,
told apart by content and not by name. The image goes to a storage with content "import", is made the disk of a new
VM, and removed again; the VM becomes a template.

With --packages, --snippet or --script the VM is booted once: an ISO brings the guest agent where the image has none,
everything goes in through the agent, host keys and machine-id go, and the ISO is removed again. It needs DHCP and, for
packages, a way to the repositories of the distribution.`;
  static override examples = [
    '<%= config.bin %> template create debian-13',
    '<%= config.bin %> template create ubuntu-lts --storage local-lvm --tags ubuntu,lts --dry-run',
    '<%= config.bin %> template create --url https://example.org/appliance.qcow2.xz --checksum sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '<%= config.bin %> template create --image debian-12-genericcloud-amd64.qcow2 --name debian-12',
    '<%= config.bin %> template create --image appliance.ova --cloud-init none --dry-run',
    '<%= config.bin %> template create --image gateway.qcow2 --nics 4 --skip-bridge-indexes 1,3 --profile small',
    '<%= config.bin %> template create debian-13 --packages git,curl --snippet docker,hardening --script setup.sh',
    '<%= config.bin %> template create --from-vm web-01 --name web --version auto',
  ];
  static override args = {
    distribution: Args.string({
      description: 'Id or alias in the catalogue: debian-13, ubuntu-lts.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    image: Flags.string({ description: 'Disk image of this machine.', helpValue: 'FILE' }),
    url: Flags.string({ description: 'Disk image from elsewhere, also packed.', helpValue: 'URL' }),
    checksum: checksumFlag({
      description: 'What the image must have, as it is published: ALGORITHM:HEX.',
    }),
    'no-checksum': Flags.boolean({
      description: 'Take an image that nobody publishes a checksum of.',
      exclusive: ['checksum'],
    }),
    fetch: Flags.option({
      description: 'Who downloads: the node, this machine, or the node where it can.',
      options: ['auto', 'node', 'local'] as const,
      default: 'auto',
    })(),
    arch: Flags.string({
      description: 'Architecture of the image; that of the node when left out.',
      helpValue: 'ARCH',
    }),
    name: flags.name({
      description: 'Name of the template; made from that of the image when left out.',
    }),
    vmid: flags.vmid(),
    node: flags.node(),
    storage: flags.storage('Storage for the disk of the template.'),
    'import-storage': Flags.string({
      description: 'Storage with content "import" for the upload.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    format: Flags.option({
      description: 'Format of the disk, on storages that have a choice.',
      options: ['qcow2', 'raw', 'vmdk'] as const,
      helpGroup: 'HARDWARE',
    })(),
    memory: flags.memory(),
    cores: flags.cores(),
    profile: Flags.option({
      description: `Hardware by purpose. ${profilesInWords}.`,
      options: profileNames,
      helpGroup: 'HARDWARE',
    })(),
    cpu: vmHardware.cpu,
    net: flags.net({ multiple: true, multipleNonGreedy: true }),
    nics: Flags.integer({
      description: 'So many network devices, each on a bridge of its own.',
      exclusive: ['net'],
      helpGroup: 'HARDWARE',
      helpValue: 'N',
      min: 0,
      max: 32,
    }),
    'bridge-base': Flags.string({
      description: 'How their bridges are called, without the number.',
      dependsOn: ['nics'],
      helpGroup: 'HARDWARE',
      helpValue: 'NAME',
    }),
    'skip-bridge-indexes': Flags.custom<number[]>({
      description: 'Numbers of bridges that are left out: 1,3.',
      dependsOn: ['nics'],
      helpGroup: 'HARDWARE',
      helpValue: 'N,…',
      parse: async (value) => parseIndexes(value),
    })(),
    bios: vmHardware.bios,
    efi: vmHardware.efi,
    'secure-boot': vmHardware['secure-boot'],
    tpm: vmHardware.tpm,
    machine: vmHardware.machine,
    'from-vm': Flags.string({
      description:
        'VM to take: it is cloned, and the clone is started without network, sealed through its agent and converted. The VM itself is not touched.',
      exclusive: [
        'image',
        'url',
        'profile',
        'nics',
        'net',
        'memory',
        'cores',
        'bios',
        'efi',
        'tpm',
      ],
      dependsOn: ['name'],
      helpValue: 'VM',
    }),
    packages: Flags.string({
      description:
        'Packages to put in, by their names in the distribution: the template-to-be is booted once for that.',
      helpGroup: 'CONTENT',
      helpValue: 'NAME,…',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      exclusive: ['from-vm'],
    }),
    snippet: Flags.string({
      description: 'Ready-made pieces to put in (template snippet list), or a file of your own.',
      helpGroup: 'CONTENT',
      helpValue: 'ID,…',
      multiple: true,
      multipleNonGreedy: true,
      default: [],
      exclusive: ['from-vm'],
    }),
    script: Flags.string({
      description: 'Script to run in it at last, as root; it must begin with #!.',
      exclusive: ['from-vm'],
      helpGroup: 'CONTENT',
      helpValue: 'FILE',
    }),
    timeout: flags.timeout('How long each step in the guest may take.', 1200),
    seal: Flags.boolean({
      description:
        'With --from-vm: remove SSH host keys and machine-id, and let cloud-init begin anew.',
      default: true,
      allowNo: true,
    }),
    'cloud-init': Flags.option({
      description: 'Give the template a cloud-init drive, or none.',
      options: ['native', 'none'] as const,
      default: 'native',
    })(),
    tags: flags.tags(),
    version: Flags.string({
      description:
        'Version of its name: 2026.11.20, or auto for that of today. The bare name means it from then on.',
      helpValue: 'VERSION',
    }),
    promote: Flags.boolean({
      description:
        'Let the bare name mean the new version; --no-promote leaves that to template promote.',
      default: true,
      allowNo: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(TemplateCreate);
    if (given['from-vm'] !== undefined) return this.#fromVm(given['from-vm']);
    const profile = given.profile && hardwareProfiles[given.profile];
    const { planTemplateCreate } = await import('../../lib/operations/template/create.js');
    const { settings } = this.session;
    const [pve, inventory, defaults, mirrors, keyrings, catalogFile] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
      settings.get('mirrors'),
      settings.get('keyrings'),
      settings.get('catalog'),
    ]);
    return planTemplateCreate(pve, inventory, {
      imagePath: given.image,
      distribution: this.argsOf(TemplateCreate).distribution,
      url: given.url,
      checksum: given.checksum,
      withoutChecksum: given['no-checksum'],
      fetch: given.fetch,
      arch: given.arch,
      mirrors,
      keyrings,
      catalogFile,
      name: given.name,
      vmid: given.vmid,
      vmids: defaults.vmids,
      pool: defaults.pool,
      node: given.node ?? defaults.node,
      storage: given.storage ?? defaults.storage,
      importStorage: given['import-storage'],
      format: given.format,
      memoryMebibytes: given.memory ?? profile?.memoryMebibytes ?? defaultMemory,
      cores: given.cores ?? profile?.cores ?? defaultCores,
      networks: this.#networks(defaults.bridge),
      settings: { ...profile?.settings, ...hardwareSettings(given, false) },
      ...(profile && { diskOptions: profile.disk }),
      ...(usesUefi(given) && { efi: { secureBoot: given['secure-boot'] === true } }),
      tpm: given.tpm,
      cloudInit: given['cloud-init'],
      bake: {
        packages: listed(given.packages),
        snippets: listed(given.snippet),
        ...(given.script !== undefined && { script: given.script }),
        timeoutSeconds: given.timeout,
      },
      tags: [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])],
      ...(given.version !== undefined && { version: given.version }),
      keepLatest: !given.promote,
      signal: this.session.signal,
    });
  }

  #networks(bridge: string | undefined): NetworkDevice[] {
    const { net, nics, ...given } = this.flagsOf(TemplateCreate);
    if (nics !== undefined)
      return bridgesFor(
        nics,
        given['bridge-base'] ?? 'vmbr',
        given['skip-bridge-indexes'] ?? [],
      ).map((name) => parseNetworkDevice(name));
    return net ?? [parseNetworkDevice(bridge ?? defaultBridge)];
  }

  async #fromVm(vm: string): Promise<Plan> {
    const given = this.flagsOf(TemplateCreate);
    const { planFromVm } = await import('../../lib/operations/template/from-vm.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const [source] = await inventory.resolveGuests([vm], {
      type: 'qemu',
      template: false,
      noun: 'VM',
    });
    const places = {
      vmid: given.vmid,
      vmids: defaults.vmids,
      pool: defaults.pool,
      node: given.node,
      storage: given.storage,
      version: given.version,
    };
    return planFromVm(pve, inventory, {
      ...Object.fromEntries(Object.entries(places).filter(([, value]) => value !== undefined)),
      source: source!,
      name: given.name!,
      tags: [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])],
      keepLatest: !given.promote,
      unsealed: !given.seal,
      timeoutSeconds: given.timeout,
    });
  }

  protected override view(template: TemplateCreateResult | FromVmResult): void {
    this.output.print(
      `Template ${template.vmid} (${template.name}${template.version === null ? '' : `@${template.version}`}) is ready on node ${template.node}.`,
    );
    this.output.note(`  → ${this.config.bin} vm create NAME --template ${template.name}`);
  }
}

/** `a,b` and `a b` alike, and each word once. */
function listed(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word !== '');
}

function parseIndexes(value: string): number[] {
  const indexes = value.split(',').map((word) => word.trim());
  if (indexes.every((word) => /^\d{1,3}$/.test(word))) return indexes.map(Number);
  throw invalid(
    'PMX_INVALID_COUNT',
    'List of numbers',
    value,
    'it must be whole numbers with commas between',
    'For example: --skip-bridge-indexes 1,3',
  );
}
