import type { Output } from '@pmx-cli/kit';

import type { EngineListener } from '../operations/engine/events.js';
import { plainProgress } from './plain.js';

export type ProgressMode = 'terminal' | 'plain' | 'silent';

export interface Progress {
  listener: EngineListener;
  /** Resolves once everything is drawn. */
  end(): Promise<void>;
}

const silent: Progress = { listener: () => {}, end: async () => {} };

/** Engine events → what a person sees on stderr. Drawing only: it never owns the work. */
export async function createProgress(mode: ProgressMode, output: Output): Promise<Progress> {
  if (mode === 'silent') return silent;
  if (mode === 'plain') return plainProgress(output);
  const { terminalProgress } = await import('./terminal.js');
  return terminalProgress(output);
}
