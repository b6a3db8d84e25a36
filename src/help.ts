import { Help } from '@oclif/core/help';
import { exitCodeTable } from '@pmx-cli/kit/errors';

/** oclif's help, plus topics that are no commands. */
export default class PmxHelp extends Help {
  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((word) => !word.startsWith('-') && word !== 'help');
    if (words[0] === 'exit-codes') return this.log(exitCodes());
    return super.showHelp(argv);
  }
}

function exitCodes(): string {
  const rows = exitCodeTable.map(
    ({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`,
  );
  return [
    'EXIT CODES',
    ...rows,
    '',
    'With --json an error is one document: {"error": {"code", "message", "hints", "exitCode"}}.',
  ].join('\n');
}
