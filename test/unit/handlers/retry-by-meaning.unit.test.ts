import type { PveCallArgs } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { apiError, FakePve, type Fault } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const stale = (): Error => apiError('checksum mismatch (file change by other user?)');
const config = '/nodes/pve1/qemu/101/config';

describe('pve.call: a digest that is stale', () => {
  const change: PveCallArgs = {
    method: 'PUT',
    path: config,
    params: { memory: 2048, delete: 'tags' },
    idempotent: true,
    guard: { path: config, digest: 'one', unchanged: { memory: '1024', tags: 'a', balloon: null } },
  };
  const setting = (now: Record<string, string>, ...faults: Fault[]) => {
    const pve = new FakePve();
    pve.guest(101, { memory: '1024', tags: 'a', digest: 'one', ...now });
    for (const fault of faults) pve.on(fault);
    return { pve, context: contextFor(pve) };
  };

  it('is sent along', async () => {
    const { pve, context } = setting({});
    await pveCall.run(change, context);
    expect(pve.writes[0]!.params).to.deep.equal({ memory: 2048, delete: 'tags', digest: 'one' });
  });

  it('is read again, and the call sent again, when others changed something else', async () => {
    const { pve, context } = setting(
      { digest: 'two', cores: '4' },
      { path: /config/, error: stale() as never },
    );
    await pveCall.run(change, context);
    expect(pve.writes.map(({ params }) => params['digest'])).to.deep.equal(['one', 'two']);
    expect(context.reports).to.deep.equal([
      'somebody else changed the configuration, but nothing that this is about',
    ]);
  });

  for (const [what, now, field] of [
    ['changed', { memory: '4096' }, "memory is '4096' and was '1024'"],
    ['set', { balloon: '512' }, "balloon is '512' and was not set"],
  ] as const) {
    it(`refuses when what it is about was ${what} meanwhile`, async () => {
      const { pve, context } = setting(
        { digest: 'two', ...now },
        { path: /config/, error: stale() as never },
      );
      const error = await failure(() => pveCall.run(change, context));
      expect(error).to.include({ code: 'PMX_GUEST_CHANGED', exitCode: 3 });
      expect(error.message).to.contain(field);
      expect(pve.writes).to.have.length(1);
    });
  }

  it('knows its own change after a lost answer', async () => {
    const { pve, context } = setting({}, { path: /config/, lose: 'after' });
    pve.answers.set(config, () => {
      const { guest } = { guest: pve.state.guests.get(101)! };
      return { memory: guest.config['memory'], digest: 'two' };
    });
    pve.on({ path: /config/, error: stale() as never });
    const plain = { ...change, guard: { ...change.guard!, unchanged: { memory: '1024' } } };
    expect(await pveCall.run(plain, context)).to.deep.equal({ exitstatus: 'OK' });
  });

  it('gives up when the server goes on refusing', async () => {
    const { pve, context } = setting({}, { path: /config/, error: stale() as never, times: 99 });
    let count = 0;
    pve.answers.set(config, () => ({ memory: 1024, tags: 'a', digest: `d${count++}` }));
    expect((await failure(() => pveCall.run(change, context))).message).to.contain('checksum');
    expect(pve.writes).to.have.length(5);
  });
});

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
