import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../app.js';
import { unauthorized } from '../auth/authenticate.js';
import { PveError } from '../errors.js';
import { errorAnswer } from '../http/respond.js';
import type { Answer } from '../http/respond.js';
import { configLock } from '../tasks/locks.js';
import type { ActionType, FaultAction } from './actions.js';
import type { FaultEntry } from './book.js';
import { plainPath } from './glob.js';
import { CONTROL } from './control.js';
import { withTaskFault } from './task-faults.js';
import type { TaskFault } from './task-faults.js';

/** What PVE says with these when nobody has chosen other words. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Parameter verification failed.',
  401: 'Authentication failed!',
  403: 'Permission check failed',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'got inotify poll request in wrong process - disabling inotify',
  501: 'Method not implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  595: 'No route to host',
  596: 'Connection timed out',
};

/** From here on a proxy speaks, not the API: there is no JSON. */
const EMPTY_FROM = 502;

/** The connection is gone; there is nothing to send any more. */
export const GONE = Symbol('gone');

/** What happens to one request. */
export class RequestFaults {
  readonly #app: App;
  readonly #fired: readonly FaultEntry[];
  readonly #path: string;

  private constructor(app: App, path: string, fired: readonly FaultEntry[]) {
    this.#app = app;
    this.#path = path;
    this.#fired = fired;
  }

  /** Counts a request; the control endpoint and what is no API has no faults, so that they can be cleared. */
  static async of(app: App, request: IncomingMessage): Promise<RequestFaults> {
    const api = /^\/+api2\/+(?:json|extjs)(\/[^?]*)?/.exec(request.url ?? '');
    const path = plainPath(api?.[1] ?? '/');
    if (!api || path === CONTROL || path.startsWith(`${CONTROL}/`))
      return new RequestFaults(app, path, []);
    const fired = app.faults.book.match(request.method ?? '', path);
    if (fired.length > 0) await app.faults.measure(app.store.state.nodes);
    return new RequestFaults(app, path, fired);
  }

  /** For the log of requests. */
  get ids(): string[] {
    return this.#fired.map(({ id }) => id);
  }

  /** How long the body takes; undefined: as long as it takes. */
  get slowMillis(): number | undefined {
    const seconds = this.#action('slow-body')?.seconds;
    return seconds === undefined ? undefined : seconds * 1000;
  }

  /** The handler runs and its answer never leaves. */
  get losesAnswer(): boolean {
    return this.#action('reset', true) !== undefined || this.#action('timeout', true) !== undefined;
  }

  #action(type: ActionType, after = false): FaultAction | undefined {
    return this.#fired.find(
      ({ action }) => action.type === type && (action.after ?? false) === after,
    )?.action;
  }

  /** @returns the answer that comes instead of the handler's, if any */
  async before(response: ServerResponse): Promise<Answer | typeof GONE | undefined> {
    const delay = this.#action('delay');
    if (delay) await sleep((delay.seconds ?? 0) * 1000, undefined, { ref: false });
    this.#holdLock();
    if (this.#action('unauthorized')) return this.#unauthorized();
    return this.#instead(response, false);
  }

  /** The handler has run. @returns what becomes of its answer */
  async after(response: ServerResponse, answer: Answer): Promise<Answer | typeof GONE> {
    return (await this.#instead(response, true)) ?? answer;
  }

  /** Runs the handler; its task gets what is meant for it. */
  run<T>(handler: () => Promise<T>): Promise<T> {
    return withTaskFault(this.#taskFault(), handler);
  }

  async #instead(
    response: ServerResponse,
    after: boolean,
  ): Promise<Answer | typeof GONE | undefined> {
    if (this.#action('reset', after)) {
      response.socket?.destroy();
      return GONE;
    }
    if (this.#action('timeout', after)) {
      await clientGone(response);
      return GONE;
    }
    const other = this.#action('status', after);
    return other && this.#status(other);
  }

  async #unauthorized(): Promise<Answer> {
    await sleep(this.#app.settings.authFailureMillis, undefined, { ref: false });
    return errorAnswer(unauthorized('Authentication failed!'));
  }

  #status({ status = 500, message }: FaultAction): Answer | Promise<Answer> {
    if (status === 401 && message === undefined) return this.#unauthorized();
    const text = message ?? REASONS[status] ?? 'error';
    return errorAnswer(
      new PveError(status, text, {
        body: status >= EMPTY_FROM || status === 401 ? 'none' : 'json',
      }),
    );
  }

  /** Another process has the VM's lock. It waits for it like everybody, but nobody waits for it to get it. */
  #holdLock(): void {
    const held = this.#action('lock-held');
    const vmid = held?.vmid ?? Number(/^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)/.exec(this.#path)?.[1]);
    if (!held || Number.isNaN(vmid)) return;
    const { locks, settings } = this.#app;
    void locks.acquire(configLock(vmid), { timeoutMillis: settings.lockTimeoutMillis }).then(
      (release) => setTimeout(release, (held.seconds ?? 0) * 1000).unref(),
      () => undefined,
    );
  }

  #taskFault(): TaskFault | undefined {
    const fail = this.#action('task-fail');
    const warn = this.#action('task-warn');
    const slow = this.#action('task-slow');
    const lost = this.#action('worker-lost') !== undefined;
    if (!fail && !warn && !slow && !lost) return undefined;
    return {
      lost,
      warnings: warn ? [warn.message ?? 'injected warning'] : [],
      slowMillis: (slow?.seconds ?? 0) * 1000,
      ...(fail && {
        fail: { percent: fail.percent ?? 50, message: fail.message ?? 'injected failure' },
      }),
    };
  }
}

async function clientGone(response: ServerResponse): Promise<void> {
  const { socket } = response;
  if (!socket || socket.destroyed) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}
