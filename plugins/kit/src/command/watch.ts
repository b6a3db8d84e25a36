import { setTimeout as sleep } from 'node:timers/promises';

import { normalizeError, RequestError } from '../errors/index.js';
import type { OutputFormat } from '../format/index.js';
import type { ListShape, Session } from '../host/index.js';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const shortest = 200;
const longest = 86_400_000;

/**
 * `2s` → milliseconds; undefined without `--watch`.
 * @throws RequestError `PMX_WATCH` for what is no time, and for formats that end with their document
 */
export function watchInterval(flag: unknown, { type }: OutputFormat): number | undefined {
  if (flag === undefined) return undefined;
  const text = String(flag);
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const millis = Number(digits) * units[unit]!;
  if (digits === undefined || millis < shortest || millis > longest) {
    throw new RequestError({
      code: 'PMX_WATCH',
      message: `--watch ${text} is no interval: it takes a time from 200ms to 24h.`,
      hints: ['For example --watch 5s'],
    });
  }
  if (!['table', 'wide', 'jsonl'].includes(type)) {
    throw new RequestError({
      code: 'PMX_WATCH',
      message: `--watch never ends, so it cannot make one ${type} document.`,
      hints: ['Use -o jsonl: one line for each row, again and again.'],
    });
  }
  return millis;
}

/**
 * Reads and draws until Ctrl-C, which is how a watch ends well. A server that is away for a while is
 * said, not the end of it.
 */
export async function watchRows(
  session: Session,
  interval: number,
  round: (draw: (rows: readonly unknown[], shape: ListShape) => Promise<void>) => Promise<void>,
): Promise<void> {
  const { output } = session;
  const ended = new AbortController();
  const end = session.untilInterrupted().then(() => ended.abort());
  const draw = async (rows: readonly unknown[], shape: ListShape): Promise<void> => {
    if (output.machine) await output.document(rows, shape);
    else
      output.redraw(rows, shape, `Every ${interval / 1000} s, ${new Date().toLocaleTimeString()}`);
  };
  for (let first = true; !ended.signal.aborted; first = false) {
    try {
      await round(draw);
    } catch (thrown) {
      const error = normalizeError(thrown);
      if (ended.signal.aborted) break;
      if (first || error.exitCode !== 2) throw error;
      output.warn(error.message);
    }
    await sleep(interval, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  await end;
}
