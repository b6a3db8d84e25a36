import { Args, Flags } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Verification } from '../../lib/operations/catalog/read.js';

export default class CatalogVerify extends ListCommand<Verification> {
  static override summary =
    'Ask the publishers whether images and checksums are where they should be.';
  static override description = `Finds the newest build of each distribution and its checksum, and reads the first bytes of the image. Downloads no
image. Signatures are checked where the setting keyrings has the keys of the publisher. Ends with 2 when something is wrong, and says "offline" where a publisher cannot be reached.`;
  static override examples = [
    '<%= config.bin %> catalog verify debian-13',
    '<%= config.bin %> catalog verify --json',
    '<%= config.bin %> catalog verify --arch aarch64 --junit report.xml',
  ];
  static override strict = false;
  static override args = {
    distribution: Args.string({
      description: 'Ids or aliases; all when left out.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    arch: Flags.string({
      description: 'Architecture.',
      default: 'x86_64',
      helpValue: 'ARCH',
    }),
    junit: Flags.string({ description: 'Write a report for CI servers.', helpValue: 'FILE' }),
  };

  protected readonly columns: ReadonlyArray<Column<Verification>> = [
    { header: 'ID', value: ({ id }) => id, key: 'id' },
    { header: 'RESULT', value: ({ result }) => result, key: 'result' },
    { header: 'BYTES', value: ({ bytes }) => bytes ?? undefined, key: 'bytes', align: 'right' },
    { header: 'SIGNATURE', value: ({ signature }) => signature ?? undefined, key: 'signature' },
    { header: 'DETAIL', value: ({ detail }) => detail ?? undefined, key: 'detail' },
    { header: 'URL', value: ({ url }) => url ?? undefined, key: 'url', wide: true },
  ];
  protected readonly whenEmpty = 'No distribution has an image for that architecture.';

  protected override async list(): Promise<Verification[]> {
    const { verifyAll } = await import('../../lib/operations/catalog/load.js');
    const { settings, signal } = this.session;
    const { argv, flags } = await this.parse(CatalogVerify);
    const rows = await verifyAll({
      names: argv as string[],
      arch: String(flags['arch']),
      mirrors: await settings.get('mirrors'),
      keyrings: await settings.get('keyrings'),
      catalogFile: await settings.get('catalog'),
      signal,
    });
    if (rows.some(({ result }) => result === 'failed' || result === 'offline'))
      process.exitCode = 2;
    const file = flags['junit'] as string | undefined;
    if (file !== undefined) {
      const [{ verifyReport }, { writeFile }] = await Promise.all([
        import('../../lib/operations/catalog/report.js'),
        import('node:fs/promises'),
      ]);
      await writeFile(file, verifyReport(rows));
    }
    return rows;
  }
}
