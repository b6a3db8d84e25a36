import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { CatalogEntry } from '../../lib/operations/catalog/load.js';

export default class CatalogShow extends ShowCommand<CatalogEntry> {
  static override summary = 'Show a distribution: where its image comes from and what it needs.';
  static override examples = [
    '<%= config.bin %> catalog show debian-13',
    '<%= config.bin %> catalog show ubuntu-lts -o yaml',
  ];
  static override args = {
    distribution: Args.string({ description: 'Id or alias.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<CatalogEntry> {
    const { loadCatalog } = await import('../../lib/operations/catalog/load.js');
    const catalog = await loadCatalog(await this.session.settings.get('catalog'));
    return catalog.find(this.argsOf(CatalogShow).distribution);
  }

  protected override view(entry: CatalogEntry): void {
    const { checksum, newest } = entry;
    this.output.fields([
      ['Id', entry.id],
      ['Aliases', entry.aliases?.join(', ')],
      ['Version', [entry.version, entry.codename].filter(Boolean).join(' ')],
      ['Status', entry.status],
      ['Architectures', Object.keys(entry.arch).join(', ')],
      ['Image', entry.image],
      ['Newest build', newest && newest.url],
      ['Packed', entry.compression],
      ['Checksum', checksum && ('value' in checksum ? checksum.value : checksum.url)],
      [
        'Signature',
        entry.signature && `${entry.signature.url} (checked with a keyring only: setting keyrings)`,
      ],
      ['Provisioning', entry.provisioning],
      ['User', entry.user],
      ['Least disk', `${entry.minDisk} GiB`],
      ['Firmware', entry.firmware],
      ['CPU', entry.cpu],
      ['Unverified', entry.unverified?.join(', ')],
      ['Note', entry.note],
    ]);
  }
}
