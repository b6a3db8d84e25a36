import { type Plan, ref, secretRef } from '@pmx-cli/kit';

export interface TimeExecResult {
  to: string;
  exitCode: number;
}

/** What is missing without it, and how to get it. */
const hint =
  'Install libfaketime: apt install faketime, dnf install libfaketime, brew install libfaketime';

/**
 * A local program that sees another date. Its words may be anything, so they are held.
 * @param apart what it prints goes to stderr, for stdout holds a document
 */
export function planTimeExec(command: readonly string[], to: number, apart: boolean): Plan {
  const moment = new Date(to).toISOString();
  const [program = ''] = command;
  const held = Object.fromEntries(command.map((word, index) => [`word ${index + 1}`, word]));
  const title = `Run ${program} at ${moment}`;
  return {
    operation: 'time.exec',
    target: program,
    title,
    local: true,
    steps: [
      {
        id: 'exec',
        title,
        kind: 'process.attach',
        args: {
          program: 'faketime',
          // Its own words are dates of the local zone.
          arguments: [`@${Math.floor(to / 1000)}`, ...Object.keys(held).map(secretRef)],
          hint,
          ...(apart && { apart }),
        },
        bind: { exitCode: 'exitCode' },
      },
    ],
    result: { to: moment, exitCode: ref('exitCode') },
    held,
  };
}
