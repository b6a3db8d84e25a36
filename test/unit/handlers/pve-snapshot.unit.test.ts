import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { pveDiscardSnapshot } from '#dist/lib/operations/engine/handlers/pve-snapshot.js';
import { snapshotStep } from '#dist/lib/operations/guest/snapshot/create.js';
import { apiError, denied, FakePve, lostAnswer } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { guestOf } from '../operations/support.ts';
import { contextFor } from './context.ts';

const list = '/nodes/pve1/qemu/101/snapshot';
const variables = { operation: 'op1' };
const own = { name: 'night', description: 'before\npmx-operation: op1' };
const ofOther = { name: 'night', description: 'before\npmx-operation: op2' };
const current = { name: 'current', parent: 'night' };
const paths = (pve: FakePve): string[] => pve.writes.map(({ method, path }) => `${method} ${path}`);

function server(...rows: object[]): FakePve {
  const pve = new FakePve();
  pve.guest(101);
  pve.answers.set(list, [...rows, current]);
  return pve;
}

describe('pve.discard-snapshot', () => {
  const args = { guest: '/nodes/pve1/qemu/101', name: 'night' };
  const run = (pve: FakePve) => pveDiscardSnapshot.run(args, contextFor(pve, variables));

  it('removes what carries the marker', async () => {
    const pve = server(own);
    pve.on({
      path: /snapshot\/night$/,
      act: () => pve.answers.set(list, [current]),
      error: undefined,
    });
    pve.answers.set('upid', undefined);
    // The fake knows no snapshots: what it answers is no task, and there is none to wait for.
    pve.waitForTask = async () => ({ status: 'stopped', exitstatus: 'OK' }) as never;
    expect(await run(pve)).to.deep.equal({ removed: true });
    expect(paths(pve)).to.deep.equal([`DELETE ${list}/night`]);
  });

  for (const [what, rows] of [
    ['another operation', [ofOther]],
    ['nobody', [{ name: 'night', description: '' }]],
    ['another name', [{ ...own, name: 'day' }]],
  ] as Array<[string, object[]]>) {
    it(`leaves a snapshot of ${what} alone`, async () => {
      const pve = server(...rows);
      expect(await run(pve)).to.deep.equal({ removed: false });
      expect(pve.writes).to.deep.equal([]);
    });
  }

  it('waits for a task that still works on the guest before it looks', async () => {
    const pve = server();
    const task = pve.task('qmsnapshot', 101, { held: false });
    await run(pve);
    expect(task.status).to.equal('stopped');
  });

  it('somebody else was faster: fine', async () => {
    const pve = server(own);
    pve.on({ path: /night$/, error: apiError("snapshot 'night' does not exist") });
    expect(await run(pve)).to.deep.equal({ removed: true });
  });

  it('a refusal is told', async () => {
    const pve = server(own);
    pve.on({ path: /night$/, error: denied('/vms/101') });
    expect((await failure(() => run(pve))).code).to.equal('PMX_PERMISSION_DENIED');
  });
});

describe('a snapshot whose answer was lost', () => {
  const step = snapshotStep(guestOf(101), 'night', {
    description: 'before',
    vmstate: false,
    wait: true,
  });
  const args = step.args as never;

  it('is found by its marker, and not taken again', async () => {
    const pve = server(own);
    pve.on({ path: /snapshot$/, error: lostAnswer() as never });
    expect(await pveCall.run(args, contextFor(pve, variables))).to.deep.equal({ exitstatus: 'OK' });
    expect(pve.writes).to.have.length(1);
  });

  it('one of another operation is not it: taken again, and PVE refuses', async () => {
    const pve = server(ofOther);
    pve.on({ path: /snapshot$/, error: lostAnswer() as never });
    pve.on({ path: /snapshot$/, error: apiError("snapshot name 'night' already used") });
    const error = await failure(() => pveCall.run(args, contextFor(pve, variables)));
    expect(error.message).to.include('already used');
    expect(pve.writes).to.have.length(2);
  });

  it('nobody can tell when the list is refused', async () => {
    const pve = server();
    pve.answers.set(list, denied('/vms/101'));
    pve.on({ path: /snapshot$/, error: lostAnswer() as never });
    const error = await failure(() => pveCall.run(args, contextFor(pve, variables)));
    expect(error.code).to.equal('PMX_OUTCOME_UNKNOWN');
  });

  it('after a crash: it happened, or it did not', async () => {
    for (const [rows, found] of [
      [[own], { exitstatus: 'OK' }],
      [[ofOther], undefined],
      [[], undefined],
    ] as Array<[object[], object | undefined]>)
      expect(await pveCall.recover(args, contextFor(server(...rows), variables))).to.deep.equal(
        found,
      );
  });
});
