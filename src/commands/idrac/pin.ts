import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import { namedHosts } from '../../lib/commands/bmc/host-flags.js';
import type { PinResult } from '../../lib/operations/idrac/pin.js';

export default class IdracPin extends ChangeCommand<PinResult> {
  static override summary = 'Remember the certificates of hosts, so that a changed one is noticed.';
  static override description = `"idrac check" says when a host shows another one. Look at the fingerprint by another way first, for example at the
console of the server.`;
  static override examples = [
    '<%= config.bin %> idrac pin idrac-01.example.org',
    '<%= config.bin %> idrac pin 10.0.8.5 --repin',
    '<%= config.bin %> idrac pin 10.0.8.5 --remove',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'HOST or HOST:PORT; any number.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    repin: Flags.boolean({ description: 'Also when another certificate is remembered.' }),
    remove: Flags.boolean({ description: 'Forget them.', exclusive: ['repin'] }),
  };

  protected override async plan(): Promise<Plan> {
    const { repin, remove } = this.flagsOf(IdracPin);
    const { targets } = await namedHosts(this.positionals, { port: 443, yes: false }, this.session);
    const { pinsFile, readPins } = await import('../../lib/operations/idrac/pins.js');
    const { planPin, planUnpin } = await import('../../lib/operations/idrac/pin.js');
    const { lookAtOne } = await import('../../lib/operations/idrac/look.js');
    const { paths, signal } = this.session;
    const [file, pins] = [pinsFile(paths), await readPins(paths)];
    if (remove) return planUnpin(targets, file, pins);
    const request = { signal, identify: false };
    const seen = await Promise.all(targets.map((target) => lookAtOne(target, request)));
    return planPin(seen, { file, pins, repin });
  }

  protected override view({ pinned, removed }: PinResult): void {
    for (const { host, fingerprint } of pinned) this.output.print(`${host}  ${fingerprint}`);
    for (const host of removed) this.output.print(`Nothing is remembered of ${host} any more.`);
  }
}
