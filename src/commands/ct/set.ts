import { args } from '@pmx-cli/kit';

import { GuestSetCommand } from '../../lib/commands/guest/set-command.js';
import { ctSetFlags } from '../../lib/commands/guest/set-flags.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtSet extends GuestSetCommand {
  static override summary = 'Change settings of containers.';
  static override description = `Shows what changes from what to what (also with --dry-run), sends only that, and refuses to overwrite what
somebody else changed meanwhile. What a running container cannot take at once waits for its next start, and is named.`;
  static override examples = [
    '<%= config.bin %> ct set proxy --memory 1G --swap 0',
    '<%= config.bin %> ct set -l tag=web --onboot --dry-run',
    '<%= config.bin %> ct set proxy --features nesting=1 --delete timezone',
  ];
  static override args = { ct: args.targets('container') };
  static override flags = ctSetFlags;

  protected readonly kind = container;
}
