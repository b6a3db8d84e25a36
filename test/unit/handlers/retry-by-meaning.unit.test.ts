import type { PveCallArgs } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { apiError, FakePve, type Fault } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

describe('pve.call: got no worker upid', () => {
  const noWorker = apiError('got no worker upid - start worker failed');
  const start: PveCallArgs = {
    method: 'POST',
    path: '/nodes/pve1/qemu/101/status/start',
    lookup: { type: 'qmstart', id: '101' },
  };
  const setting = (...faults: Fault[]) => {
    const pve = new FakePve();
    pve.guest(101);
    for (const fault of faults) pve.on(fault);
    return { pve, context: contextFor(pve) };
  };

  it('is sent again when its task was given up on, or never was', async () => {
    for (const task of [true, false]) {
      const { pve, context } = setting();
      pve.on({
        path: /start/,
        error: noWorker,
        act: () => {
          if (task)
            pve.task('qmstart', 101, { status: 'stopped', exitstatus: 'unexpected status' });
        },
      });
      await pveCall.run(start, context);
      expect(pve.writes).to.have.length(2);
      expect(pve.state.guests.get(101)!.status).to.equal('running');
    }
  });

  it('takes the task that worked all the same', async () => {
    const { pve, context } = setting();
    pve.on({
      path: /start/,
      error: noWorker,
      act: () => void pve.task('qmstart', 101, { status: 'stopped', exitstatus: 'OK' }),
    });
    expect(await pveCall.run(start, context)).to.include({ exitstatus: 'OK' });
    expect(pve.writes).to.have.length(1);
  });

  it('a deletion that happened is done', async () => {
    const { pve, context } = setting();
    pve.on({
      method: 'DELETE',
      path: /101$/,
      error: noWorker,
      act: () => void pve.state.guests.delete(101),
    });
    const destroy: PveCallArgs = { method: 'DELETE', path: '/nodes/pve1/qemu/101' };
    expect(await pveCall.run(destroy, context)).to.deep.equal({ exitstatus: 'OK' });
    expect(pve.writes).to.have.length(1);
  });

  it('is tried three times at most, and never when nothing tells what happened', async () => {
    const often = setting({ path: /start/, error: noWorker, times: 99 });
    expect((await failure(() => pveCall.run(start, often.context))).message).to.contain('worker');
    expect(often.pve.writes).to.have.length(3);
    const blind = setting({ path: /start/, error: noWorker });
    await failure(() => pveCall.run({ ...start, lookup: undefined }, blind.context));
    expect(blind.pve.writes).to.have.length(1);
  });
});
