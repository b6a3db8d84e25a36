import { args } from '@pmx-cli/kit';

import { ConsoleCommand } from '../../lib/commands/console-command.js';
import { container } from '../../lib/operations/guest/kind.js';

export default class CtConsole extends ConsoleCommand {
  static override summary = "Open a container's console at this terminal.";
  static override description = `Through the API of Proxmox VE alone: neither a network in the container nor SSH to the node is needed, and the
right is VM.Console. Every key goes to the container, Ctrl-C too; Ctrl-] leaves the console, and what runs in it
goes on. Nothing of it is written into a journal.`;
  static override examples = [
    '<%= config.bin %> ct console proxy',
    '<%= config.bin %> ct console proxy --escape ^O',
  ];
  static override args = { guest: args.one('container') };

  protected readonly kind = container;
}
