import { PowerCommand, powerFlags } from '../../../lib/commands/bmc/power-command.js';

export default class IdracPowerOn extends PowerCommand {
  static override summary = 'Switch servers on through their controllers.';
  static override description = `If it is interrupted before the server is on, the server is asked to shut down again.

Logs in once to each controller, after its certificate was pinned or verified; the first one goes ahead alone, so that
a wrong password locks nobody out.`;
  static override examples = [
    '<%= config.bin %> idrac power on idrac-01.example.org --user root --dry-run',
    '<%= config.bin %> idrac power on -f idracs.csv --yes',
  ];
  static override flags = { ...powerFlags };
  protected readonly verb = 'on';
}
