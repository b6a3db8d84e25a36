import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { CachePruned } from '../../../lib/operations/catalog/cache.js';
import { bytes } from '../../../lib/output/format.js';

export default class CatalogCachePrune extends ChangeCommand<CachePruned> {
  static override summary = 'Remove downloaded images from the cache.';
  static override description = `Without --all those that are beyond the limit, which happens by itself after each download: it is for when the
setting imageCache became smaller. Nothing on a server is touched.`;
  static override examples = [
    '<%= config.bin %> catalog cache prune --all --yes',
    '<%= config.bin %> catalog cache prune --dry-run',
  ];
  static override flags = { all: Flags.boolean({ description: 'All of them.' }) };

  protected override async plan(): Promise<Plan> {
    const { openCache, planCachePrune } = await import('../../../lib/operations/catalog/cache.js');
    const { paths, settings } = this.session;
    const cache = openCache(paths.cache, await settings.get('imageCache'));
    return planCachePrune(cache, this.flagsOf(CatalogCachePrune).all ? 0 : cache.limit);
  }

  protected override view({ removed, bytes: freed, keptBytes }: CachePruned): void {
    this.output.print(`${removed} images removed (${bytes(freed)}), ${bytes(keptBytes)} stay.`);
  }
}
