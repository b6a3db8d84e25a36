import { args } from '@pmx-cli/kit';

import { GuestWatchCommand } from '../../lib/commands/guest/watch-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmWatch extends GuestWatchCommand {
  static override summary = 'Tell what changes with VMs, until Ctrl-C.';
  static override examples = [
    '<%= config.bin %> vm watch',
    '<%= config.bin %> vm watch -l tag=web -o jsonl',
    '<%= config.bin %> vm watch web-01 --until running --timeout 5m',
    '<%= config.bin %> vm watch --exec "logger -t pmx"',
  ];
  static override strict = false;
  static override args = { guest: args.targets('VM') };

  protected readonly kind = vm;
}
