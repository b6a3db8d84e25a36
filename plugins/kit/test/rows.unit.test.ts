import { type Column, filterRows, pickColumns, rawValue, sortRows } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

import { thrownBy } from './failure.ts';

interface Row {
  vmid: number;
  name?: string;
  memoryBytes?: number;
  on?: boolean;
  tags: string[];
  place?: { node: string };
}

const columns: ReadonlyArray<Column<Row>> = [
  { header: 'vmid', value: (row) => row.vmid },
  { header: 'name', value: (row) => row.name },
  {
    header: 'memory',
    key: 'memoryBytes',
    value: (row) => `${(row.memoryBytes ?? 0) / 2 ** 30} GiB`,
  },
  { header: 'on', value: (row) => row.on },
];
const gib = 2 ** 30;
const rows: Row[] = [
  {
    vmid: 101,
    name: 'web-1',
    memoryBytes: 2 * gib,
    on: true,
    tags: ['web', 'prod'],
    place: { node: 'a' },
  },
  {
    vmid: 102,
    name: 'web-10',
    memoryBytes: 8 * gib,
    on: false,
    tags: ['web'],
    place: { node: 'b' },
  },
  { vmid: 103, name: 'db, main', tags: [], place: { node: 'a' } },
  { vmid: 20, name: 'Web-2', memoryBytes: gib / 2, tags: ['test'] },
];
const ids = (list: readonly Row[]): number[] => list.map(({ vmid }) => vmid);

describe('rows: filter', () => {
  const cases: Array<[filter: string, vmids: number[]]> = [
    ['name=web-1', [101]],
    ['name!=web-1', [102, 103, 20]],
    ['name~web-*', [101, 102, 20]],
    ['name~web-?', [101, 20]],
    ['name!~web-*', [103]],
    ['name~web', []],
    [String.raw`name=db\, main`, [103]],
    ['memory>1G', [101, 102]],
    ['memory>=2GiB', [101, 102]],
    ['memoryBytes<2G', [20]],
    ['memory<=512M', [20]],
    ['memory=2G', [101]],
    ['memory=2 GiB', [101]],
    ['vmid>=101,vmid<103', [101, 102]],
    ['VMID=20', [20]],
    ['on=yes', [101]],
    ['on=true', [101]],
    ['tags=web', [101, 102]],
    ['tags!=web', [103, 20]],
    ['tags~p*', [101]],
    ['tags=', [103]],
    ['place.node=a', [101, 103]],
    ['name~*.*', []],
    ['', [101, 102, 103, 20]],
  ];
  for (const [filter, vmids] of cases) {
    it(`'${filter}'`, () => expect(ids(filterRows(rows, columns, [filter]))).to.deep.equal(vmids));
  }

  it('several must all hold', () => {
    expect(ids(filterRows(rows, columns, ['tags=web', 'on=yes']))).to.deep.equal([101]);
  });

  for (const [filter, code] of [
    ['name', 'PMX_FILTER'],
    ['=x', 'PMX_FILTER'],
    ['memory>much', 'PMX_FILTER'],
    ['memory>1X', 'PMX_FILTER'],
    ['colour=red', 'PMX_UNKNOWN_COLUMN'],
    ['constructor=x', 'PMX_UNKNOWN_COLUMN'],
  ] as const) {
    it(`refuses '${filter}', naming it`, () => {
      const error = thrownBy(() => filterRows(rows, columns, [filter]));
      expect(error.code).to.equal(code);
      expect(error.message).to.include(code === 'PMX_FILTER' ? filter : filter.split('=')[0]!);
      expect(error.hints.length).to.be.greaterThan(0);
    });
  }

  it('an unknown field of no rows at all is no mistake that could be seen', () => {
    expect(filterRows([], columns, ['lock=backup'])).to.deep.equal([]);
  });

  it('a filter and its opposite share the rows between them', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const value = text.replaceAll(',', String.raw`\,`).trim();
        for (const operator of ['=', '~']) {
          const yes = filterRows(rows, columns, [`name${operator}${value}`]);
          const no = filterRows(rows, columns, [`name!${operator}${value}`]);
          expect(ids([...yes, ...no]).sort()).to.deep.equal(ids(rows).sort());
        }
      }),
    );
  });
});

describe('rows: order', () => {
  for (const [order, vmids] of [
    ['vmid', [20, 101, 102, 103]],
    ['-vmid', [103, 102, 101, 20]],
    ['memory', [20, 101, 102, 103]],
    ['-memory', [102, 101, 20, 103]],
    ['place.node,-vmid', [103, 101, 102, 20]],
    ['', [101, 102, 103, 20]],
  ] as const) {
    it(`--sort-by '${order}'; what has no value comes last`, () => {
      expect(ids(sortRows(rows, columns, order))).to.deep.equal(vmids);
    });
  }

  it('counts within words: web-2 before web-10', () => {
    const sorted = sortRows(rows, columns, 'name').map(({ name }) => name);
    expect(sorted.indexOf('Web-2')).to.be.lessThan(sorted.indexOf('web-10'));
  });

  it('refuses what is no column', () => {
    expect(thrownBy(() => sortRows(rows, columns, '-size')).message).to.include("'size'");
  });
});

describe('rows: columns', () => {
  it('in the order that was asked for, fields of the rows among them', () => {
    const picked = pickColumns(rows, columns, 'place.node, Memory,tags');
    expect(picked.map(({ header }) => header)).to.deep.equal(['place.node', 'memory', 'tags']);
    expect(picked.map(({ value }) => value(rows[0]!))).to.deep.equal(['a', '2 GiB', 'web,prod']);
    expect(picked.map((column) => rawValue(rows[0]!, column))).to.deep.equal([
      'a',
      2 * gib,
      ['web', 'prod'],
    ]);
  });

  it('refuses what no row has, and says what there is', () => {
    const error = thrownBy(() => pickColumns(rows, columns, 'name,colour'));
    expect(error.message).to.equal("There is no column 'colour' here.");
    expect(error.hints[0]).to.include('vmid, name, memory, on').and.to.include('tags');
  });
});
