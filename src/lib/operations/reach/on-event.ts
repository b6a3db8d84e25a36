import { type Plan, shellWords } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestEvent } from './watch.js';

/**
 * A program with its arguments, started without a shell for each event.
 * @throws RequestError `PMX_INVALID_COMMAND_LINE`
 */
export function parseHook(line: string): string[] {
  const words = shellWords(line);
  if (words.length > 0) return words;
  throw new RequestError({
    code: 'PMX_INVALID_COMMAND_LINE',
    message: '--exec names no program.',
    hints: ['For example: --exec "logger -t pmx"'],
  });
}

const variablePrefix = 'PMX_EVENT_';

/** Runs it; what happened stands in PMX_EVENT_… variables. */
export function planHook([program = '', ...words]: readonly string[], event: GuestEvent): Plan {
  const { vmid, name } = event;
  const title = `Run ${program} for ${event.event} of ${vmid} (${name})`;
  return {
    operation: 'watch.exec',
    target: String(vmid),
    title,
    local: true,
    steps: [
      {
        id: 'exec',
        title,
        kind: 'process.attach',
        args: {
          program,
          arguments: words,
          hint: 'Check the path of the program.',
          mustSucceed: true,
          apart: true,
          env: Object.fromEntries(
            Object.entries(event).map(([key, value]) => [
              variablePrefix + key.toUpperCase(),
              String(value ?? ''),
            ]),
          ),
        },
      },
    ],
    result: {},
  };
}
