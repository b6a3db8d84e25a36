import { expect } from 'chai';

import { describedNeed } from '#dist/lib/operations/permissions/expression.js';
import { judge } from '#dist/lib/operations/permissions/judge.js';

type Rights = Record<string, string[]>;

const call = { method: 'PUT', path: '/x', params: {}, step: 'x', phase: 'step' } as const;

/** What is missing of a rule, as `path: privilege|privilege`. */
async function missing(
  permissions: object | undefined,
  params: Record<string, unknown>,
  rights: Rights,
  user = 'a@pve!t1',
): Promise<string[]> {
  const info = permissions === undefined ? {} : { permissions };
  const need = describedNeed(info, params, user, 'PUT /x');
  const held = {
    user,
    root: user === 'root@pam',
    token: user.includes('!'),
    on: async (path: string) => new Set(rights[path] ?? []),
  };
  const { missing: gaps, refused, unknown } = await judge([{ call, need }], held);
  return [
    ...gaps.map(({ path, privileges }) => `${path}: ${privileges.join('|')}`),
    ...refused.map(({ by }) => `refused: ${by}`),
    ...unknown.map((what) => `unknown: ${what}`),
  ];
}

const vm = ['perm', '/vms/{vmid}', ['VM.Allocate']];
const pool = ['perm', '/pool/{pool}', ['VM.Allocate'], 'require_param', 'pool'];

describe('permission rules of the API description', () => {
  const cases: Array<
    [name: string, permissions: object | undefined, params: object, rights: Rights, gaps: string[]]
  > = [
    ['everybody', { user: 'all' }, {}, {}, []],
    ['the world', { user: 'world' }, {}, {}, []],
    ['no rule: root only', undefined, {}, {}, ['refused: root']],
    ['a privilege held', { check: vm }, { vmid: 7 }, { '/vms/7': ['VM.Allocate'] }, []],
    ['a privilege missing', { check: vm }, { vmid: 7 }, {}, ['/vms/7: VM.Allocate']],
    [
      'a privilege on another path',
      { check: vm },
      { vmid: 7 },
      { '/vms/8': ['VM.Allocate'] },
      ['/vms/7: VM.Allocate'],
    ],
    ['all of several', { check: ['perm', '/', ['A', 'B']] }, {}, { '/': ['A'] }, ['/: B']],
    ['any of several', { check: ['perm', '/', ['A', 'B'], 'any', 1] }, {}, { '/': ['B'] }, []],
    ['any, none held', { check: ['perm', '/', ['A', 'B'], 'any', 1] }, {}, {}, ['/: A|B']],
    [
      'and',
      { check: ['and', vm, ['perm', '/', ['A']]] },
      { vmid: 1 },
      {},
      ['/vms/1: VM.Allocate', '/: A'],
    ],
    [
      'or, the second',
      { check: ['or', vm, pool] },
      { vmid: 1, pool: 'p' },
      { '/pool/p': ['VM.Allocate'] },
      [],
    ],
    [
      'or, not open without its parameter',
      { check: ['or', vm, pool] },
      { vmid: 1 },
      { '/pool/': ['VM.Allocate'] },
      ['/vms/1: VM.Allocate'],
    ],
    ['or, none', { check: ['or', vm, pool] }, { vmid: 1, pool: 'p' }, {}, ['/vms/1: VM.Allocate']],
    [
      'oneself as a user',
      { check: ['userid-param', 'self'] },
      { userid: 'b@pve' },
      {},
      ['refused: root'],
    ],
    [
      'a realm',
      { check: ['userid-param', 'Realm.AllocateUser'] },
      { userid: 'b@pve' },
      {},
      ['/access/realm/pve: Realm.AllocateUser'],
    ],
    [
      'groups',
      { check: ['userid-group', ['User.Modify']] },
      {},
      { '/access/groups': ['User.Modify'] },
      [],
    ],
    [
      'handing out',
      { check: ['perm-modify', '{path}'] },
      { path: '/vms/1' },
      { '/vms/1': ['VM.Allocate'] },
      [],
    ],
    [
      'handing out elsewhere',
      { check: ['perm-modify', '{path}'] },
      { path: '/' },
      {},
      ['/: Permissions.Modify'],
    ],
    [
      'a rule of later times',
      { check: ['moon', 1] },
      {},
      {},
      [`unknown: the server's rule ["moon",1]`],
    ],
    ['a rule that is no rule', { check: 'x' }, {}, {}, [`unknown: the server's rule "x"`]],
    ['half a rule', { check: ['perm', '/'] }, {}, {}, [`unknown: the server's rule ["/",null]`]],
  ];
  for (const [name, permissions, params, rights, gaps] of cases) {
    it(name, async () => {
      expect(await missing(permissions, params as never, rights)).to.deep.equal(gaps);
    });
  }

  it('nothing is missing for root@pam with its password', async () => {
    expect(await missing(undefined, {}, {}, 'root@pam')).to.deep.equal([]);
    expect(await missing({ check: vm }, { vmid: 1 }, {}, 'root@pam')).to.deep.equal([]);
    expect(await missing(undefined, {}, {}, 'root@pam!t1')).to.deep.equal(['refused: root']);
  });

  it('some calls take no token', async () => {
    const need = describedNeed({ permissions: { user: 'all' }, allowtoken: 0 }, {}, 'a@pve', 'x');
    const held = { user: 'a@pve', root: false, token: false, on: async () => new Set<string>() };
    expect((await judge([{ call, need }], held)).refused).to.deep.equal([]);
    const token = await judge([{ call, need }], { ...held, token: true });
    expect(token.refused).to.deep.equal([{ what: 'x', by: 'ticket', step: 'x' }]);
  });
});
