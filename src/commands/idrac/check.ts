import { CheckCommand } from '../../lib/commands/bmc/check-command.js';

export default class IdracCheck extends CheckCommand {
  static override summary = 'Look at iDRACs without a login: certificates, TLS, clock, firmware.';
  static override description = `No credentials are sent and no attempt is counted, so nothing is ever locked. Each host is told with what is wrong,
why, and what to type next. With -o jsonl each is a line as soon as it is known, and the sum is the last one. Networks are IPv4 and at most /20; wider or public ones need --yes.

Ends with 0, or with 3 when a host is as bad as --fail-on says or could not be looked at. With --nagios
the exit codes are those of monitoring plugins instead: 0 ok, 1 warning, 2 critical, 3 unknown.`;
  static override examples = [
    '<%= config.bin %> idrac check idrac-01.example.org 10.0.8.0/24',
    '<%= config.bin %> idrac check -f idracs.csv --warn 60d --report idracs.md',
    '<%= config.bin %> idrac check 10.0.8.5 --nagios',
  ];
  protected readonly bmc = true;
}
