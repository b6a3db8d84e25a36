import { expect } from 'chai';
import fc from 'fast-check';

import {
  hourMillis,
  intervalOf,
  planWindows,
  usualMargin,
  usualStay,
} from '#dist/lib/operations/time/window.js';

const year = (number: number): number => Date.UTC(number, 0, 1);
const now = Date.UTC(2026, 10, 26);

describe('windows for a shift', () => {
  it('one shift opens chains that overlap, as close to now as can be', () => {
    const hosts = [
      { host: 'a', from: year(2010), to: Date.UTC(2020, 1, 27) },
      { host: 'b', from: year(2013), to: Date.UTC(2020, 5, 1) },
      { host: 'c', from: year(2015), to: year(2022) },
    ];
    const { shifts } = planWindows(hosts, now);
    expect(shifts).to.have.length(1);
    expect(new Date(shifts[0]!.to).toISOString()).to.equal('2020-02-25T16:00:00.000Z');
    expect(shifts[0]!.hosts).to.deep.equal(['a', 'b', 'c']);
  });

  it('the whole chain counts', () => {
    const chain = [
      { from: year(2022), to: year(2025) },
      { from: year(2012), to: year(2024) },
    ];
    expect(intervalOf(chain)).to.deep.equal({ from: year(2022), to: year(2024) });
  });

  it('goes to the earliest moment of what is not valid yet, and tells whom that breaks', () => {
    const { shifts, valid, never } = planWindows(
      [
        { host: 'later', from: year(2028), to: year(2030) },
        { host: 'fine', from: year(2020), to: year(2027) },
        { host: 'long', from: year(2020), to: year(2040) },
        { host: 'short', from: year(2020), to: year(2020) + 30 * hourMillis },
        { host: 'turned', from: year(2021), to: year(2020) },
      ],
      now,
    );
    expect(shifts).to.deep.equal([
      {
        to: year(2028) + usualMargin,
        window: { from: year(2028) + usualMargin, to: year(2030) - usualMargin - usualStay },
        hosts: ['later'],
        breaks: ['fine'],
      },
    ]);
    expect(valid).to.deep.equal(['fine', 'long']);
    expect(never).to.deep.equal(['short', 'turned']);
  });

  it('makes the fewest shifts that there are, and each opens its hosts', () => {
    const interval = fc
      .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }))
      .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    fc.assert(
      fc.property(
        fc.array(interval, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: -5, max: 35 }),
        (intervals, at) => {
          const hosts = intervals.map((each, index) => ({ host: String(index), ...each }));
          const { shifts, valid, never } = planWindows(hosts, at, { margin: 0, stay: 0 });
          const open = hosts.filter(({ host }) => !valid.includes(host));
          const served = shifts.flatMap((shift) => shift.hosts);
          expect(never).to.deep.equal([]);
          expect(served.toSorted()).to.deep.equal(open.map(({ host }) => host).toSorted());
          for (const { to, window, hosts: opened } of shifts) {
            for (const name of opened) {
              const { from, to: end } = hosts[Number(name)]!;
              expect(from <= to && to <= end).to.equal(true);
            }
            const nearest = Math.abs(to - at);
            for (let other = window.from; other <= window.to; other++)
              expect(nearest).to.be.at.most(Math.abs(other - at));
          }
          expect(shifts.length).to.equal(fewest(open));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** Tries every set of ends: some smallest solution consists of ends only. */
function fewest(intervals: ReadonlyArray<{ from: number; to: number }>): number {
  const ends = intervals.map(({ to }) => to);
  let best = intervals.length;
  for (let set = 0; set < 2 ** ends.length; set++) {
    const chosen = ends.filter((_, index) => (set >> index) & 1);
    const opens = intervals.every(({ from, to }) => chosen.some((at) => from <= at && at <= to));
    if (opens) best = Math.min(best, chosen.length);
  }
  return best;
}
