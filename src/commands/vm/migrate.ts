import { args } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { GuestMigrateCommand, migrateFlags } from '../../lib/commands/guest/migrate-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmMigrate extends GuestMigrateCommand {
  static override summary = 'Move VMs to another node of the cluster.';
  static override description = `Looks beforehand at what would be in the way: the node, its storages, disks, media and devices that only the
present node has. When it fails or is interrupted, the VM is where it was.`;
  static override examples = [
    '<%= config.bin %> vm migrate web-01 --to pve2',
    '<%= config.bin %> vm migrate -l node=pve1,tag=web --to pve2 --online --with-local-disks',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = {
    ...migrateFlags,
    online: Flags.boolean({ description: 'Also while it runs: it goes on meanwhile.' }),
    'with-local-disks': Flags.boolean({
      description: 'Copy disks that only the present node has.',
    }),
  };

  protected readonly kind = vm;
}
