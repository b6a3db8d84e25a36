import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan, type TimeShiftContext } from '@pmx-cli/kit';

import { oneVm } from '../../lib/commands/agent-read-command.js';
import { oneHost } from '../../lib/commands/bmc/controller-flags.js';
import { parseTarget } from '../../lib/commands/bmc/host-flags.js';
import { readTarget, span, targetTime } from '../../lib/commands/time/flags.js';
import { askPlugins } from '../../lib/commands/time/hooks.js';
import type { ConnectResult } from '../../lib/operations/idrac/connect.js';

export default class IdracConnect extends ChangeCommand<ConnectResult> {
  static override summary =
    'Go to a host with an expired certificate through a VM at another date.';
  static override description = `Sets the clock of the VM to a date at which the certificate is valid, logs in to the VM over SSH with a port of this machine
forwarded to the host, and brings the clock home when you leave, also when something goes wrong; after a crash of pmx
"pmx time restore --due" does it. When the certificate is valid now, no clock is touched. Keys, known hosts and all else
are as your ssh has them, as with "pmx vm ssh". The exit code is that of ssh.`;
  static override examples = [
    '<%= config.bin %> idrac connect idrac-07.example.org --via jump-01',
    '<%= config.bin %> idrac connect 10.0.8.5 --via jump-01 --no-shell --local-port 9443',
  ];
  static override args = oneHost;
  static override flags = {
    via: Flags.string({ description: 'VM to go through.', required: true, helpValue: 'VM' }),
    to: targetTime.to,
    'max-days': targetTime['max-days'],
    for: span({
      description: 'How long you stay at most, for choosing the date; 8h when left out.',
    }),
    'local-port': Flags.integer({
      description: 'Port of this machine that leads to the host.',
      default: 8443,
      min: 1,
      max: 65_535,
    }),
    shell: Flags.boolean({
      description: 'Log in to the VM, too; otherwise Ctrl-C ends the connection.',
      default: true,
      allowNo: true,
    }),
    user: Flags.string({ char: 'u', description: 'User of the VM.', helpValue: 'USER' }),
    'via-host': Flags.string({
      description: 'Address of the VM, when it cannot be found.',
      helpValue: 'ADDRESS',
    }),
    identity: Flags.string({ char: 'i', description: 'File with the key.', helpValue: 'FILE' }),
  };

  protected override readonly quiet = true;
  #shift: TimeShiftContext | undefined;

  override async run(): ReturnType<ChangeCommand<ConnectResult>['run']> {
    const result = await super.run();
    if ('exitCode' in result) process.exitCode = result.exitCode;
    return result;
  }

  protected override async plan(): Promise<Plan> {
    const flags = this.flagsOf(IdracConnect);
    const { session } = this;
    const { signal, paths } = session;
    const target = await parseTarget(this.argsOf(IdracConnect).host);
    const guest = await oneVm(await this.inventory(), flags.via);
    const { dateFor, planConnect } = await import('../../lib/operations/idrac/connect.js');
    const note = (text: string): void => this.output.note(text);
    const to =
      flags.to === undefined
        ? await dateFor(target, flags.for, signal)
        : await readTarget(flags, flags.for, { note, signal });
    if (to !== null) {
      const { vmid, name, node } = guest;
      const reason = `connected to ${target.host}`;
      this.#shift = { vmid, name, node, to: new Date(to).toISOString(), reason };
      await askPlugins(this.config, 'validate-target', this.#shift);
    }
    const { user, identity, shell, 'via-host': host, 'local-port': localPort } = flags;
    const plan = await planConnect(await this.pve(), {
      target,
      guest,
      state: paths.state,
      to,
      localPort,
      shell,
      ...(user !== undefined && { user }),
      ...(host !== undefined && { host }),
      ...(identity !== undefined && { identity }),
    });
    if (this.#shift && this.parsedFlags['dry-run'] !== true)
      await askPlugins(this.config, 'pre-shift', this.#shift);
    return plan;
  }

  protected override async afterwards(): Promise<void> {
    if (this.#shift) await askPlugins(this.config, 'post-shift', this.#shift);
  }

  protected override view({ via, error }: ConnectResult): void {
    if (error !== null) this.output.note(`${via}: the clock is back, ${error} ms off.`);
  }
}
