import { createFakeHost, type FakeRoutes } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { planRole, type RoleSet } from '#dist/lib/operations/permissions/role.js';

const set: RoleSet = {
  commands: ['vm stop web-01'],
  roles: [{ name: 'Pmx-vms', privileges: ['VM.PowerMgmt'] }],
  acls: [{ path: '/vms/101', role: 'Pmx-vms', propagate: false }],
  user: 'ci@pve',
  token: 'ci@pve!t1',
  refused: [],
  unknown: [],
  notes: [],
};

const grant = (type: string, ugid: string) => ({
  ...{ path: '/vms/101', roleid: 'Pmx-vms', propagate: 0 },
  ...{ type, ugid },
});

function reader(roles: readonly object[], grants: readonly object[]) {
  const pve = { '/access/roles': roles, '/access/acl': grants } as FakeRoutes;
  return createFakeHost({ pve }).open({ log: {}, 'no-color': true }).pve();
}

describe('giving roles that were derived', () => {
  it('makes roles in a step that can tell afterwards whether it was done', async () => {
    const { steps } = await planRole(await reader([], []), set);
    expect(steps.map((step) => 'kind' in step && step.kind)).to.deep.equal([
      'pve.role',
      'pve.call',
      'pve.call',
    ]);
    expect(steps[0]).to.have.nested.property('undo[0].kind', 'pve.discard-role');
  });

  it('neither gives nor, in an undo, takes away what was there before', async () => {
    const known = [{ roleid: 'Pmx-vms', privs: 'VM.PowerMgmt' }];
    const { steps } = await planRole(await reader(known, [grant('user', 'ci@pve')]), set);
    expect(steps).to.have.length(1);
    expect(steps[0]).to.have.nested.property('args.params.tokens', 'ci@pve!t1');
  });
});
