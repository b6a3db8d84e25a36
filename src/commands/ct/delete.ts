import { args } from '@pmx-cli/kit';

import {
  deleteFlags,
  GuestDeleteCommand,
  stopFlag,
} from '../../lib/commands/guest/delete-command.js';
import { container, targetsOf } from '../../lib/operations/guest/kind.js';

export default class CtDelete extends GuestDeleteCommand {
  static override summary = 'Delete containers with everything that belongs to them.';
  static override description = `Shows beforehand what goes (root file system, mount points, snapshots, unreferenced volumes, firewall rules,
entries in backup jobs, HA, replication and pools) and what stays and why: backups, and directories of the node that
were mounted. Asks, unless --yes is given.

With more than 8 containers only lists that concern all of them are read. The preview then names volumes without
their mount points, and neither snapshots nor firewall rules. Proxmox VE itself refuses protected containers.`;
  static override examples = [
    '<%= config.bin %> ct delete proxy',
    '<%= config.bin %> ct delete proxy --dry-run',
    "<%= config.bin %> ct delete 110-120 'test-*' --stop --yes",
  ];
  static override args = { ct: args.targets('container') };
  static override flags = { stop: stopFlag, ...deleteFlags };

  protected readonly targets = targetsOf(container);
}
