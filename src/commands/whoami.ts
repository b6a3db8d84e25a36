import { ShowCommand } from '@pmx-cli/kit';

import type { WhoAmI } from '../lib/operations/auth/identity.js';

export default class Whoami extends ShowCommand<WhoAmI> {
  static override summary = 'Show who pmx is on the server, and where its secret came from.';
  static override description =
    'Asks the server, so credentials that are no longer good end with exit code 3. The secret itself is never shown.';
  static override examples = [
    '<%= config.bin %> whoami',
    '<%= config.bin %> whoami --context lab --json',
  ];

  protected override async show(): Promise<WhoAmI> {
    const { whoAmI } = await import('../lib/operations/auth/identity.js');
    return whoAmI(this.session);
  }

  protected override view(me: WhoAmI): void {
    const { token } = me;
    this.output.fields([
      ['User', me.user],
      ['Realm', me.realm],
      ['Token', token?.name],
      ['Privilege separation', token ? separation(token.privilegeSeparated) : undefined],
      ['Token expires', token?.visible ? (token.expires ?? 'never') : undefined],
      ['Context', me.context ?? '(environment)'],
      ['Endpoint', `${me.endpoint} (Proxmox VE ${me.version})`],
      ['Certificate', me.trust],
      ['Proxy', me.proxy ?? undefined],
      ['Secret', me.secretFrom],
    ]);
  }
}

function separation(separated: boolean | null): string {
  if (separated === null) return 'not known: the token may not read about itself';
  return separated
    ? 'yes: it has only what both it and its user were granted'
    : 'no: it has all that its user has';
}
