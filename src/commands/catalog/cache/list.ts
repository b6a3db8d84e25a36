import { type Column, ListCommand } from '@pmx-cli/kit';

import type { CacheRow } from '../../../lib/operations/catalog/cache.js';
import { bytes } from '../../../lib/output/format.js';

export default class CatalogCacheList extends ListCommand<CacheRow> {
  static override summary = 'List the images that pmx has downloaded and kept.';
  static override description = `What pmx itself downloads (packed images, template create --fetch local) is kept once its checksum is right, up to
the size that the setting imageCache says; what was used longest ago goes first. Images that nobody publishes a
checksum of are not kept, nor those that a node downloads.`;
  static override examples = [
    '<%= config.bin %> catalog cache list',
    '<%= config.bin %> catalog cache list --json',
  ];

  protected readonly columns: ReadonlyArray<Column<CacheRow>> = [
    { header: 'IMAGE', value: ({ name }) => name ?? undefined, key: 'name' },
    { header: 'SIZE', value: (row) => bytes(row.bytes), key: 'bytes', align: 'right' },
    { header: 'USED', value: ({ usedAt }) => usedAt, key: 'usedAt' },
    { header: 'CHECKSUM', value: ({ checksum }) => checksum, key: 'checksum', wide: true },
    { header: 'URL', value: ({ url }) => url ?? undefined, key: 'url', wide: true },
    { header: 'FILE', value: ({ path }) => path, key: 'path', wide: true },
  ];
  protected readonly whenEmpty = 'The cache is empty.';

  protected override async list(): Promise<CacheRow[]> {
    const { cacheRows, openCache } = await import('../../../lib/operations/catalog/cache.js');
    const { paths, settings } = this.session;
    return cacheRows(openCache(paths.cache, await settings.get('imageCache')));
  }

  protected override reference({ checksum }: CacheRow): string {
    return checksum;
  }
}
