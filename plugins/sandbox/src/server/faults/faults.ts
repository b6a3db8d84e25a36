import { TICKET_SECONDS } from '../auth/tickets.js';
import type { Storages } from '../storage/storages.js';
import { FaultBook } from './book.js';

/** What the faults in force mean for the parts of the server; each asks at the place where it matters. */
export class Faults {
  readonly book: FaultBook;
  readonly #storages: Storages;

  private constructor(book: FaultBook, storages: Storages) {
    this.book = book;
    this.#storages = storages;
  }

  static async open(dataDir: string, storages: Storages, seed?: string): Promise<Faults> {
    return new Faults(await FaultBook.open(dataDir, seed), storages);
  }

  /** The server's clock, in milliseconds since the epoch. */
  readonly now = (): number => Date.now() + this.#seconds('clock-skew', 0) * 1000;

  /** What the clock is wrong by, in seconds. */
  get skewed(): boolean {
    return this.book.active('clock-skew').length > 0;
  }

  /** How long a ticket is good for. */
  readonly ticketSeconds = (): number => this.#seconds('ticket-lifetime', TICKET_SECONDS);

  /** Of several rules the last one counts. */
  #seconds(type: 'clock-skew' | 'ticket-lifetime', byDefault: number): number {
    return this.book.active(type).at(-1)?.action.seconds ?? byDefault;
  }

  /** A node that was shut down, other than by a fault; set by the app. */
  isOff: (node: string) => boolean = () => false;

  isDown(node: string): boolean {
    if (this.isOff(node)) return true;
    return this.book.active('node-down').some(({ action }) => action.node === node);
  }

  get otherCertificate(): boolean {
    return this.book.active('new-certificate').length > 0;
  }

  /** How many bytes may lie on a storage; undefined when no fault limits it. */
  readonly storageLimit = (node: string, storage: string): number | undefined => {
    const root = this.#storages.root(node, storage);
    const limits = this.book
      .active('storage-full')
      .filter(({ action }) => action.storage === storage)
      .map(({ action, baseline }) => {
        const before = baseline?.[root];
        return before === undefined ? Infinity : before + (action.bytes ?? 0);
      });
    return limits.length === 0 ? undefined : Math.min(...limits);
  };

  /** Notes how much lies on a storage that is full "after n more bytes" from now on. */
  async measure(nodes: readonly string[]): Promise<void> {
    for (const entry of this.book.active('storage-full')) {
      if (entry.baseline) continue;
      const { storage = '', node } = entry.action;
      const baseline: Record<string, number> = {};
      for (const name of node === undefined ? nodes : [node]) {
        this.#storages.changed(name, storage);
        baseline[this.#storages.root(name, storage)] = await this.#storages.used(name, storage);
      }
      entry.baseline = baseline;
      this.book.touch();
    }
  }
}
