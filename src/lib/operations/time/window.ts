export const hourMillis = 3_600_000;
/** For time zones; certificates are often dated back a day as well. */
export const usualMargin = 24 * hourMillis;
/** The clock keeps running while somebody works. */
export const usualStay = 8 * hourMillis;

/** When everything in a host's chain is valid; milliseconds since 1970, both ends included. */
export interface Interval {
  from: number;
  to: number;
}

export interface HostInterval extends Interval {
  host: string;
}

export interface Shift {
  /** The moment inside the window that is closest to now. */
  to: number;
  /** Whoever shifts into this window opens all of the hosts. */
  window: Interval;
  hosts: string[];
  /** Hosts whose certificate is valid now and would not be then. */
  breaks: string[];
}

export interface Windows {
  shifts: Shift[];
  /** Valid now: no shift needed. */
  valid: string[];
  /** No date at all makes their chain valid for long enough. */
  never: string[];
}

/** [latest begin, earliest end] of a chain. */
export function intervalOf(chain: ReadonlyArray<Interval>): Interval {
  return {
    from: Math.max(...chain.map(({ from }) => from)),
    to: Math.min(...chain.map(({ to }) => to)),
  };
}

/**
 * The fewest shifts that open all hosts: sorted by their ends, the earliest end is stabbed, which
 * takes every interval that contains it.
 */
export function planWindows(
  hosts: readonly HostInterval[],
  now: number,
  { margin = usualMargin, stay = usualStay }: { margin?: number; stay?: number } = {},
): Windows {
  const valid = hosts.filter(({ from, to }) => from <= now && now <= to);
  const shrunk = hosts
    .filter((host) => !valid.includes(host))
    .map(({ host, from, to }) => ({ host, from: from + margin, to: to - margin - stay }));
  const never = shrunk.filter(({ from, to }) => from > to);
  let open = shrunk.filter(({ from, to }) => from <= to).sort((a, b) => a.to - b.to);
  const shifts: Shift[] = [];
  while (open.length > 0) {
    const end = open[0]!.to;
    const group = open.filter(({ from }) => from <= end);
    open = open.filter(({ from }) => from > end);
    const window = intervalOf(group);
    const to = Math.min(Math.max(now, window.from), window.to);
    const breaks = valid.filter((host) => to < host.from || to > host.to);
    shifts.push({ to, window, hosts: names(group), breaks: names(breaks) });
  }
  return { shifts, valid: names(valid), never: names(never) };
}

function names(hosts: ReadonlyArray<{ host: string }>): string[] {
  return hosts.map(({ host }) => host);
}
