import { args, type Column, ListCommand } from '@pmx-cli/kit';

import type { VersionRow } from '../../lib/operations/template/versions.js';

export default class TemplateVersions extends ListCommand<VersionRow> {
  static override summary = 'List the versions of a template, the newest first.';
  static override description = `Says of each version what it was made from and which linked clones stand on it; those hold up template prune and
template delete. What the bare name means is marked. Without a name: the versions of all templates.`;
  static override examples = [
    '<%= config.bin %> template versions debian-13',
    '<%= config.bin %> template versions debian-13 --json',
    '<%= config.bin %> template versions --filter latest=false -o name',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };

  protected readonly columns: ReadonlyArray<Column<VersionRow>> = [
    { header: 'NAME', value: ({ name }) => name, key: 'name' },
    { header: 'VERSION', value: ({ version }) => version, key: 'version' },
    { header: 'LATEST', value: ({ latest }) => (latest ? 'yes' : undefined), key: 'latest' },
    { header: 'VMID', value: ({ vmid }) => vmid, key: 'vmid', align: 'right' },
    { header: 'NODE', value: ({ node }) => node, key: 'node' },
    { header: 'MADE', value: ({ made }) => made ?? undefined, key: 'made' },
    { header: 'SOURCE', value: ({ source }) => source ?? undefined, key: 'source' },
    {
      header: 'CLONES',
      value: ({ clones }) =>
        clones.map(({ vmid, name }) => `${vmid} (${name})`).join(', ') || undefined,
      key: 'clones',
    },
    { header: 'CHECKSUM', value: ({ checksum }) => checksum ?? undefined, wide: true },
  ];
  protected readonly whenEmpty = 'No versions. Make one: pmx template create … --version auto';

  protected override async list(): Promise<VersionRow[]> {
    const { listVersions } = await import('../../lib/operations/template/versions.js');
    const { argv } = await this.parse(TemplateVersions);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const named = await inventory.resolveGuests(argv.length > 0 ? (argv as string[]) : ['*'], {
      type: 'qemu',
      template: true,
      noun: 'template',
      allowEmpty: argv.length === 0,
    });
    return listVersions(pve, inventory, named);
  }

  protected override reference({ name, version }: VersionRow): string {
    return `${name}@${version}`;
  }
}
