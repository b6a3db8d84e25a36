import { RequestError } from '@pmx-cli/kit/errors';

/**
 * `web-01 web-02 -- uptime -p` → guests before the dashes, a command behind them.
 *
 * @param argv as typed, with the dashes
 * @param positionals what the parser made of it, without them
 */
export function behindDashes(
  argv: readonly string[],
  positionals: readonly string[],
): { before: string[]; command: string[] } {
  const at = argv.indexOf('--');
  const count = at < 0 ? 0 : argv.length - at - 1;
  const split = positionals.length - count;
  return { before: positionals.slice(0, split), command: positionals.slice(split) };
}

/** @throws RequestError `PMX_COMMAND_MISSING` */
export function refuseNoCommand(command: readonly string[], example: string): void {
  if (command.length > 0 && command[0] !== '') return;
  throw new RequestError({
    code: 'PMX_COMMAND_MISSING',
    message: 'It does not say what to run: the command stands behind two dashes.',
    hints: [`For example: ${example}`],
  });
}
