import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { GuestRenameCommand } from '../../lib/commands/guest/rename-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmRename extends GuestRenameCommand {
  static override summary = 'Give a VM another name.';
  static override examples = [
    '<%= config.bin %> vm rename web-01 web-02',
    '<%= config.bin %> vm rename 101 web-02 --dry-run',
  ];
  static override args = {
    vm: args.one('VM'),
    name: Args.string({
      description: 'Its new name, a DNS name.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected readonly kind = vm;
}
