import { expect } from 'chai';

import { leastRights } from '#dist/lib/operations/permissions/least.js';
import { all, any, type Need, on } from '#dist/lib/operations/permissions/need.js';

const least = (...needs: Need[]): string[] =>
  leastRights(
    needs.map((need) => ({
      need,
      call: { method: 'GET', path: '/', params: {}, step: 's', phase: 'step' },
    })),
    new Set(['/vms']),
  ).grants.map(({ path, privileges, propagate }) => `${path} ${privileges.join()} ${propagate}`);

describe('least rights', () => {
  it('nothing for nothing', () => expect(least(all())).to.deep.equal([]));
  it('sorts and merges', () =>
    expect(least(on('/b', 'Y'), on('/a', 'X'), on('/b', 'A'))).to.deep.equal([
      '/a X false',
      '/b A,Y false',
    ]));
  it('settles alternatives by what is needed anyway, also when that comes later', () =>
    expect(least(on('/s', 'S.Audit', 'S.Allocate'), on('/s', 'S.Allocate'))).to.deep.equal([
      '/s S.Allocate false',
    ]));
  it('takes the weakest of alternatives', () =>
    expect(least(on('/s', 'S.Allocate', 'S.Audit'))).to.deep.equal(['/s S.Audit false']));
  it('takes the branch that adds least', () =>
    expect(
      least(any(all(on('/a', 'X'), on('/b', 'X')), on('/c', 'X')), on('/b', 'X'), on('/a', 'X')),
    ).to.deep.equal(['/a X false', '/b X false']));
  it('never takes a branch that no role can give, if there is another', () =>
    expect(least(any({ kind: 'root', what: 'x' }, on('/c', 'X')))).to.deep.equal(['/c X false']));
  it('reaches below where it has to', () =>
    expect(least(on('/vms', 'VM.Audit'))).to.deep.equal(['/vms VM.Audit true']));
  it('tells what no role gives, and what nobody knows', () => {
    const call = { method: 'GET', path: '/', params: {}, step: 's', phase: 'step' } as const;
    const result = leastRights(
      [
        { call, need: { kind: 'root', what: 'args' } },
        { call, need: { kind: 'unknown', what: 'y' } },
      ],
      new Set(),
    );
    expect(result.refused).to.deep.equal([{ what: 'args', by: 'root', step: 's' }]);
    expect(result.unknown).to.deep.equal(['y']);
  });
});
