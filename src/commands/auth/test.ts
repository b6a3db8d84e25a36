import { ShowCommand } from '@pmx-cli/kit';

import type { AccessReport } from '../../lib/operations/auth/test.js';

export default class AuthTest extends ShowCommand<AccessReport> {
  static override summary = 'Try the connection: certificate, login, clock and rights.';
  static override description = `Exit code 0 means that it works; 2 that the server cannot be reached or is not to be trusted; 3 that it refuses the login,
or that the login is good for nothing (no rights). What will break soon is a warning.`;
  static override examples = [
    '<%= config.bin %> auth test',
    '<%= config.bin %> auth test --context lab --json',
  ];

  protected override async show(): Promise<AccessReport> {
    const { testAccess } = await import('../../lib/operations/auth/test.js');
    const report = await testAccess(this.session);
    for (const warning of report.warnings) this.output.warn(warning);
    return report;
  }

  protected override view(report: AccessReport): void {
    const { certificate, token, sees, clockSkewSeconds: skew } = report;
    const problems =
      certificate.problems.length > 0 ? ` (it ${certificate.problems.join('; it ')})` : '';
    this.output.fields([
      ['Endpoint', `${report.endpoint} (Proxmox VE ${report.version})`],
      ['Identity', report.identity],
      ['Latency', `${report.latencyMillis} ms`],
      [
        'Clock',
        Math.abs(skew) <= 1 ? 'as here' : `${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`,
      ],
      ['Certificate', `${certificate.daysLeft} days left${problems}, ${certificate.fingerprint}`],
      [
        'Token expires',
        token ? (token.visible ? (token.expires ?? 'never') : 'not visible to it') : undefined,
      ],
      ['Sees', `${sees.nodes} nodes, ${sees.guests} guests, ${sees.storages} storages`],
      ['Privileges', sees.privileges],
    ]);
  }
}
