import { markerLine, type PveCallArgs, ref } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveRole } from '#dist/lib/operations/engine/handlers/pve-access.js';
import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { pveConfigure } from '#dist/lib/operations/engine/handlers/pve-configure.js';
import { pveEntry } from '#dist/lib/operations/engine/handlers/pve-entry.js';
import { pvePool } from '#dist/lib/operations/engine/handlers/pve-pool.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

/** The request of a process that was killed comes after its successor has looked for it. */
describe('a step that an earlier process began', () => {
  const earlier = { begunEarlier: true };
  const variables = { vmid: 102, operation: 'op1' };

  const pool = { pool: 'lab' };
  const entry = { list: '/access/groups', key: 'groupid', name: 'ops', params: {} };
  const role = { role: 'Watcher', privileges: ['VM.Audit'] };
  for (const [what, run, path, rows] of [
    ['a pool', pvePool.run.bind(undefined, pool), '/pools', [{ poolid: 'lab' }]],
    ['a group', pveEntry.run.bind(undefined, entry), '/access/groups', [{ groupid: 'ops' }]],
    [
      'a role',
      pveRole.run.bind(undefined, role),
      '/access/roles',
      [{ roleid: 'Watcher', privs: 'VM.Audit' }],
    ],
  ] as const) {
    it(`${what} that exists already is its own; without an earlier process it is somebody else's`, async () => {
      const pve = new FakePve();
      pve.on({ method: 'POST', path: /./, error: apiError('already exists'), times: 2 });
      pve.answers.set(path, rows);
      await run(contextFor(pve, variables, earlier));
      expect(pve.writes).to.have.length(1);
      const error = await failure(() => run(contextFor(pve, variables)));
      expect(error.message).to.include('already exists');
    });
  }

  it('a role of the same name with other privileges is never its own', async () => {
    const pve = new FakePve();
    pve.on({ method: 'POST', path: /./, error: apiError('already exists') });
    pve.answers.set('/access/roles', [{ roleid: 'Watcher', privs: 'VM.PowerMgmt' }]);
    const error = await failure(() => pveRole.run(role, contextFor(pve, variables, earlier)));
    expect(error.message).to.include('already exists');
  });

  it('a guest that is gone was deleted by it', async () => {
    const destroy: PveCallArgs = {
      method: 'DELETE',
      path: '/nodes/pve1/qemu/101',
      lookup: { type: 'qmdestroy', id: '101' },
    };
    const pve = new FakePve();
    expect(await pveCall.run(destroy, contextFor(pve, variables, earlier))).to.deep.equal({
      exitstatus: 'OK',
    });
    const error = await failure(() => pveCall.run(destroy, contextFor(pve, variables)));
    expect(error.message).to.include('does not exist');
  });

  it('a VMID that it took itself is not given up for the next one', async () => {
    const create: PveCallArgs = {
      method: 'POST',
      path: '/nodes/pve1/qemu',
      vmidVariable: 'vmid',
      lookup: { type: 'qmcreate', id: ref('vmid') },
      params: { vmid: ref('vmid'), description: markerLine },
    };
    const pve = new FakePve();
    pve.guest(102, { description: 'pmx-operation: op1' });
    const context = contextFor(pve, { ...variables }, earlier);
    await pveCall.run(create, context);
    expect(context.variables['vmid']).to.equal(102);
    expect([...pve.state.guests.keys()]).to.deep.equal([102]);
  });

  it('a snapshot of its name is its own only with its marker', async () => {
    const snapshot: PveCallArgs = {
      method: 'POST',
      path: '/nodes/pve1/qemu/101/snapshot',
      lookup: { type: 'qmsnapshot', id: '101' },
      params: { snapname: 'before', description: markerLine },
    };
    for (const [operation, is] of [
      ['op1', true],
      ['op2', false],
    ] as const) {
      const pve = new FakePve();
      pve.guest(101);
      pve.on({ method: 'POST', path: /snapshot$/, error: apiError("name 'before' already used") });
      pve.answers.set('/nodes/pve1/qemu/101/snapshot', [
        { name: 'before', description: `pmx-operation: ${operation}` },
      ]);
      const attempt = () => pveCall.run(snapshot, contextFor(pve, variables, earlier));
      if (is) expect(await attempt()).to.deep.equal({ exitstatus: 'OK' });
      else expect((await failure(attempt)).message).to.include('already used');
    }
  });

  it('a disk that was asked for is the one that is there', async () => {
    const disk = {
      path: '/nodes/pve1/qemu/101',
      set: { scsi1: 'local:4' },
      before: { scsi1: null },
    };
    const setting = (): FakePve => {
      const pve = new FakePve();
      pve.guest(101, { scsi1: 'local:101/vm-101-disk-1.raw,size=4G' });
      pve.answers.set('/nodes/pve1/qemu/101/pending', []);
      return pve;
    };
    const pve = setting();
    expect(await pveConfigure.run(disk, contextFor(pve, variables, earlier))).to.have.property(
      'after',
    );
    expect(pve.writes).to.deep.equal([]);
    const other = { ...disk, set: { memory: 512 }, before: { memory: '1024' } };
    const changed = new FakePve();
    changed.guest(101, { memory: '4096' });
    // What somebody else has set in the time between is nobody's proof.
    const error = await failure(() =>
      pveConfigure.run(other, contextFor(changed, variables, earlier)),
    );
    expect(error.code).to.equal('PMX_OPTIONS_CHANGED');
  });
});
