import { args } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { ConsoleCommand } from '../../lib/commands/console-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmConsole extends ConsoleCommand {
  static override summary = "Open a VM's serial console at this terminal.";
  static override description = `Through the API of Proxmox VE alone: neither a network in the guest nor SSH to the node is needed, and the
right is VM.Console. The VM needs a serial port (serial0: socket) and a guest that uses it. Every key goes to the
guest, Ctrl-C too; Ctrl-] leaves the console, and what runs in it goes on. Nothing of it is written into a journal.`;
  static override examples = [
    '<%= config.bin %> vm console web-01',
    '<%= config.bin %> vm console web-01 --escape ^O',
  ];
  static override args = { guest: args.one('VM') };
  static override flags = {
    ...ConsoleCommand.flags,
    serial: Flags.option({
      description: 'Which serial port; the first one that there is unless given.',
      options: ['serial0', 'serial1', 'serial2', 'serial3'] as const,
    })(),
  };

  protected readonly kind = vm;
}
