import { expect } from 'chai';

import { parseDate, parseOffset, refuseTooFar } from '#dist/lib/operations/time/date.js';

const now = Date.UTC(2026, 10, 26, 9);

describe('dates to shift to', () => {
  for (const [text, iso, assumedUtc] of [
    ['2020-01-31', '2020-01-31T00:00:00.000Z', true],
    ['2020-02-29T12:30', '2020-02-29T12:30:00.000Z', true],
    ['2020-01-31 12:00:05Z', '2020-01-31T12:00:05.000Z', false],
    ['2020-01-31T12:00:00+02:00', '2020-01-31T10:00:00.000Z', false],
    ['2106-02-07T06:28:15Z', '2106-02-07T06:28:15.000Z', false],
    ['1970-01-01', '1970-01-01T00:00:00.000Z', true],
  ] as const)
    it(`takes ${text}`, () => {
      expect(parseDate(text)).to.deep.equal({ millis: Date.parse(iso), assumedUtc });
    });

  for (const [text, why] of [
    ['2020-02-30', 'no such day'],
    ['2019-02-29', 'no such day'],
    ['2020-13-01', 'no such day'],
    ['2020-01-01T24:00', 'no such time'],
    ['1969-12-31', 'before 1970'],
    ['2106-02-07T06:28:16Z', '2106'],
    ['31.1.2020', 'must look like'],
    ['now', 'must look like'],
    ['', 'must look like'],
  ] as const)
    it(`refuses '${text}'`, () => {
      expect(() => parseDate(text))
        .to.throw(why)
        .with.property('code', 'PMX_INVALID_DATE');
    });
});

describe('offsets', () => {
  for (const [text, iso] of [
    ['-3y', '2023-11-26T09:00:00.000Z'],
    ['+30d', '2026-12-26T09:00:00.000Z'],
    ['-90m', '2026-11-26T07:30:00.000Z'],
    ['-1y2w3h', '2025-11-12T06:00:00.000Z'],
  ] as const)
    it(`takes ${text}`, () => {
      expect(new Date(parseOffset(text, now)).toISOString()).to.equal(iso);
    });

  it('has no 29 February in other years', () => {
    const leap = Date.UTC(2024, 1, 29);
    expect(parseOffset('-1y', leap)).to.equal(Date.UTC(2023, 1, 28));
  });

  for (const text of ['-0d', '+0y0s', '3y', '-3', '-3x', '', '--3d'])
    it(`refuses '${text}'`, () => {
      expect(() => parseOffset(text, now))
        .to.throw()
        .with.property('code', 'PMX_INVALID_OFFSET');
    });

  it('refuses what leaves the range', () => {
    expect(() => parseOffset('-80y', now))
      .to.throw()
      .with.property('code', 'PMX_INVALID_DATE');
  });
});

describe('the limit of a shift', () => {
  const day = 86_400_000;
  it('is what was said, to the day', () => {
    refuseTooFar(now - 3650 * day, now, 3650);
    expect(() => refuseTooFar(now - 3651 * day, now, 3650)).to.throw('3651 days');
  });
});
