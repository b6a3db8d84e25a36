import type { Output } from '@pmx-cli/kit';

import { plainProgress } from './plain.js';
import type { Progress } from './types.js';

export type ProgressMode = 'terminal' | 'plain' | 'silent';

const silent: Progress = { listener: () => {}, end: async () => {} };

/** Engine events → what a person sees on stderr. Drawing only: it never owns the work. */
export async function createProgress(mode: ProgressMode, output: Output): Promise<Progress> {
  if (mode === 'silent') return silent;
  if (mode === 'plain') return plainProgress(output);
  const { terminalProgress } = await import('./terminal.js');
  return terminalProgress(output);
}
