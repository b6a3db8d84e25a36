import { args, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { oneVm } from '../../lib/commands/agent-read-command.js';
import { ConsoleCommand } from '../../lib/commands/console-command.js';
import { vm } from '../../lib/operations/guest/kind.js';

export default class VmConsole extends ConsoleCommand {
  static override summary =
    "Open a VM's serial console at this terminal, or its screen in a viewer.";
  static override description = `Through the API of Proxmox VE alone: neither a network in the guest nor SSH to the node is needed, and the
right is VM.Console. The VM needs a serial port (serial0: socket) and a guest that uses it. Every key goes to the
guest, Ctrl-C too; Ctrl-] leaves the console, and what runs in it goes on. Nothing of it is written into a journal.

--vnc shows the screen instead: a port of this machine, for any VNC viewer, until Ctrl-C; each viewer has a password
of its own, which is told when it connects. --spice opens it in remote-viewer (package virt-viewer), and needs a
display of type qxl.`;
  static override examples = [
    '<%= config.bin %> vm console web-01',
    '<%= config.bin %> vm console web-01 --escape ^O',
    '<%= config.bin %> vm console web-01 --vnc --vnc-port 5901',
  ];
  static override args = { guest: args.one('VM') };
  static override flags = {
    ...ConsoleCommand.flags,
    serial: Flags.option({
      description: 'Which serial port; the first one that there is unless given.',
      options: ['serial0', 'serial1', 'serial2', 'serial3'] as const,
    })(),
    vnc: Flags.boolean({
      description: 'Its screen, at a port of this machine for a VNC viewer.',
      exclusive: ['spice', 'serial', 'escape'],
    }),
    'vnc-port': Flags.integer({
      description: 'Which port that is; any free one unless given.',
      helpValue: 'PORT',
      dependsOn: ['vnc'],
      min: 1,
      max: 65_535,
    }),
    spice: Flags.boolean({
      description: 'Its screen, in remote-viewer.',
      exclusive: ['serial', 'escape'],
    }),
  };

  protected readonly kind = vm;

  protected override get needsTerminal(): boolean {
    const { vnc, spice } = this.flagsOf(VmConsole);
    return !vnc && !spice;
  }

  protected override async plan(): Promise<Plan> {
    const { vnc, spice, 'vnc-port': port = 0 } = this.flagsOf(VmConsole);
    if (!vnc && !spice) return super.plan();
    const guest = await oneVm(await this.inventory(), this.positionals[0]!);
    const { planScreen } = await import('../../lib/operations/reach/screen.js');
    return planScreen(
      await this.pve(),
      vnc ? { guest, protocol: 'vnc', port } : { guest, protocol: 'spice' },
    );
  }
}
