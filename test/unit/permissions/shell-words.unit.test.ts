import { shellWords } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

describe('words of a quoted command line', () => {
  const cases: Array<[line: string, words: string[]]> = [
    ['', []],
    ['   ', []],
    ['vm list', ['vm', 'list']],
    ['  vm\t list\n', ['vm', 'list']],
    [`vm create 'a b' --tags "x,y z"`, ['vm', 'create', 'a b', '--tags', 'x,y z']],
    [`a''b ""`, ['ab', '']],
    [String.raw`a\ b \"c\"`, ['a b', '"c"']],
    [String.raw`"a\"b\\c\d"`, [String.raw`a"b\c\d`]],
    [`'a"b\\'`, ['a"b\\']],
    ['--ip=10.0.0.5/24,gw=10.0.0.1', ['--ip=10.0.0.5/24,gw=10.0.0.1']],
    ['$(reboot) `x` ; rm', ['$(reboot)', '`x`', ';', 'rm']],
  ];
  for (const [line, words] of cases)
    it(JSON.stringify(line), () => expect(shellWords(line)).to.deep.equal(words));

  for (const [line, why] of [
    [`vm 'list`, /single quote/],
    ['vm "list', /double quote/],
    ['vm list\\', /backslash/],
  ] as const) {
    it(`refuses ${JSON.stringify(line)}`, () => {
      expect(() => shellWords(line))
        .to.throw(why)
        .with.property('code', 'PMX_INVALID_COMMAND_LINE');
    });
  }

  it('gives back any words that were single-quoted', () => {
    const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(shellWords(words.map(quoted).join(' '))).to.deep.equal(words);
      }),
    );
  });
});
