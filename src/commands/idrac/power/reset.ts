import {
  drainedFlag,
  forceFlag,
  PowerCommand,
  powerFlags,
} from '../../../lib/commands/bmc/power-command.js';

export default class IdracPowerReset extends PowerCommand {
  static override summary = 'Restart servers through their controllers.';
  static override description = `Asks the operating system to restart; with --force it is not asked.

Logs in once to each controller, after its certificate was pinned or verified; the first one goes ahead alone, so that
a wrong password locks nobody out.`;
  static override examples = [
    '<%= config.bin %> idrac power reset idrac-01.example.org --user root --dry-run',
    '<%= config.bin %> idrac power reset -f idracs.csv --yes',
  ];
  static override flags = { ...powerFlags, force: forceFlag, 'node-drained': drainedFlag };
  protected readonly verb = 'reset';
}
