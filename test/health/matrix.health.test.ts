import { expect } from 'chai';

import { exceptions, rows } from '../matrix/rows.ts';
import { commands } from './calls.ts';

/** Those that plan before they change something. */
const changing = commands()
  .filter(({ flags }) => flags['dry-run'] !== undefined)
  .map(({ id }) => id);

describe('the matrix of interrupted changes', () => {
  it('has a row for every changing command, or a reason why not', () => {
    const known = new Set([...rows.map(({ command }) => command), ...Object.keys(exceptions)]);
    expect(changing.filter((id) => !known.has(id))).to.deep.equal([]);
  });

  it('speaks of commands that there are, and excepts none that has a row', () => {
    const inRows = new Set(rows.map(({ command }) => command));
    expect([...inRows].filter((id) => !changing.includes(id))).to.deep.equal([]);
    const excepted = Object.keys(exceptions);
    expect(excepted.filter((id) => !changing.includes(id) || inRows.has(id))).to.deep.equal([]);
  });
});
