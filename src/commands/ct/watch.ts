import { args } from '@pmx-cli/kit';

import { GuestWatchCommand } from '../../lib/commands/guest/watch-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtWatch extends GuestWatchCommand {
  static override summary = 'Tell what changes with containers, until Ctrl-C.';
  static override examples = [
    '<%= config.bin %> ct watch',
    '<%= config.bin %> ct watch -l tag=web -o jsonl',
    '<%= config.bin %> ct watch proxy --until running --timeout 5m',
    '<%= config.bin %> ct watch --exec "logger -t pmx"',
  ];
  static override strict = false;
  static override args = { guest: args.targets('container') };

  protected readonly kind = container;
}
