import { CheckCommand } from '../../lib/commands/bmc/check-command.js';

export default class NetCheck extends CheckCommand {
  static override summary = 'Look at any HTTPS host: name, port, TLS, certificate, clock.';
  static override description = `The same as "idrac check" without what only management controllers have. Ends with 0, or with 3 when a host is
as bad as --fail-on says or could not be looked at.`;
  static override examples = [
    '<%= config.bin %> net check pve1.example.org:8006',
    '<%= config.bin %> net check -f hosts.txt --prometheus',
  ];
  protected readonly bmc = false;
}
