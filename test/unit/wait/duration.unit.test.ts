import { expect } from 'chai';

import { parseDuration } from '#dist/lib/operations/wait/duration.js';

describe('durations', () => {
  for (const [text, millis] of [
    ['90', 90_000],
    ['1.5', 1500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['24h', 86_400_000],
  ] as const)
    it(text, () => expect(parseDuration(text)).to.equal(millis));

  for (const text of [
    '',
    '0',
    '0s',
    '-5',
    '5x',
    'm',
    '5 m',
    '1h 30m',
    '25h',
    '1e3',
    'Infinity',
    '5m5',
  ])
    it(`refuses ${JSON.stringify(text)}`, () =>
      expect(() => parseDuration(text))
        .to.throw()
        .with.property('code', 'PMX_INVALID_DURATION'));
});
