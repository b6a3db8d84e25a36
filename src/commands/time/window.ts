import { WindowCommand, windowArgs, windowFlags } from '../../lib/commands/bmc/window-command.js';

export default class TimeWindow extends WindowCommand {
  static override summary = 'Find the dates at which expired certificates are valid.';
  static override description = `The certificates are read without a login. The fewest shifts that open all hosts are shown, each as close to now
as it can be: inside the validity of the whole chain, a day away from its ends, and with time to work.

What another date does not mend (old TLS, weak keys, a host that does not answer) is said; with nothing else to
shift for, the exit code is 1.`;
  static override examples = [
    '<%= config.bin %> time window idrac-07.example.org',
    '<%= config.bin %> time window 10.0.0.7 10.0.0.8:8443 --for 1h',
    '<%= config.bin %> time window idrac-07.example.org --date',
  ];
  static override strict = false;
  static override args = windowArgs;
  static override flags = windowFlags;
}
