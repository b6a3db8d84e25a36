import type { Json } from '../helper.ts';
import { isVolatile, normaliseLog, normaliseText } from './normalise.ts';

/** What tells the rows of a list apart; the first that fits. */
const ROW_KEYS =
  'key volid storage name tokenid userid roleid realm iface id vmid subdir n path field macro'.split(
    ' ',
  );

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The shape of a value: keys and types, without values. */
function shapeOf(value: Json): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join()}]`;
  if (typeof value !== 'object' || value === null) return kindOf(value);
  return `{${Object.keys(value)
    .sort()
    // A task's `saved` is 1 or "1", as it comes.
    .map((key) => `${key}:${key === 'saved' ? 'any' : shapeOf(value[key])}`)
    .join()}}`;
}

/** Compares an answer with the recorded one; the result are the differences, in words. */
export class Comparison {
  readonly differences: string[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  equal(at: string, recorded: unknown, live: unknown): void {
    if (JSON.stringify(recorded) !== JSON.stringify(live))
      this.differences.push(`${at}: ${JSON.stringify(recorded)} → ${JSON.stringify(live)}`);
  }

  /** Compares two JSON values. */
  value(at: string, recorded: Json, live: Json): void {
    if (kindOf(recorded) === 'object' && '<truncated>' in recorded) {
      this.#head(at, recorded.head, live);
      return;
    }
    if (kindOf(recorded) !== kindOf(live)) {
      this.differences.push(`${at}: ${kindOf(recorded)} → ${kindOf(live)} ${JSON.stringify(live)}`);
      return;
    }
    if (Array.isArray(recorded)) this.#list(at, recorded, live);
    else if (kindOf(recorded) === 'object') this.#object(at, recorded, live);
    else if (isVolatile(this.#path, at)) return;
    else if (typeof recorded === 'string') this.#text(at, recorded, live);
    else this.equal(at, recorded, live);
  }

  #text(at: string, recorded: string, live: string): void {
    // Covered by whoever recorded it.
    if (recorded === '<password>') return;
    // Perl's hashes have no order: a list of content types comes in any.
    const clean = (text: string): string =>
      /\.content$/.test(at) ? text.split(',').sort().join(',') : normaliseText(text);
    this.equal(at, clean(recorded), clean(live));
  }

  #object(at: string, recorded: Json, live: Json): void {
    for (const key of Object.keys(recorded)) {
      if (key in live) this.value(`${at}.${key}`, recorded[key], live[key]);
      else this.differences.push(`${at}.${key} is missing`);
    }
    for (const key of Object.keys(live))
      if (!(key in recorded))
        this.differences.push(`${at}.${key} is too much: ${JSON.stringify(live[key])}`);
  }

  /** Of a long list only the first rows were recorded: there must be rows of their shape. */
  #head(at: string, head: Json, live: Json): void {
    if (!Array.isArray(head)) return;
    const shapes = new Set((Array.isArray(live) ? live : (live?.data ?? [])).map(shapeOf));
    for (const row of head)
      if (!shapes.has(shapeOf(row)))
        this.differences.push(`${at}: no row like ${shapeOf(row)}, only ${[...shapes].join(' ')}`);
  }

  #list(at: string, recorded: Json[], live: Json[]): void {
    if (isVolatile(this.#path, at)) return;
    if (recorded.length === 0 || kindOf(recorded[0]) !== 'object') {
      const plain = (list: Json[]): string[] => list.map((item) => JSON.stringify(item)).sort();
      if (recorded.length > 0 || live.length > 0) this.equal(at, plain(recorded), plain(live));
      return;
    }
    if (/\/log(?:\?|$)/.test(this.#path)) {
      this.#log(at, recorded, live);
      return;
    }
    if (recorded.some((row) => 'upid' in row)) {
      this.#tasks(at, recorded, live);
      return;
    }
    const key = ROW_KEYS.find(
      (name) =>
        recorded.every((row) => row[name] !== undefined) &&
        new Set(recorded.map((row) => row[name])).size === recorded.length,
    );
    if (key === undefined) {
      this.equal(at, recorded.map(shapeOf).sort(), live.map(shapeOf).sort());
      return;
    }
    const rest = [...live];
    for (const row of recorded) {
      const index = rest.findIndex((candidate) => candidate[key] === row[key]);
      if (index < 0) this.differences.push(`${at}[${key}=${row[key]}] is missing`);
      else this.value(`${at}[${row[key]}]`, row, rest.splice(index, 1)[0]);
    }
    for (const row of rest) this.differences.push(`${at}[${key}=${String(row[key])}] is too much`);
  }

  #log(at: string, recorded: Json[], live: Json[]): void {
    const lines = (rows: Json[]): string[] => normaliseLog(rows.map((row) => row.t));
    const expected = lines(recorded);
    // A page of fifty lines may end in the middle of the progress of a long copy.
    this.equal(
      at,
      expected,
      recorded.length === 50 ? lines(live).slice(0, expected.length) : lines(live),
    );
    this.equal(`${at}[].n`, recorded[0].n, live[0]?.n);
  }

  /** Tasks of other runs: as many on a page, rows of the same shapes, the same kinds and results. */
  #tasks(at: string, recorded: Json[], live: Json[]): void {
    const paged = /limit=/.test(this.#path);
    if (paged) this.equal(`${at}.length`, recorded.length, live.length);
    const shapes = new Set(recorded.map(shapeOf));
    for (const row of live)
      if (!shapes.has(shapeOf(row))) this.differences.push(`${at}: a row like ${shapeOf(row)}`);
    if (live.length === 0) this.differences.push(`${at} is empty`);
  }
}
