import { exitCodeTable } from '@pmx-cli/kit/errors';

import { environment } from './environment.js';
import { formats } from './formats.js';

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
