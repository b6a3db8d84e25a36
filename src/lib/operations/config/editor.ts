import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import type { Plan, Prompter } from '@pmx-cli/kit';
import { isPmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { readRaw } from '../../config/files/read-file.js';
import { fileFor, openConfiguration } from './open.js';
import { checkText, type FileChange, planReplace } from './replace.js';

const template = '# pmx configuration; every key: pmx config schema\n';

/** The user edits a copy; what it says afterwards becomes the plan. @throws RequestError `PMX_NO_EDITOR` */
export async function planEdit(
  change: FileChange,
  editor: string | undefined,
  prompt: Prompter,
): Promise<Plan> {
  const command = editor ?? process.env['VISUAL'] ?? process.env['EDITOR'];
  if (!command && !prompt.possible) {
    throw new RequestError({
      code: 'PMX_NO_EDITOR',
      message: 'There is no terminal to edit at, and no editor is named.',
      hints: ['Set EDITOR, add --editor, or use pmx config set KEY VALUE.'],
    });
  }
  const file = fileFor(openConfiguration(change), change.layer);
  const before = readRaw(file)?.text ?? template;
  const folder = mkdtempSync(join(tmpdir(), 'pmx-edit-'));
  const copy = join(folder, basename(file));
  try {
    writeFileSync(copy, before, { mode: 0o600 });
    let text = before;
    for (;;) {
      await runEditor(command || 'vi', copy);
      text = readFileSync(copy, 'utf8');
      try {
        await checkText(file, change.layer, text);
        break;
      } catch (error) {
        if (!isPmxError(error) || !prompt.possible) throw error;
        if (!(await prompt.confirm(`${error.message} Edit again?`))) throw error;
      }
    }
    const content = text === template ? '' : text;
    return await planReplace(file, change.layer, 'config.edit', `Edit ${file}`, content);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The editor may come with arguments (`code --wait`); it gets no shell. */
function runEditor(command: string, path: string): Promise<void> {
  const [program, ...args] = command.split(/\s+/).filter((word) => word !== '');
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void =>
      reject(
        new SurroundingsError({
          code: 'PMX_EDITOR_FAILED',
          message: `The editor '${command}' ${reason}. Nothing was changed.`,
          hints: ['Choose another one: pmx config edit --editor nano'],
        }),
      );
    const child = spawn(program ?? 'vi', [...args, path], { stdio: 'inherit' });
    child.on('error', (error: NodeJS.ErrnoException) => fail(`cannot be run (${error.code})`));
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : fail(`ended with ${code ?? signal}`),
    );
  });
}
