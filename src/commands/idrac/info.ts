import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import { parseTarget } from '../../lib/commands/bmc/host-flags.js';
import type { Probe } from '../../lib/operations/idrac/look.js';

export default class IdracInfo extends ShowCommand<Probe> {
  static override summary = 'Show what a management controller tells without a login.';
  static override examples = [
    '<%= config.bin %> idrac info idrac-01.example.org',
    '<%= config.bin %> idrac info 10.0.8.5 --deep --json',
  ];
  static override args = {
    host: Args.string({ description: 'HOST or HOST:PORT.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    deep: Flags.boolean({
      description: 'Find every TLS version that is spoken: one more connection for each.',
    }),
  };

  protected override async show(): Promise<Probe> {
    const { lookAtOne } = await import('../../lib/operations/idrac/look.js');
    const target = await parseTarget(this.argsOf(IdracInfo).host);
    const { deep } = this.flagsOf(IdracInfo);
    return lookAtOne(target, { signal: this.session.signal, deep });
  }

  protected override view({ address, identity, tls, chain, http }: Probe): void {
    const { vendor, generation, generationBy, lockdown } = identity;
    this.output.fields([
      ['Address', address ?? undefined],
      ['Vendor', vendor ?? undefined],
      ['Generation', generation === null ? undefined : `iDRAC${generation} (by ${generationBy})`],
      ['Product', identity.product ?? undefined],
      ['Server', identity.model ?? undefined],
      ['Firmware', identity.firmware ?? undefined],
      ['Service tag', identity.serviceTag ?? undefined],
      ['MAC', identity.mac ?? undefined],
      ['Redfish', identity.redfish ?? undefined],
      ['Lockdown', lockdown === null ? undefined : lockdown ? 'on' : 'off'],
      ['TLS', tls === null ? undefined : `${tls.version}, ${tls.suite}`],
      ['TLS versions', tls?.versions?.join(', ')],
      ['Certificate', chain[0] && `${chain[0].subject}, until ${chain[0].notAfter.slice(0, 10)}`],
      ['Clock', http?.skewSeconds == null ? undefined : `${http.skewSeconds} s ahead of this one`],
    ]);
  }
}
