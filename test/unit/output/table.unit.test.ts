import { stripVTControlCharacters } from 'node:util';

import type { Column } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

import { renderTable } from '#dist/lib/output/table.js';

interface Row {
  id?: number;
  name?: string;
  on?: boolean;
}

const columns: ReadonlyArray<Column<Row>> = [
  { header: 'vmid', value: (row) => row.id, align: 'right' },
  { header: 'name', value: (row) => row.name },
  { header: 'on', value: (row) => row.on },
];
const plain = { color: false, headers: true };
const rows: Row[] = [
  { id: 9, name: 'a', on: true },
  { id: 12_345, name: 'web-server', on: false },
  { name: '' },
];

describe('output: tables', () => {
  it('aligns, says yes, no and -, and leaves no trailing blanks', () => {
    expect(renderTable(rows, columns, plain)).to.equal(
      [
        ' VMID   NAME         ON',
        '    9   a            yes',
        '12345   web-server   no',
        '    -   -            -',
      ].join('\n'),
    );
  });

  it('prints 0 and false as values', () => {
    expect(renderTable([{ id: 0, on: false }], columns, plain)).to.match(/ 0 {3}- {6}no$/);
  });

  it('colours the header only, without changing the layout', () => {
    const colored = renderTable(rows, columns, { color: true, headers: true });
    const [head = '', ...body] = colored.split('\n');
    expect(head).to.contain('\u001b[1mNAME\u001b[22m');
    expect(body.join('')).to.not.contain('\u001b');
    expect(stripVTControlCharacters(colored)).to.equal(renderTable(rows, columns, plain));
  });

  it('counts the cells of a terminal, not characters', () => {
    const wide = renderTable(
      [
        { name: '服务器', on: true },
        { name: 'abcdef', on: true },
      ],
      columns,
      plain,
    );
    expect(wide.split('\n').slice(1)).to.deep.equal(['   -   服务器   yes', '   -   abcdef   yes']);
  });

  it('every line of an ASCII table begins its columns at the same place', () => {
    const cell = fc.stringMatching(/^[a-z][a-z0-9.-]{0,30}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ name: cell, id: fc.nat() }), { minLength: 1 }), (list) => {
        const lines = renderTable(list, [columns[1]!, columns[0]!], plain).split('\n');
        expect(lines).to.have.lengthOf(list.length + 1);
        const width = Math.max(4, ...list.map(({ name }) => name.length));
        for (const [index, { name, id }] of list.entries()) {
          const line = lines[index + 1]!;
          expect(line.slice(0, width + 3)).to.equal(`${name.padEnd(width)}   `);
          expect(line.slice(width + 3).trimStart()).to.equal(String(id));
          expect(line.trimEnd()).to.equal(line);
        }
      }),
    );
  });
});

describe('output: tables on a narrow terminal', () => {
  const long = [{ id: 1, name: 'a-very-long-name-that-does-not-fit', on: true }];

  it('cuts the widest column, so that a row stays a line', () => {
    const drawn = renderTable(long, columns, { ...plain, width: 30 });
    for (const line of drawn.split('\n')) expect(line.length).to.be.at.most(30);
    expect(drawn).to.include('…');
  });

  it('never cuts a column below eight cells', () => {
    const [, row] = renderTable(long, columns, { ...plain, width: 5 }).split('\n');
    expect(row).to.include('a-very-…');
  });

  it('wide characters are cut at their cells', () => {
    const [, row] = renderTable([{ id: 1, name: '服务器服务器服务器', on: true }], columns, {
      ...plain,
      width: 24,
    }).split('\n');
    expect(row).to.include('…').and.to.match(/yes$/);
  });

  it('a line break in a value is a blank', () => {
    expect(renderTable([{ name: 'a\nb' }], columns, plain)).to.include('a b');
  });

  it('without headers', () => {
    expect(renderTable([{ id: 1 }], columns, { color: false, headers: false })).to.equal(
      '1   -   -',
    );
  });
});
