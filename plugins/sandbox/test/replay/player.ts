import { setTimeout as sleep } from 'node:timers/promises';
import { values } from '../helper.ts';
import type { Json, Reply, Send } from '../helper.ts';
import { Comparison } from './compare.ts';
import { MISSING_AREAS } from './deviations.ts';
import type { Exchange } from './exchange.ts';
import { normaliseText } from './normalise.ts';
import type { Scenario } from './scenarios.ts';
import type { Stage } from './stage.ts';

export interface Outcome {
  name: string;
  /** What differs from the recording; empty when nothing does. */
  differences: string[];
  /** The sandbox has no such endpoint, or none that would have started this task. */
  missing: boolean;
}

/** Text such as a UPID or a digest that the recording has and the sandbox has as well, but another one. */
const MAPPED = /^(?:UPID:.*|[0-9a-f]{40})$/;

/** Replays a recording, exchange by exchange. */
export class Player {
  readonly #stage: Stage;
  readonly #scenario: Scenario;
  /** Recorded text → text of this run. */
  readonly #mapped = new Map<string, string>();
  /** Tasks of the recording that the sandbox could not start. */
  readonly #neverStarted = new Set<string>();
  #ticket = '';
  #csrf = '';

  constructor(stage: Stage, scenario: Scenario, mapped: Readonly<Record<string, string>>) {
    this.#stage = stage;
    this.#scenario = scenario;
    for (const [recorded, live] of Object.entries(mapped)) this.#mapped.set(recorded, live);
  }

  async play(exchanges: readonly Exchange[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const exchange of exchanges) {
      const key = exchange.name.slice(exchange.name.indexOf('-') + 1);
      await this.#scenario.before?.[key]?.(this.#stage);
      const { differences, reply } = await this.#exchange(exchange, this.#scenario.send?.[key]);
      await this.#scenario.after?.[key]?.(this.#stage);
      const started = exchange.response?.data;
      const notThere =
        reply.status === 501 &&
        !exchange.status.startsWith('501') &&
        MISSING_AREAS.some((area) => area.test(exchange.path));
      if (notThere && typeof started === 'string' && started.startsWith('UPID:'))
        this.#neverStarted.add(started);
      const missing =
        notThere ||
        [...this.#neverStarted].some((upid) => exchange.path.includes(encodeURIComponent(upid)));
      outcomes.push({ name: exchange.name, differences, missing });
    }
    return outcomes;
  }

  async #exchange(
    exchange: Exchange,
    special: Send | ((stage: Stage, ticket: string) => Promise<Send>) | undefined,
  ): Promise<{ differences: string[]; reply: Reply }> {
    const more = typeof special === 'function' ? await special(this.#stage, this.#ticket) : special;
    const api2 = exchange.path.startsWith('/api2/');
    const path = this.#fill(exchange.path);
    const { auth, ...body } = this.#request(exchange);
    // A body of its own takes the place of the recorded one.
    const own = more?.raw !== undefined || more?.json !== undefined || more?.form !== undefined;
    const send = { auth, ...(own ? {} : body), ...(api2 ? { prefix: '' } : {}), ...more };
    let reply: Reply;
    try {
      reply = await this.#stage.send(exchange.method, path, send);
      // The recording waited until the task had ended.
      while (exchange.response?.data?.status === 'stopped' && reply.data?.status === 'running') {
        await sleep(5);
        reply = await this.#stage.send(exchange.method, path, send);
      }
    } catch (error) {
      const gone = exchange.status.startsWith('EXC') ? [] : [`no answer: ${String(error)}`];
      return { differences: gone, reply: { status: 0 } as Reply };
    }
    this.#learn(exchange.response, reply.body);
    if (exchange.path === '/access/ticket' && reply.data?.ticket !== undefined) {
      this.#ticket = reply.data.ticket;
      this.#csrf = reply.data.CSRFPreventionToken;
    }
    return { differences: compare(exchange, reply), reply };
  }

  #request(exchange: Exchange): Send {
    const auth: Record<string, string> = {};
    if (exchange.auth !== 'none') {
      auth['Cookie'] = `PVEAuthCookie=${encodeURIComponent(this.#ticket)}`;
      if (exchange.method !== 'GET') auth['CSRFPreventionToken'] = this.#csrf;
    }
    if (exchange.method !== 'POST' && exchange.method !== 'PUT') return { auth };
    const params = this.#params(exchange.params ?? {});
    if (exchange.content_type === 'application/json') return { auth, json: params };
    if (exchange.content_type?.startsWith('multipart')) return { auth };
    return { auth, form: params };
  }

  #params(params: Json): Json {
    if (Array.isArray(params)) return params.map((item) => this.#params(item));
    if (typeof params === 'string') return this.#fill(params);
    if (typeof params !== 'object' || params === null) return params;
    const user = String(params.username ?? '').includes('@')
      ? String(params.username)
      : `${String(params.username)}@pam`;
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => {
        if (value === '<password>') return [name, this.#stage.passwords[user] ?? 'secret-1'];
        if (value === 'PVE:<ticket>') return [name, this.#ticket];
        return [name, this.#params(value)];
      }),
    );
  }

  #fill(text: string): string {
    let result = text;
    for (const [recorded, live] of this.#mapped)
      result = result
        .replaceAll(recorded, live)
        .replaceAll(encodeURIComponent(recorded), encodeURIComponent(live));
    return result;
  }

  /** Notes which text of this run stands for which of the recording. */
  #learn(recorded: Json, live: Json): void {
    if (typeof recorded === 'string' && typeof live === 'string') {
      if (MAPPED.test(recorded) && recorded !== live) this.#mapped.set(recorded, live);
      return;
    }
    if (typeof recorded !== 'object' || typeof live !== 'object' || !recorded || !live) return;
    if (typeof recorded.pid === 'number' && Object.keys(recorded).length === 1)
      this.#mapped.set(`pid=${recorded.pid}`, `pid=${live.pid}`);
    // Rows of lists come in any order: only single values are noted.
    if (!Array.isArray(recorded))
      for (const key of Object.keys(recorded)) this.#learn(recorded[key], live[key]);
  }
}

function compare(exchange: Exchange, reply: Reply): string[] {
  const comparison = new Comparison(exchange.path);
  const status = `${reply.status} ${reply.reason}`;
  comparison.equal('status', normaliseText(exchange.status), normaliseText(status));
  if (exchange.connection)
    comparison.equal('Connection', exchange.connection, values(reply.headers, 'connection'));
  comparison.equal(
    'Content-Type',
    exchange.response_type,
    values(reply.headers, 'content-type')[0],
  );
  if (exchange.response === '<gzip>') {
    comparison.equal('Content-Encoding', 'gzip', values(reply.headers, 'content-encoding')[0]);
    return comparison.differences;
  }
  let recorded = exchange.response;
  let live = reply.body ?? reply.text;
  // Whether a task had ended already when it was asked for the first time is chance.
  if (
    recorded?.data?.status === 'running' &&
    recorded.data.upid &&
    live?.data?.status === 'stopped'
  ) {
    const { status: _status, exitstatus: _exitstatus, ...rest } = live.data;
    live = { ...live, data: { ...rest, status: 'running' } };
  }
  if (exchange.response_type === 'image/png') recorded = live;
  comparison.value('', recorded, live);
  return comparison.differences;
}
