import { args } from '@pmx-cli/kit';
import { Args } from '@oclif/core';

import { GuestRenameCommand } from '../../lib/commands/guest/rename-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtRename extends GuestRenameCommand {
  static override summary = 'Give a container another name.';
  static override examples = [
    '<%= config.bin %> ct rename proxy edge',
    '<%= config.bin %> ct rename 101 edge --dry-run',
  ];
  static override args = {
    ct: args.one('container'),
    name: Args.string({
      description: 'Its new name, a DNS name.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected readonly kind = container;
}
