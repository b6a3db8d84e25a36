import { drainedFlag, PowerCommand, powerFlags } from '../../../lib/commands/bmc/power-command.js';

export default class IdracPowerCycle extends PowerCommand {
  static override summary = 'Switch servers off and on again through their controllers.';
  static override description = `The power goes at once; nobody asks the operating system.

Logs in once to each controller, after its certificate was pinned or verified; the first one goes ahead alone, so that
a wrong password locks nobody out.`;
  static override examples = [
    '<%= config.bin %> idrac power cycle idrac-01.example.org --user root --dry-run',
    '<%= config.bin %> idrac power cycle -f idracs.csv --yes',
  ];
  static override flags = { ...powerFlags, 'node-drained': drainedFlag };
  protected readonly verb = 'cycle';
}
