import { isPmxError, type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { addressOf } from '../auth/trust.js';
import type { Asker } from './answer.js';
import { Transport } from './transport.js';
import type { PveConnection } from './types.js';

/** One address of the cluster, with its connections. */
export interface Lane {
  readonly asker: Asker;
  readonly transport: Transport;
}

/**
 * The addresses of one cluster. A dead node is skipped: only when no connection to it came about, so
 * that nothing was sent that could happen twice. What a server answers, or does not, is its verdict.
 */
export class Endpoints {
  readonly #connection: PveConnection;
  readonly #lanes: readonly Lane[];
  #current: Lane;

  constructor(connection: PveConnection, asker: Omit<Asker, 'endpoint' | 'host' | 'port'>) {
    this.#connection = connection;
    const { endpoint, alternatives = [], reachability } = connection;
    const lanes = [...new Set([endpoint, ...alternatives])].map((address): Lane => {
      const whole = { ...asker, endpoint: address, ...addressOf(address) };
      return { asker: whole, transport: new Transport(connection, whole) };
    });
    // Those that were dead a moment ago come last, but they do come: memory may be wrong.
    const isDown = (lane: Lane): boolean =>
      lanes.length > 1 && reachability?.isDown(lane.asker.endpoint) === true;
    this.#lanes = [...lanes.filter((lane) => !isDown(lane)), ...lanes.filter(isDown)];
    this.#current = this.#lanes[0]!;
  }

  /** Whoever answered last, or would be asked first. */
  get current(): Lane {
    return this.#current;
  }

  get several(): boolean {
    return this.#lanes.length > 1;
  }

  /**
   * Does `job` with the first endpoint that can be reached.
   * @throws SurroundingsError `PMX_UNREACHABLE` when none can; whatever else `job` throws
   */
  async reach<T>(job: (lane: Lane) => Promise<T>): Promise<T> {
    const failures = new Map<Lane, PmxError>();
    for (let lane = this.#current; ;) {
      try {
        const result = await job(lane);
        this.#works(lane);
        return result;
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        failures.set(lane, error);
        const next = failures.has(this.#current)
          ? this.#lanes.find((other) => !failures.has(other))
          : this.#current;
        if (!next) throw this.several ? noneReachable(failures) : error;
        this.#connection.debug?.(`${error.message} Trying ${next.asker.endpoint}.`);
        lane = next;
      }
    }
  }

  close(): void {
    for (const { transport } of this.#lanes) transport.close();
  }

  /** Said and remembered only now: when all are dead, it is our network that is. */
  #works(lane: Lane): void {
    if (lane === this.#current) {
      if (this.several) this.#connection.reachability?.note(lane.asker.endpoint, false);
      return;
    }
    const dead = this.#current.asker.endpoint;
    this.#current = lane;
    this.#connection.reachability?.note(dead, true);
    this.#connection.reachability?.note(lane.asker.endpoint, false);
    this.#connection.notice?.(`${dead} cannot be reached; using ${lane.asker.endpoint}.`);
  }
}

function isUnreachable(error: unknown): error is PmxError {
  return isPmxError(error) && error.code === 'PMX_UNREACHABLE';
}

function noneReachable(failures: ReadonlyMap<Lane, PmxError>): PmxError {
  const errors = [...failures.values()];
  const first = errors[0]!;
  return new SurroundingsError({
    code: 'PMX_UNREACHABLE',
    message: `None of the ${errors.length} endpoints can be reached: ${errors.map((error) => error.message.replace(/\.$/, '')).join('; ')}.`,
    hints: first.hints,
    data: { ...first.data, endpoints: [...failures.keys()].map(({ asker }) => asker.endpoint) },
    cause: first,
  });
}
