import type { EngineListener } from '../operations/engine/events.js';

export interface Progress {
  listener: EngineListener;
  /** Resolves once everything is drawn. */
  end(): Promise<void>;
}
