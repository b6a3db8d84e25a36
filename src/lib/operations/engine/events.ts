import type { FinalStatus } from './journal.js';

/** What the engine tells whoever draws progress. */
export type EngineEvent =
  | { type: 'begun'; title: string; steps: ReadonlyArray<{ id: string; title: string }> }
  | { type: 'step-started'; id: string }
  | { type: 'step-progress'; id: string; text: string }
  /** The step succeeded, but somebody should know: a task that ended with warnings. */
  | { type: 'step-warning'; id: string; text: string }
  | { type: 'step-done'; id: string }
  | { type: 'step-failed'; id: string; message: string }
  | { type: 'undo-begun'; steps: ReadonlyArray<{ id: string; title: string }> }
  | { type: 'ended'; status: FinalStatus };

export type EngineListener = (event: EngineEvent) => void;
