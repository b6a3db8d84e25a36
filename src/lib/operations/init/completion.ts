import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';

import type { Session, Step } from '@pmx-cli/kit';

import { blockIn } from './block.js';
import { completionLines, rcFile, type RcShell, shellOf, type Surroundings } from './shells.js';

const marker = 'pmx completion';

export interface CompletionSetup {
  /** The file that loads the completion, or will. */
  file: string | null;
  steps: Step[];
}

const nothing: CompletionSetup = { file: null, steps: [] };

/** Shows what would load the completion in new shells, and asks whether it may. */
export async function planCompletion(
  { output, prompt }: Pick<Session, 'output' | 'prompt'>,
  wanted: RcShell | undefined,
  surroundings: Surroundings,
): Promise<CompletionSetup> {
  const shell = wanted ?? shellOf(surroundings);
  if (shell === undefined) {
    output.note('How your shell loads the completion: pmx completion --help');
    return nothing;
  }
  const file = rcFile(shell, surroundings);
  const lines = completionLines(shell, surroundings.script(shell));
  const before = await blockOf(file);
  if (before === 'unusable') {
    output.note(`${file} cannot be changed. By hand: pmx completion --help`);
    return nothing;
  }
  if (before?.join('\n') === lines.join('\n')) return { file, steps: [] };
  output.note(`Tab completes commands and names in ${shell} with ${wordsFor(lines)} in ${file}:`);
  for (const line of lines) output.note(`  ${line}`);
  if (!(await prompt.confirm('Put that there?'))) return nothing;
  return {
    file,
    steps: [
      {
        id: 'completion',
        title: `Load the completion in ${file}`,
        kind: 'file.block',
        args: { file, marker, lines },
        undo: [
          {
            title: before
              ? `Put the lines of pmx in ${file} back`
              : `Take the lines of pmx out of ${file}`,
            kind: 'file.block',
            args: { file, marker, lines: before ?? null },
          },
        ],
      },
    ],
  };
}

const wordsFor = (lines: readonly string[]): string =>
  lines.length === 1 ? 'this line' : 'these lines';

/** The lines of an earlier `pmx init`. What cannot be written must not fail the login behind it. */
async function blockOf(file: string): Promise<string[] | undefined | 'unusable'> {
  try {
    const text = await readFile(file, 'utf8');
    await access(file, constants.W_OK);
    return blockIn(text, marker);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unusable';
  }
}
