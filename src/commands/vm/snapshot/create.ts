import { Flags } from '@oclif/core';

import {
  createFlags,
  SnapshotCreateCommand,
  targetArgs,
} from '../../../lib/commands/guest/snapshot/create-command.js';
import { vm } from '../../../lib/operations/guest/kind.js';

export default class VmSnapshotCreate extends SnapshotCreateCommand {
  static override summary = 'Take snapshots of VMs, all of the same name.';
  static override examples = [
    '<%= config.bin %> vm snapshot create web-01',
    "<%= config.bin %> vm snapshot create 110-120 -l tag=web --name before-upgrade --description 'Debian 12'",
    '<%= config.bin %> vm snapshot create web-01 --vmstate',
  ];
  static override args = targetArgs('VM');
  static override flags = {
    ...createFlags,
    vmstate: Flags.boolean({ description: 'Save the memory of running VMs as well.' }),
  };

  protected readonly kind = vm;
}
