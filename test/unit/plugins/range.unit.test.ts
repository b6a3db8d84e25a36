import { expect } from 'chai';

import { misfitOf } from '#dist/lib/plugins/compatible.js';
import { compareVersions, lowest, satisfies } from '#dist/lib/plugins/range.js';

describe('ranges of versions', () => {
  const table: Array<[range: string, inside: string[], outside: string[]]> = [
    ['^1.2.3', ['1.2.3', '1.9.0'], ['1.2.2', '2.0.0', '2.0.0-beta.1', '0.9.0']],
    ['^0.1.0', ['0.1.0', '0.1.9'], ['0.2.0', '0.0.9', '1.0.0']],
    ['^0.0.3', ['0.0.3'], ['0.0.4', '0.0.2']],
    ['^1', ['1.0.0', '1.9.9'], ['2.0.0', '0.9.9']],
    ['^0.1', ['0.1.5'], ['0.2.0']],
    ['~1.2.3', ['1.2.3', '1.2.9'], ['1.3.0']],
    ['~1', ['1.9.0'], ['2.0.0']],
    ['1.2.3', ['1.2.3'], ['1.2.4', '1.2.3-rc.1']],
    ['1.2', ['1.2.0', '1.2.9'], ['1.3.0']],
    ['1.x', ['1.5.0'], ['2.0.0']],
    ['>=1.2.0', ['1.2.0', '9.0.0'], ['1.1.9', '1.2.0-beta']],
    ['>1.2.0', ['1.2.1'], ['1.2.0']],
    ['<=1.2.0', ['1.2.0', '0.1.0'], ['1.2.1']],
    ['>= 1.0.0 < 2.0.0', ['1.0.0', '1.9.9'], ['0.9.0', '2.0.0']],
    ['1.0.0 - 1.5.0', ['1.0.0', '1.5.0'], ['1.5.1']],
    ['^1.0.0 || ^2.0.0', ['1.1.0', '2.1.0'], ['3.0.0']],
    ['*', ['0.0.1', '99.0.0'], []],
    ['', ['1.0.0'], []],
    ['workspace:^', ['1.0.0'], []],
    ['git+https://example.org/kit.git', ['1.0.0'], []],
  ];
  for (const [range, inside, outside] of table)
    it(`'${range}'`, () => {
      for (const version of inside) expect(satisfies(version, range), version).to.equal(true);
      for (const version of outside) expect(satisfies(version, range), version).to.equal(false);
    });

  it('knows the lowest version that is let in', () => {
    expect(lowest('^2.1.0')).to.equal('2.1.0');
    expect(lowest('^3.0.0 || ^2.0.0')).to.equal('2.0.0');
    expect(lowest('<2.0.0')).to.equal(undefined);
    expect(lowest('*')).to.equal(undefined);
  });

  it('compares versions', () => {
    expect(compareVersions('1.10.0', '1.9.0')).to.be.greaterThan(0);
    expect(compareVersions('1.0.0-rc.1', '1.0.0')).to.be.lessThan(0);
    expect(compareVersions('1.0.0', '1.0.0')).to.equal(0);
  });
});

describe('whether a plugin fits this pmx', () => {
  const pack = (range?: string, pmx?: string) => ({
    name: 'pmx-plugin-x',
    version: '1.0.0',
    ...(range !== undefined && { peerDependencies: { '@pmx-cli/kit': range } }),
    ...(pmx !== undefined && { engines: { pmx } }),
  });
  const table: Array<[range: string | undefined, pmx: string | undefined, needs?: string]> = [
    [undefined, undefined],
    ['^1.2.0', undefined],
    ['^2.0.0', undefined, 'needs pmx >= 2.0.0'],
    ['^1.4.0', undefined, 'needs pmx >= 1.4.0'],
    ['^0.9.0', undefined, 'needs an older pmx (^0.9.0)'],
    [undefined, '>=1.3.0', 'needs pmx >= 1.3.0'],
    ['^1.0.0', '<1.2.0', 'needs an older pmx (<1.2.0)'],
    ['workspace:*', undefined],
  ];
  for (const [range, pmx, needs] of table)
    it(`kit ${range}, pmx ${pmx}: ${needs ?? 'fits'}`, () => {
      expect(misfitOf(pack(range, pmx), '1.2.5')?.needs).to.equal(needs);
    });
});
