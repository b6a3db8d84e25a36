import { expect } from 'chai';
import fc from 'fast-check';

import { bytes, duration, percent, timestamp } from '#dist/lib/output/format.js';

function table<T>(
  format: (value: T | undefined) => string | undefined,
  cases: Array<[T | undefined, string | undefined]>,
) {
  for (const [value, shown] of cases) {
    it(`${format.name}(${value}) is ${shown}`, () => {
      expect(format(value)).to.equal(shown);
    });
  }
}

describe('output: formats', () => {
  table(bytes, [
    [undefined, undefined],
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [2 ** 20 - 1, '1.0 MiB'],
    [20 * 2 ** 30, '20 GiB'],
    [1.25 * 2 ** 40, '1.3 TiB'],
    [2 ** 50, '1 PiB'],
    [2 ** 61, '2048 PiB'],
  ]);
  table(percent, [
    [undefined, undefined],
    [0, '0 %'],
    [0.424, '42 %'],
    [1, '100 %'],
  ]);
  table(duration, [
    [undefined, undefined],
    [0, undefined],
    [-5, undefined],
    [0.4, '0s'],
    [59, '59s'],
    [306, '5m 6s'],
    [3600, '1h 0m'],
    [86_399, '23h 59m'],
    [3 * 86_400 + 4 * 3600 + 59, '3d 4h'],
    [400 * 86_400, '400d 0h'],
  ]);

  it('timestamps are local time, whatever the digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const shown = timestamp(seconds)!;
        expect(shown).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
        const [date = '', time = ''] = shown.split(' ');
        const [year, month, day] = date.split('-').map(Number) as [number, number, number];
        const [hours, minutes, rest] = time.split(':').map(Number) as [number, number, number];
        const back = new Date(year, month - 1, day, hours, minutes, rest).getTime() / 1000;
        // An hour that clocks go through twice has two timestamps for the same words.
        expect(Math.abs(back - seconds)).to.be.oneOf([0, 3600, 1800]);
      }),
    );
    expect(timestamp(undefined)).to.equal(undefined);
  });

  it('sizes never show more than 1024 of a unit below the largest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        expect(Number(bytes(value)!.split(' ')[0])).to.be.below(1024);
      }),
    );
  });
});
