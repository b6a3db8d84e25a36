import {
  drainedFlag,
  forceFlag,
  PowerCommand,
  powerFlags,
} from '../../../lib/commands/bmc/power-command.js';

export default class IdracPowerOff extends PowerCommand {
  static override summary = 'Shut servers down through their controllers.';
  static override description = `Asks the operating system to shut down and waits for it; with --force the power goes at once.

Logs in once to each controller, after its certificate was pinned or verified; the first one goes ahead alone, so that
a wrong password locks nobody out.`;
  static override examples = [
    '<%= config.bin %> idrac power off idrac-01.example.org --user root --dry-run',
    '<%= config.bin %> idrac power off -f idracs.csv --yes',
  ];
  static override flags = { ...powerFlags, force: forceFlag, 'node-drained': drainedFlag };
  protected readonly verb = 'off';
}
