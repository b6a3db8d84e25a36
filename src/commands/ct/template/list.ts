import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { ContainerTemplate } from '../../../lib/operations/ct/templates.js';

export default class CtTemplateList extends ListCommand<ContainerTemplate> {
  static override summary = 'List container templates, downloaded or offered.';
  static override examples = [
    '<%= config.bin %> ct template list',
    '<%= config.bin %> ct template list --downloaded --json',
  ];
  static override flags = {
    node: flags.onNode('Node to look from; the one with most free memory when left out.'),
    downloaded: Flags.boolean({ description: 'Only those that are on a storage.' }),
  };

  protected readonly whenEmpty = 'No container templates.';
  protected readonly columns: ReadonlyArray<Column<ContainerTemplate>> = [
    { header: 'name', value: (row) => row.name },
    { header: 'section', value: (row) => row.section || undefined },
    { header: 'volume', key: 'volids', value: (row) => row.volids.join(', ') || undefined },
    { header: 'headline', value: (row) => row.headline || undefined, wide: true },
  ];

  protected override async list(): Promise<ContainerTemplate[]> {
    const { node, downloaded } = this.flagsOf(CtTemplateList);
    const { listTemplates } = await import('../../../lib/operations/ct/templates.js');
    const { chooseNode } = await import('../../../lib/operations/shared/places.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const rows = await listTemplates(pve, inventory, await chooseNode(inventory, node));
    return downloaded ? rows.filter(({ volids }) => volids.length > 0) : rows;
  }
}
