import { WindowCommand, windowArgs, windowFlags } from '../../lib/commands/bmc/window-command.js';

export default class IdracWindow extends WindowCommand {
  static override summary = 'Find the fewest dates at which the certificates of hosts are valid.';
  static override description = `Says which hosts no date opens: those with old TLS or weak keys need an old client or new firmware instead.
With --date exactly one date is printed, for scripts; when there is none that opens all, that is an error.`;
  static override examples = [
    '<%= config.bin %> idrac window idrac-01.example.org 10.0.8.5',
    '<%= config.bin %> idrac window -f idracs.csv --for 2h',
  ];
  static override strict = false;
  static override args = windowArgs;
  static override flags = windowFlags;
}
