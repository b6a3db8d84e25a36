import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { CatalogUpdate } from '../../lib/operations/catalog/update.js';

export default class CatalogUpdateCommand extends ChangeCommand<CatalogUpdate> {
  static override summary = 'Bring your own catalogue file to what its source says now.';
  static override description = `The source is a URL or file that the setting catalogSource names: pmx has no publisher of its own, the catalogue
that comes with pmx changes with pmx. What is not valid replaces nothing. Your copy is the file that the setting
catalog names; its entries stand beside those of pmx, and win.

With --check nothing is written, and the exit code is 1 when the source has something else.`;
  static override examples = [
    '<%= config.bin %> catalog update',
    '<%= config.bin %> catalog update --check --json',
    '<%= config.bin %> catalog update --from https://example.org/catalog.yaml --dry-run',
  ];
  static override flags = {
    from: Flags.string({
      description: 'URL or file, instead of the setting catalogSource.',
      helpValue: 'SOURCE',
    }),
    check: Flags.boolean({ description: 'Only say whether there is something else.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { planCatalogUpdate } = await import('../../lib/operations/catalog/update.js');
    const { settings, signal } = this.session;
    const { from, check } = this.flagsOf(CatalogUpdateCommand);
    const plan = await planCatalogUpdate({
      source: from ?? (await settings.get('catalogSource')),
      file: await settings.get('catalog'),
      check,
      signal,
    });
    if (check && (plan.result as unknown as CatalogUpdate).changed) process.exitCode = 1;
    return plan;
  }

  protected override view(update: CatalogUpdate): void {
    const { file, changed, entries, added, updated, removed } = update;
    const { check } = this.flagsOf(CatalogUpdateCommand);
    if (!changed) return this.output.print(`${file} is as its source: ${entries} entries.`);
    this.output.print(
      check ? `${file} differs from its source.` : `${file} is written: ${entries} entries.`,
    );
    for (const [what, ids] of Object.entries({ new: added, changed: updated, gone: removed }))
      if (ids.length > 0) this.output.print(`  ${what}: ${ids.join(', ')}`);
  }
}
