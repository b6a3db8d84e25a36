import { exitCodeTable } from '@pmx-cli/kit/errors';

import { environment } from './environment.js';
import { formats } from './formats.js';
import { hanging } from './wrap.js';

export interface Topic {
  name: string;
  summary: string;
  text(): string;
}

/** What `pmx help NAME` tells beside the commands. */
export const topics: readonly Topic[] = [
  { name: 'environment', summary: 'Variables that pmx reads.', text: environment },
  { name: 'exit-codes', summary: 'What the exit code of a command says.', text: exitCodes },
  { name: 'formats', summary: 'Output formats, columns, filters, order.', text: () => formats },
];

function exitCodes(): string {
  const rows = exitCodeTable.map(({ code, meaning }) =>
    hanging(`  ${String(code).padStart(3)}  `, meaning),
  );
  return [
    'EXIT CODES',
    ...rows,
    '',
    hanging(
      '',
      'pmx vm exec and pmx ct exec with one guest, and pmx vm ssh, end with what the program in the guest ended with (128 + n: a signal); an error of pmx itself then has its code in its message, or with --json.',
    ),
    '',
    hanging(
      '',
      'With --json an error is one document: {"error": {"code", "message", "hints", "exitCode"}}.',
    ),
  ].join('\n');
}
