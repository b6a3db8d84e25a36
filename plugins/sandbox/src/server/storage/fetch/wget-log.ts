import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostOf, portOf } from './hosts.js';
import { peerOf } from './request.js';
import type { Unreachable } from './request.js';

const DOT = 1024 * 1024;
const DOTS_PER_CLUSTER = 8;
const DOTS_PER_LINE = 32;
const BAR = DOTS_PER_LINE + DOTS_PER_LINE / DOTS_PER_CLUSTER;

/** wget's moment: `2026-11-20 09:38:41`. */
function moment(millis: number): string {
  return new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
}

/** wget's short size: `192K`, `1.9M`. */
export function shortSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  // wget cuts off rather than rounding up: 1.907 is 1.9.
  const cut = Math.floor(value * 10 ** digits) / 10 ** digits;
  return `${cut.toFixed(digits)}${['', 'K', 'M', 'G', 'T', 'P'][unit]!}`;
}

function seconds(millis: number): string {
  const value = millis / 1000;
  return value < 0.0005
    ? '0'
    : value < 10
      ? String(Number(value.toPrecision(2)))
      : value.toFixed(0);
}

/** Writes what `wget --progress=dot:giga` says. */
export class WgetLog {
  readonly #log: (line: string) => void;
  readonly #clock: () => number;
  #begin = 0;
  #lineBegin = 0;
  #received = 0;
  #total: number | undefined;

  constructor(log: (line: string) => void, clock: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  hop(url: URL): void {
    this.#log(`--${moment(this.#clock())}--  ${url.href}`);
  }

  /** A name is looked up first; an address is not. */
  #target(url: URL, address: string | undefined): string {
    const host = hostOf(url);
    if (isIP(host) !== 0) return `${url.hostname}:${portOf(url)}`;
    if (address !== undefined) this.#log(`Resolving ${host} (${host})... ${address}`);
    return `${host} (${host})|${address ?? '?'}|:${portOf(url)}`;
  }

  answer(url: URL, answer: IncomingMessage): void {
    const address = peerOf(answer);
    this.#log(`Connecting to ${this.#target(url, address)}... connected.`);
    const status = `${answer.statusCode} ${answer.statusMessage ?? ''}`;
    this.#log(`HTTP request sent, awaiting response... ${status}`);
    const to = answer.headers.location;
    if (to !== undefined && (answer.statusCode ?? 0) >= 300 && (answer.statusCode ?? 0) < 400)
      this.#log(`Location: ${to} [following]`);
  }

  unreachable(url: URL, error: Unreachable): void {
    const host = hostOf(url);
    if (error.kind === 'resolve') {
      this.#log(`Resolving ${host} (${host})... failed: ${error.message}.`);
      this.#log(`wget: unable to resolve host address '${host}'`);
    } else if (error.kind === 'certificate') {
      this.#log(`Connecting to ${host}:${portOf(url)}... connected.`);
      this.#log(`ERROR: cannot verify ${host}'s certificate:`);
      this.#log(`To connect to ${host} insecurely, use \`--no-check-certificate'.`);
    } else {
      this.#log(`Connecting to ${host}:${portOf(url)}... failed: ${error.message}.`);
    }
    if (error.reason !== undefined) this.#log(`(${error.reason})`);
  }

  refused(answer: IncomingMessage): void {
    const status = `${answer.statusCode}: ${answer.statusMessage ?? ''}`;
    this.#log(`${moment(this.#clock())} ERROR ${status}.`);
  }

  begin(answer: IncomingMessage, shownPath: string): void {
    const length = answer.headers['content-length'];
    this.#total = length === undefined ? undefined : Number(length);
    const size =
      this.#total === undefined
        ? 'unspecified'
        : this.#total < 1024
          ? String(this.#total)
          : `${this.#total} (${shortSize(this.#total)})`;
    this.#log(`Length: ${size} [${answer.headers['content-type'] ?? 'application/octet-stream'}]`);
    this.#log(`Saving to: '${shownPath}'`);
    this.#begin = this.#lineBegin = performance.now();
  }

  /** Adds to the progress; every full line of dots is logged. */
  received(bytes: number): void {
    this.#received += bytes;
    const perLine = DOTS_PER_LINE * DOT;
    for (;;) {
      const done = (this.#line + 1) * perLine;
      if (this.#received < done || done === this.#total) return;
      const now = performance.now();
      const speed = shortSize((perLine / Math.max(1, now - this.#lineBegin)) * 1000);
      const rest =
        this.#total === undefined
          ? ''
          : ` ${seconds(((now - this.#begin) * (this.#total - done)) / done)}s`;
      this.#row(DOTS_PER_LINE, done, `${speed.padStart(5)}${rest}`);
      this.#line++;
      this.#lineBegin = now;
    }
  }

  #line = 0;

  #row(dots: number, done: number, tail: string): void {
    const clusters = Array.from({ length: Math.ceil(dots / DOTS_PER_CLUSTER) }, (_, index) =>
      ' '.concat('.'.repeat(Math.min(DOTS_PER_CLUSTER, dots - index * DOTS_PER_CLUSTER))),
    ).join('');
    const at = `${(this.#line * DOTS_PER_LINE * DOT) / 1024}K`.padStart(7);
    const percent =
      this.#total === undefined || this.#total === 0
        ? ''
        : `${Math.floor((done / this.#total) * 100)}%`;
    this.#log(`${at}${clusters.padEnd(BAR)}${percent.padStart(4)} ${tail}`);
  }

  saved(shownPath: string): void {
    const millis = performance.now() - this.#begin;
    const perSecond = (this.#received / Math.max(0.1, millis)) * 1000;
    const dots = Math.floor(this.#received / DOT) - this.#line * DOTS_PER_LINE;
    this.#row(dots, this.#received, `${shortSize(perSecond).padStart(5)}=${seconds(millis)}s`);
    const of = this.#total === undefined ? '' : `/${this.#total}`;
    const speed = `${(perSecond / 1e6).toPrecision(3).replace(/e\+.*/, '')} MB/s`;
    this.#log(
      `${moment(this.#clock())} (${speed}) - '${shownPath}' saved [${this.#received}${of}]`,
    );
  }

  full(shownPath: string): void {
    this.#log(`${shownPath}: No space left on device`);
    this.#log(`Cannot write to '${shownPath}' (No space left on device).`);
  }
}
