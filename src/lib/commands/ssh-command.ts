import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, targetsOf } from '../operations/guest/kind.js';
import type { SshResult } from '../operations/reach/ssh.js';
import { behindDashes } from './command-behind-dashes.js';

/** `vm ssh` and `ct ssh`: pmx finds the address, the ssh of this machine does the rest. */
export abstract class SshCommand extends ChangeCommand<SshResult> {
  static override description = `The address is what the guest says (guest agent, or a container's interfaces), else the fixed one of its
configuration (cloud-init's ipconfig); the user is that of cloud-init, in containers root. Keys, known hosts and all
else are as your ssh has them. The exit code is that of ssh: 255 when the connection failed.`;
  static override strict = false;
  static override flags = {
    user: Flags.string({ char: 'u', description: 'User to log in as.', helpValue: 'USER' }),
    host: Flags.string({ description: 'Address, when it cannot be found.', helpValue: 'ADDRESS' }),
    port: Flags.integer({
      char: 'p',
      description: 'Port of the SSH server.',
      helpValue: 'PORT',
      min: 1,
      max: 65_535,
    }),
    identity: Flags.string({ char: 'i', description: 'File with the key.', helpValue: 'FILE' }),
    jump: Flags.string({
      char: 'J',
      description: 'Host to go through.',
      helpValue: '[USER@]HOST[:PORT]',
    }),
    tty: Flags.boolean({ char: 't', description: 'A terminal also for a command.' }),
    print: Flags.boolean({ description: 'Print the line for ssh, and do not run it.' }),
  };

  protected abstract readonly kind: GuestKind;
  protected override readonly quiet = true;

  override async run(): ReturnType<ChangeCommand<SshResult>['run']> {
    const result = await super.run();
    if ('exitCode' in result && result.exitCode !== null) process.exitCode = result.exitCode;
    return result;
  }

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(SshCommand);
    const { before, command } = behindDashes(this.argv, this.positionals);
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests(before.slice(0, 1), targetsOf(this.kind));
    const { planSsh } = await import('../operations/reach/ssh.js');
    const { user, host, port, identity, jump, tty, print } = given;
    return planSsh(await this.pve(), {
      guest: guest!,
      command: [...before.slice(1), ...command],
      tty,
      print,
      ...(user !== undefined && { user }),
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(identity !== undefined && { identity }),
      ...(jump !== undefined && { jump }),
    });
  }

  protected override view({ line }: SshResult): void {
    if (this.parsedFlags['print'] === true) this.output.print(line);
  }
}
