import { Args } from '@oclif/core';
import { ChangeCommand, type NetworkDevice, parseNetworkDevice, type Plan } from '@pmx-cli/kit';

import { hardwareSettings, usesUefi } from '../../lib/commands/guest/vm-hardware-flags.js';
import { blankDisk, templateCreateFlags } from '../../lib/commands/template/create-flags.js';
import type { BakeRequest } from '../../lib/operations/template/bake/recipe.js';
import type { TemplateCreateResult } from '../../lib/operations/template/create.js';
import type { FromIsoResult } from '../../lib/operations/template/from-iso.js';
import type { FromVmResult } from '../../lib/operations/template/from-vm.js';
import type { CopyPlace } from '../../lib/operations/template/on-nodes.js';
import { bridgesFor, hardwareProfiles } from '../../lib/operations/template/profiles.js';

const defaultMemory = 2048;
const defaultCores = 2;
const defaultBridge = 'vmbr0';

type Made = TemplateCreateResult | FromVmResult | FromIsoResult;

export default class TemplateCreate extends ChangeCommand<Made> {
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
    '<%= config.bin %> template create --from-vm web-01 --name web --version auto --packages nginx --script harden.sh',
    '<%= config.bin %> template create --iso local:iso/debian-13-netinst.iso --disk 20G --name installer',
    '<%= config.bin %> template create debian-13 --node pve1,pve2 --storage local-lvm',
  ];
  static override args = {
    distribution: Args.string({
      description: 'Id or alias in the catalogue: debian-13, ubuntu-lts.',
      ignoreStdin: true,
    }),
  };
  static override flags = templateCreateFlags;

  protected override async plan(): Promise<Plan | Plan[]> {
    const { node, vmid, storage } = this.flagsOf(TemplateCreate);
    const nodes = listed(node === undefined ? [] : [node]);
    if (nodes.length < 2) return this.#planOne({});
    const { planOnNodes } = await import('../../lib/operations/template/on-nodes.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planOnNodes(
      pve,
      inventory,
      { nodes, storage: storage ?? defaults.storage, vmid, vmids: defaults.vmids },
      (place) => this.#planOne(place),
    );
  }

  async #planOne(place: Partial<CopyPlace>): Promise<Plan> {
    const given = { ...this.flagsOf(TemplateCreate), ...place };
    if (given['from-vm'] !== undefined) return this.#fromVm(given['from-vm'], place);
    if (given.iso !== undefined) return this.#fromIso(given.iso, place);
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
      plannedVmid: place.plannedVmid,
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
      bake: this.#bake(),
      tags: [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])],
      ...(given.version !== undefined && { version: given.version }),
      keepLatest: !given.promote,
      retires: place.retires,
      signal: this.session.signal,
    });
  }

  #bake(): BakeRequest {
    const { packages, snippet, script, timeout } = this.flagsOf(TemplateCreate);
    return {
      packages: listed(packages),
      snippets: listed(snippet),
      ...(script !== undefined && { script }),
      timeoutSeconds: timeout,
    };
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

  async #fromIso(iso: string, place: Partial<CopyPlace>): Promise<Plan> {
    const given = { ...this.flagsOf(TemplateCreate), ...place };
    const [{ planFromIso }, { requestOf }, { parseDrive }] = await Promise.all([
      import('../../lib/operations/template/from-iso.js'),
      import('../../lib/commands/guest/vm-create-request.js'),
      import('../../lib/operations/vm/drives.js'),
    ]);
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const { format, 'cloud-init': _, ...hardware } = given;
    const disk = given.disk ?? [parseDrive(blankDisk)];
    const request = requestOf(
      { ...hardware, disk, ...(format !== undefined && { 'disk-format': format }) },
      defaults,
    );
    return planFromIso(pve, inventory, {
      ...request,
      plannedVmid: place.plannedVmid,
      name: given.name!,
      iso,
      tags: request.tags ?? [],
      ...(given.version !== undefined && { version: given.version }),
      keepLatest: !given.promote,
      retires: place.retires,
    });
  }

  async #fromVm(vm: string, place: Partial<CopyPlace>): Promise<Plan> {
    const given = { ...this.flagsOf(TemplateCreate), ...place };
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
      retires: place.retires,
      unsealed: !given.seal,
      bake: this.#bake(),
      timeoutSeconds: given.timeout,
    });
  }

  protected override view(template: Made): void {
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
