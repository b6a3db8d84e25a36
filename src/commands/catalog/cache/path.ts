import { ShowCommand } from '@pmx-cli/kit';

import type { CachePlace } from '../../../lib/operations/catalog/cache.js';

export default class CatalogCachePath extends ShowCommand<CachePlace> {
  static override summary = 'Print where downloaded images are kept.';
  static override description = `With --json also how much of them there is, and the limit (setting imageCache; 0: nothing is kept).`;
  static override examples = [
    '<%= config.bin %> catalog cache path',
    '<%= config.bin %> catalog cache path --json',
  ];

  protected override async show(): Promise<CachePlace> {
    const { cachePlace, openCache } = await import('../../../lib/operations/catalog/cache.js');
    const { paths, settings } = this.session;
    return cachePlace(openCache(paths.cache, await settings.get('imageCache')));
  }

  protected override view({ path }: CachePlace): void {
    this.output.print(path);
  }
}
