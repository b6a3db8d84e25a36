import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lasting } from '../../config/place.js';
import type { Known } from '../manifest.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { type Grammar, grammarOf } from './grammar.js';
import { powershellScript } from './powershell.js';
import { zshScript } from './zsh.js';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

const writers: Readonly<Record<Shell, (grammar: Grammar) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** Names under which shells look for the script. */
export const fileNames: Readonly<Record<Shell, string>> = {
  bash: 'pmx.bash',
  zsh: '_pmx',
  fish: 'pmx.fish',
  powershell: 'pmx.ps1',
};

const folder = lasting(fileURLToPath(new URL('../../../../completions', import.meta.url)));

/** The script that was made when pmx was built, without the commands of plugins. */
export function shippedScript(shell: Shell): string | undefined {
  const file = join(folder, fileNames[shell]);
  return existsSync(file) ? file : undefined;
}

/** Without trailing blanks, which make no difference and only show up in reviews. */
export function completionScript(shell: Shell, known: Known): string {
  return writers[shell](grammarOf(known)).replaceAll(/[ \t]+$/gm, '');
}
