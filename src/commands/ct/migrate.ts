import { args } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { GuestMigrateCommand, migrateFlags } from '../../lib/commands/guest/migrate-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtMigrate extends GuestMigrateCommand {
  static override summary = 'Move containers to another node of the cluster.';
  static override description = `Looks beforehand at what would be in the way: the node, its storages, disks, media and devices that only the
present node has. When it fails or is interrupted, the container is where it was.`;
  static override examples = [
    '<%= config.bin %> ct migrate proxy --to pve2',
    '<%= config.bin %> ct migrate -l node=pve1,tag=web --to pve2 --restart',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = {
    ...migrateFlags,
    restart: Flags.boolean({
      description: 'Also while it runs: it is shut down, moved, and started there.',
    }),
  };

  protected readonly kind = container;
}
