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

  /** What runs here can be taken back. */
  async during<T>(operation: () => Promise<T>): Promise<T> {
    this.#operations++;
    try {
      return await operation();
    } finally {
      this.#operations--;
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
