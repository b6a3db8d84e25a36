import { isPmxError, normalizeError, type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C in two stages: the first stops the work and lets undo run, the second stops undo too.
 * A third one ends the process at once.
 */
export class Interruption {
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  readonly #tell: (text: string) => void;
  #awaited: (() => void) | undefined;
  /** Operations under way: only then is there something to take back. */
  #operations = 0;
  /** Another program has the terminal. */
  #lent = 0;
  readonly #listener = (): void => this.#onSignal();
  /** Thrown where nobody waits for it, as in a timer or an event, while something was under way. */
  #defect: Error | undefined;
  readonly #breaks = (error: Error): void => this.#onDefect(error);

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
    for (const signal of signals) process.on(signal, this.#listener);
  }

  /** Aborts first: whatever is under way ends here. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborts second: undo ends here and is left to `pmx op rollback`. */
  get abandon(): AbortSignal {
    return this.#abandon.signal;
  }

  /** The next signal only ends this wait, for a command that stays in the foreground. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#awaited = resolve));
  }

  /**
   * What runs here can be taken back. So it is when something throws that nobody waits for, which would
   * else be the end of the process wherever it stands.
   * @throws SurroundingsError `PMX_BUG` for such a defect, with what was taken back
   */
  async during<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#operations++ === 0) process.on('uncaughtException', this.#breaks);
    try {
      return await operation();
    } catch (error) {
      throw this.#defect ? defectDuring(this.#defect, error) : error;
    } finally {
      if (--this.#operations === 0) process.off('uncaughtException', this.#breaks);
    }
  }

  /** A pager gets the Ctrl-C of the terminal as well, and it is meant for the pager. */
  async lendTerminal<T>(toOther: () => Promise<T>): Promise<T> {
    this.#lent++;
    try {
      return await toOther();
    } finally {
      this.#lent--;
    }
  }

  dispose(): void {
    for (const signal of signals) process.off(signal, this.#listener);
  }

  #onDefect(error: Error): void {
    this.#defect ??= error;
    if (this.#stop.signal.aborted) return;
    this.#tell('Something unexpected happened: taking back what was begun.');
    this.#stop.abort();
  }

  #onSignal(): void {
    if (this.#lent > 0) return;
    if (this.#awaited) {
      this.#awaited();
      this.#awaited = undefined;
      return;
    }
    if (!this.#stop.signal.aborted) {
      if (this.#operations > 0)
        this.#tell('Interrupted: taking back what was begun (Ctrl-C again to leave it as it is).');
      this.#stop.abort();
    } else if (!this.#abandon.signal.aborted) {
      this.#tell('Left as it is. See pmx op list.');
      this.#abandon.abort();
    } else {
      this.dispose();
      process.kill(process.pid, 'SIGINT');
    }
  }
}

/** The defect, with what the operation says that it ended with. */
function defectDuring(defect: Error, end: unknown): PmxError {
  const { code, message, hints } = normalizeError(defect);
  const cleanedUp = isPmxError(end) ? end.hints : [];
  return new SurroundingsError({ code, message, hints: [...cleanedUp, ...hints], cause: defect });
}
