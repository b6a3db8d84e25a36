import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { bytes, percent } from '../../lib/output/format.js';
import type { StorageDetails } from '../../lib/operations/storage/read.js';

export default class StorageShow extends ShowCommand<StorageDetails> {
  static override summary = 'Show a storage: what it takes, where it is, how full it is.';
  static override aliases = ['storage:status'];
  static override examples = [
    '<%= config.bin %> storage show local',
    '<%= config.bin %> storage show local --json',
  ];
  static override args = {
    storage: Args.string({ description: 'Storage.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<StorageDetails> {
    const { readStorage } = await import('../../lib/operations/storage/read.js');
    return readStorage(await this.pve(), await this.inventory(), this.argsOf(StorageShow).storage);
  }

  protected override view({ storage, type, content, shared, nodes, config }: StorageDetails): void {
    this.output.fields([
      ['Storage', storage],
      ['Type', type],
      ['Content', content.join(', ')],
      ['Shared', shared ? 'yes' : 'no'],
      ...nodes.map(({ node, active, usedBytes, totalBytes }): [string, string] => [
        node,
        active
          ? `${bytes(usedBytes) ?? '?'} of ${bytes(totalBytes) ?? '?'} used${fullness(usedBytes, totalBytes)}`
          : 'not active',
      ]),
      ...Object.entries(config ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
  }
}

function fullness(used: number | undefined, total: number | undefined): string {
  return used === undefined || !total ? '' : ` (${percent(used / total)})`;
}
