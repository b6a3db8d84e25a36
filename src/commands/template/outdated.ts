import { args, type Column, ListCommand } from '@pmx-cli/kit';

import type { OutdatedRow } from '../../lib/operations/template/outdated.js';

export default class TemplateOutdated extends ListCommand<OutdatedRow> {
  static override summary = 'Compare templates with what their publishers have now.';
  static override description = `Holds the checksum of the image that a template was made from against the one that its publisher names now; of
several versions that of the latest. Downloads no image and writes nothing.

Exit code 0 when no template is outdated, 1 when one is, 2 when none is but a publisher could not be asked. Of
images that are not from the catalogue nobody can tell ("unknown"), which counts as neither.`;
  static override examples = [
    '<%= config.bin %> template outdated',
    '<%= config.bin %> template outdated debian-13 --json',
    '<%= config.bin %> template outdated --filter status=outdated -o name',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };

  protected readonly columns: ReadonlyArray<Column<OutdatedRow>> = [
    { header: 'VMID', value: ({ vmid }) => vmid, key: 'vmid', align: 'right' },
    { header: 'NAME', value: ({ name }) => name, key: 'name' },
    { header: 'VERSION', value: ({ version }) => version ?? undefined, key: 'version' },
    { header: 'STATUS', value: ({ status }) => status, key: 'status' },
    { header: 'DISTRIBUTION', value: ({ catalog }) => catalog ?? undefined, key: 'catalog' },
    { header: 'MADE', value: ({ made }) => made ?? undefined, key: 'made' },
    { header: 'BUILD', value: ({ build }) => build ?? undefined, key: 'build' },
    { header: 'DETAIL', value: ({ detail }) => detail ?? undefined, key: 'detail' },
    { header: 'NODE', value: ({ node }) => node, key: 'node', wide: true },
    { header: 'INSTALLED', value: ({ installed }) => installed ?? undefined, wide: true },
    { header: 'NEWEST', value: ({ newest }) => newest ?? undefined, wide: true },
  ];
  protected readonly whenEmpty = 'No templates.';

  protected override async list(): Promise<OutdatedRow[]> {
    const { findOutdated, newestOfEach } =
      await import('../../lib/operations/template/outdated.js');
    const { argv } = await this.parse(TemplateOutdated);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const named = await inventory.resolveGuests(argv.length > 0 ? (argv as string[]) : ['*'], {
      type: 'qemu',
      template: true,
      noun: 'template',
      allowEmpty: argv.length === 0,
    });
    const { settings, signal } = this.session;
    const rows = await findOutdated(pve, inventory, newestOfEach(named), {
      mirrors: await settings.get('mirrors'),
      keyrings: await settings.get('keyrings'),
      catalogFile: await settings.get('catalog'),
      signal,
    });
    const has = (...statuses: string[]): boolean =>
      rows.some(({ status }) => statuses.includes(status));
    if (has('outdated')) process.exitCode = 1;
    else if (has('failed', 'offline')) process.exitCode = 2;
    return rows;
  }

  protected override reference({ name, version }: OutdatedRow): string {
    return version === null ? name : `${name}@${version}`;
  }
}
