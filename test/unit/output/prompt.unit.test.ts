import { expect } from 'chai';

import { styler, TerminalPrompter, wantsColor } from '#dist/lib/output/index.js';
import { Sink, withStream } from './sink.ts';

describe('output: when to ask', () => {
  const cases: Array<
    [name: string, json: boolean, env: object, stdin: boolean, stderr: boolean, possible: boolean]
  > = [
    ['at a terminal', false, {}, true, true, true],
    ['with CI set to nothing', false, { CI: '' }, true, true, true],
    ['with --json', true, {}, true, true, false],
    ['in CI', false, { CI: 'true' }, true, true, false],
    ['with input from a pipe', false, {}, false, true, false],
    ['with messages into a file', false, {}, true, false, false],
  ];
  for (const [name, json, env, stdin, stderr, possible] of cases) {
    it(`${possible ? 'asks' : 'does not ask'} ${name}`, () =>
      withStream('stdin', { isTTY: stdin }, () =>
        withStream('stderr', new Sink(stderr), () => {
          expect(new TerminalPrompter(() => json, env as NodeJS.ProcessEnv).possible).to.equal(
            possible,
          );
        }),
      ));
  }
});

describe('output: when to colour', () => {
  for (const [env, isTTY, color, setting] of [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{ TERM: 'xterm' }, true, true],
    [{}, false, true, 'always'],
    [{}, true, false, 'never'],
    [{ NO_COLOR: '1' }, true, false, 'always'],
    [{ FORCE_COLOR: '1' }, false, true, 'never'],
  ] as const) {
    it(`${color ? 'yes' : 'no'} with ${JSON.stringify(env)}${isTTY ? ' at a terminal' : ''}${setting ? ` and the setting ${setting}` : ''}`, () => {
      expect(wantsColor(new Sink(isTTY), env, setting)).to.equal(color);
    });
  }

  it('styles only when wanted', () => {
    expect(styler(true).red('x')).to.equal('\u001b[31mx\u001b[39m');
    expect(styler(false)).to.have.all.keys(Object.keys(styler(true)));
    for (const style of Object.values(styler(false))) expect(style('x')).to.equal('x');
  });
});
