import { args } from '@pmx-cli/kit';

import {
  deleteFlags,
  GuestDeleteCommand,
  keepIsoFlag,
  stopFlag,
} from '../../lib/commands/guest/delete-command.js';
import { targetsOf, vm } from '../../lib/operations/guest/kind.js';

export default class VmDelete extends GuestDeleteCommand {
  static override summary = 'Delete VMs with everything that belongs to them.';
  static override description = `Shows beforehand what goes (disks, snapshots, a cloud-init ISO made for the VM, unreferenced disks, firewall
rules, entries in backup jobs, HA, replication and pools) and what stays and why: backups above all. Asks,
unless --yes is given.

With more than 8 VMs only lists that concern all of them are read. The preview then names disks without their
slots, and neither snapshots nor firewall rules; a cloud-init ISO is found by the name of the VM, so that of a VM
that was renamed stays. Proxmox VE itself refuses protected VMs.`;
  static override examples = [
    '<%= config.bin %> vm delete web-01',
    '<%= config.bin %> vm delete web-01 --dry-run',
    "<%= config.bin %> vm delete 110-120 'test-*' --stop --yes",
    '<%= config.bin %> vm delete web-01 --backup-first --backup-storage local',
    '<%= config.bin %> vm delete web-01 --delete-backups',
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = { stop: stopFlag, 'keep-iso': keepIsoFlag, ...deleteFlags };

  protected readonly targets = targetsOf(vm);
}
