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
const rows: Row[] = [
  { id: 9, name: 'a', on: true },
  { id: 12_345, name: 'web-server', on: false },
  { name: '' },
];

describe('output: tables', () => {
  it('aligns, says yes, no and -, and leaves no trailing blanks', () => {
    expect(renderTable(rows, columns, false)).to.equal(
      [
        ' VMID   NAME         ON',
        '    9   a            yes',
        '12345   web-server   no',
        '    -   -            -',
      ].join('\n'),
    );
  });

  it('prints 0 and false as values', () => {
    expect(renderTable([{ id: 0, on: false }], columns, false)).to.match(/ 0 {3}- {6}no$/);
  });

  it('colours the header only, without changing the layout', () => {
    const colored = renderTable(rows, columns, true);
    const [head = '', ...body] = colored.split('\n');
    expect(head).to.contain('\u001b[1mNAME\u001b[22m');
    expect(body.join('')).to.not.contain('\u001b');
    expect(stripVTControlCharacters(colored)).to.equal(renderTable(rows, columns, false));
  });

  it('counts the cells of a terminal, not characters', () => {
    const wide = renderTable(
      [
        { name: '服务器', on: true },
        { name: 'abcdef', on: true },
      ],
      columns,
      false,
    );
    expect(wide.split('\n').slice(1)).to.deep.equal(['   -   服务器   yes', '   -   abcdef   yes']);
  });

  it('every line of an ASCII table begins its columns at the same place', () => {
    const cell = fc.stringMatching(/^[a-z][a-z0-9.-]{0,30}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ name: cell, id: fc.nat() }), { minLength: 1 }), (list) => {
        const lines = renderTable(list, [columns[1]!, columns[0]!], false).split('\n');
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
