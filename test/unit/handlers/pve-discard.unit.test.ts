import { ref } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import {
  pveDiscardGuest,
  pveDiscardVolume,
} from '#dist/lib/operations/engine/handlers/pve-discard.js';
import { apiError, denied, FakePve, type FakeGuest, type Fault } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const args = { node: 'pve1', vmid: ref('vmid'), lookup: { type: 'qmclone', id: '900' } };
const marked = { description: 'made\npmx-operation: op1\nmore' };
const variables = { vmid: 102, operation: 'op1' };
const paths = (pve: FakePve): string[] => pve.writes.map(({ method, path }) => `${method} ${path}`);
const gone = 'DELETE /nodes/pve1/qemu/102';

function server(
  config?: FakeGuest['config'],
  more: Partial<FakeGuest> = {},
  ...faults: Fault[]
): FakePve {
  const pve = new FakePve();
  if (config) pve.guest(102, config, more);
  for (const fault of faults) pve.on(fault);
  return pve;
}

describe('pve.discard-guest', () => {
  it('removes what carries the marker, with disks and references', async () => {
    const pve = server(marked);
    expect(await pveDiscardGuest.run(args, contextFor(pve, variables))).to.deep.equal({
      removed: true,
    });
    expect(pve.writes).to.deep.equal([
      {
        method: 'DELETE',
        path: '/nodes/pve1/qemu/102',
        params: { purge: true, 'destroy-unreferenced-disks': true },
      },
    ]);
    expect(pve.state.guests.size).to.equal(0);
  });

  for (const [what, config] of [
    ['another operation', { description: 'pmx-operation: op2' }],
    ['nobody', {}],
    ['an operation whose id begins alike', { description: 'pmx-operation: op11' }],
    ['somebody who is still making it', { description: 'pmx-operation: op2', lock: 'clone' }],
    ['somebody who backs it up', { description: 'web server', lock: 'backup' }],
  ] as Array<[string, FakeGuest['config']]>) {
    it(`leaves a guest of ${what} alone, at once`, async () => {
      const pve = server(config, { status: 'running' });
      const context = contextFor(pve, variables);
      expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: false });
      expect(pve.writes).to.deep.equal([]);
      expect(context.pauses).to.deep.equal([]);
    });
  }

  it('is content when there is none', async () => {
    const pve = server();
    const context = contextFor(pve, variables);
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: false });
    expect(context.pauses).to.deep.equal([]);
  });

  it('stops the task that still works on it, waits for its end, then looks', async () => {
    const pve = server();
    pve.guest(900, { template: 1 });
    pve.on({ path: /clone/, hold: true });
    const upid = await pve.send<string>('POST', '/nodes/pve1/qemu/900/clone', {
      newid: 102,
      ...marked,
    });
    const context = contextFor(pve, variables, { upids: [upid] });
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: false });
    expect(paths(pve).slice(1)).to.deep.equal([
      `DELETE /nodes/pve1/tasks/${encodeURIComponent(upid)}`,
    ]);
    expect(pve.state.guests.has(102)).to.equal(false);
  });

  it('does not stop a task that has ended, nor mind one that PVE forgot', async () => {
    const pve = server(marked);
    const task = pve.task('qmclone', 900, { status: 'stopped', exitstatus: 'OK' });
    const forgotten = task.upid.replace('00000001', '0000ABCD');
    await pveDiscardGuest.run(args, contextFor(pve, variables, { upids: [forgotten, task.upid] }));
    expect(paths(pve)).to.deep.equal([gone]);
  });

  it('stops no task that is not noted: it may be another pmx of the same user', async () => {
    const pve = server({ lock: 'create' });
    const foreign = pve.task('qmcreate', 102, { held: true });
    const context = contextFor(pve, variables, { unseenEnd: true });
    const created = { ...args, lookup: { type: 'qmcreate', id: ref('vmid') } };
    const running = pveDiscardGuest.run(created, context);
    await new Promise((resolve) => setTimeout(resolve, 5));
    Object.assign(pve.state.guests.get(102)!.config, {
      lock: 'backup',
      description: 'pmx-operation: op2',
    });
    pve.release();
    expect(await running).to.deep.equal({ removed: false });
    expect(foreign.exitstatus).to.equal('OK');
    expect(pve.writes).to.deep.equal([]);
  });

  it('waits for the lock of a create or clone to go, then removes', async () => {
    for (const lock of ['create', 'clone']) {
      const pve = server({ ...(lock === 'clone' && marked), lock });
      const context = contextFor(pve, variables, {
        sleep: async () => {
          const { config } = pve.state.guests.get(102)!;
          if (++waited === 3) {
            delete config['lock'];
            Object.assign(config, marked);
          }
        },
      });
      let waited = 0;
      expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: true });
      expect(waited).to.equal(3);
    }
  });

  it('is content when the half-made guest vanishes', async () => {
    const pve = server({ lock: 'create' });
    const context = contextFor(pve, variables, {
      sleep: async () => void pve.state.guests.delete(102),
    });
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: false });
  });

  it('says so when a lock stays and nothing tells whose guest it is', async () => {
    const pve = server({ lock: 'create' });
    const error = await failure(() => pveDiscardGuest.run(args, contextFor(pve, variables)));
    expect(error).to.include({ code: 'PMX_GUEST_LOCKED', exitCode: 2 });
    expect(error.message).to.include('102').and.to.include('create');
    expect(pve.writes).to.deep.equal([]);
  });

  it('waits for what may still appear when nobody saw the end of the step', async () => {
    const pve = server();
    let waited = 0;
    const context = contextFor(pve, variables, {
      unseenEnd: true,
      sleep: async () => void (++waited === 2 && pve.guest(102, marked)),
    });
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: true });
    const none = contextFor(server(), variables, { unseenEnd: true });
    expect(await pveDiscardGuest.run(args, none)).to.deep.equal({ removed: false });
    expect(none.pauses).to.have.length(3);
  });

  it('finds a clone for another node where it is made', async () => {
    const pve = server(marked, { node: 'pve2' });
    expect(await pveDiscardGuest.run(args, contextFor(pve, variables))).to.deep.equal({
      removed: true,
    });
    expect(paths(pve)).to.deep.equal(['DELETE /nodes/pve2/qemu/102']);
  });

  for (const [status, template, calls] of [
    ['running', 0, ['POST /nodes/pve1/qemu/102/status/stop', gone]],
    ['paused', 0, ['POST /nodes/pve1/qemu/102/status/stop', gone]],
    ['stopped', 0, [gone]],
    ['stopped', 1, [gone]],
  ] as const) {
    it(`${status}${template ? ', a template' : ''}: ${calls.length} calls`, async () => {
      const pve = server({ ...marked, ...(template && { template }) }, { status });
      await pveDiscardGuest.run(args, contextFor(pve, variables));
      expect(paths(pve)).to.deep.equal(calls);
      if (template) expect(pve.reads).not.to.include('/nodes/pve1/qemu/102/status/current');
    });
  }

  it('tries again while a lock is held, for the power as for the guest', async () => {
    const pve = server(
      marked,
      { status: 'running' },
      { path: /stop/, taskError: 'VM is locked (backup)' },
      { method: 'DELETE', path: /102/, error: apiError('VM is locked (backup)'), times: 2 },
    );
    const context = contextFor(pve, variables);
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: true });
    expect(context.pauses).to.deep.equal([1000, 2000, 4000]);
  });

  for (const lose of ['before', 'after'] as const) {
    for (const path of [/stop$/, /102$/]) {
      it(`looks again when an answer got lost (${path}, ${lose})`, async () => {
        const pve = server(marked, { status: 'running' }, { path, lose });
        await pveDiscardGuest.run(args, contextFor(pve, variables));
        expect(pve.state.guests.size).to.equal(0);
      });
    }
  }

  for (const where of ['error', 'taskError'] as const) {
    it(`cuts the power again when a start came in between (${where})`, async () => {
      const text = 'VM 102 is running - destroy failed';
      const pve = server(
        marked,
        {},
        {
          method: 'DELETE',
          path: /102$/,
          [where]: where === 'error' ? apiError(text) : text,
          act: () => void (pve.state.guests.get(102)!.status = 'running'),
        },
      );
      if (where === 'taskError') pve.faults[0]!.act = undefined;
      expect(await pveDiscardGuest.run(args, contextFor(pve, variables))).to.deep.equal({
        removed: true,
      });
      const stops = where === 'error' ? ['POST /nodes/pve1/qemu/102/status/stop'] : [];
      expect(paths(pve)).to.deep.equal([gone, ...stops, gone]);
    });
  }

  it('does not cut the power for ever', async () => {
    const error = apiError('VM 102 is running - destroy failed');
    const pve = server(marked, {}, { method: 'DELETE', path: /102$/, error, times: 99 });
    expect(await failure(() => pveDiscardGuest.run(args, contextFor(pve, variables)))).to.equal(
      error,
    );
    expect(pve.writes).to.have.length(3);
  });

  it('never deletes an id that changed hands after a lost answer', async () => {
    const pve = server(marked, {}, { method: 'DELETE', path: /102$/, lose: 'after' });
    const context = contextFor(pve, variables, {
      sleep: async () => {
        pve.tick();
        pve.guest(102, { description: 'somebody else' });
      },
    });
    expect(await pveDiscardGuest.run(args, context)).to.deep.equal({ removed: false });
    expect(pve.state.guests.has(102)).to.equal(true);
    expect(pve.writes).to.have.length(1);
  });

  it('gives up after some lost answers', async () => {
    const pve = server(marked, {}, { method: 'DELETE', path: /102$/, lose: 'before', times: 99 });
    expect(
      await failure(() => pveDiscardGuest.run(args, contextFor(pve, variables))),
    ).to.have.property('code', 'PMX_ANSWER_LOST');
    expect(pve.writes).to.have.length(3);
  });

  it('is content when somebody else was faster, but not when something else is missing', async () => {
    const faster = server(
      marked,
      {},
      { method: 'DELETE', path: /102$/, act: () => faster.state.guests.delete(102) },
    );
    expect(await pveDiscardGuest.run(args, contextFor(faster, variables))).to.deep.equal({
      removed: true,
    });
    const missing = server(
      marked,
      {},
      { method: 'DELETE', path: /102$/, taskError: "storage 'fast' does not exist" },
    );
    expect(
      (await failure(() => pveDiscardGuest.run(args, contextFor(missing, variables)))).message,
    ).to.include("storage 'fast'");
  });

  it('tells when it may not look', async () => {
    const pve = server(marked);
    pve.answers.set('/nodes/pve1/qemu/102/config', denied('/vms/102'));
    expect(
      await failure(() => pveDiscardGuest.run(args, contextFor(pve, variables))),
    ).to.have.property('code', 'PMX_PERMISSION_DENIED');
    expect(pve.writes).to.deep.equal([]);
  });

  it('ends with the second Ctrl-C', async () => {
    const pve = server(marked, {}, { method: 'DELETE', path: /102$/, hold: true });
    const context = contextFor(pve, variables);
    const running = failure(() => pveDiscardGuest.run(args, context));
    setTimeout(() => context.stop.abort(), 5);
    expect(await running).to.be.instanceOf(InterruptedError);
  });
});

describe('pve.discard-volume', () => {
  const volume = { node: 'pve1', storage: 'local', volid: 'local:iso/pmx-op1-web.iso' };
  function storage(...faults: Fault[]): FakePve {
    const pve = new FakePve();
    pve.state.volumes.set(volume.volid, 1).set('local:iso/other.iso', 1);
    for (const fault of faults) pve.on(fault);
    return pve;
  }

  it('removes it, and nothing else', async () => {
    const pve = storage();
    expect(await pveDiscardVolume.run(volume, contextFor(pve))).to.deep.equal({ removed: true });
    expect([...pve.state.volumes.keys()]).to.deep.equal(['local:iso/other.iso']);
    expect(paths(pve)).to.deep.equal([
      'DELETE /nodes/pve1/storage/local/content/local%3Aiso%2Fpmx-op1-web.iso',
    ]);
  });

  it('is content when it is not there', async () => {
    const pve = storage();
    const context = contextFor(pve);
    expect(
      await pveDiscardVolume.run({ ...volume, volid: 'local:iso/pmx-op1-web' }, context),
    ).to.deep.equal({ removed: false });
    expect(pve.writes).to.deep.equal([]);
    expect(context.pauses).to.deep.equal([]);
  });

  it('waits for the upload that still moves it into place, even if that fails', async () => {
    for (const fails of [undefined, 'no space left']) {
      const pve = new FakePve();
      const task = pve.task('imgcopy', '', {
        work: { do: 'store', volid: volume.volid, size: 1 },
        ...(fails && { fails }),
      });
      const result = await pveDiscardVolume.run(
        volume,
        contextFor(pve, {}, { upids: [task.upid] }),
      );
      expect(result).to.deep.equal({ removed: fails === undefined });
      expect(pve.state.volumes.size).to.equal(0);
    }
  });

  it('waits for what may still appear when nobody saw the end of the upload', async () => {
    const pve = new FakePve();
    let waited = 0;
    const context = contextFor(
      pve,
      {},
      {
        unseenEnd: true,
        sleep: async () => void (++waited === 2 && pve.state.volumes.set(volume.volid, 1)),
      },
    );
    expect(await pveDiscardVolume.run(volume, context)).to.deep.equal({ removed: true });
  });

  it('takes an answer without a task', async () => {
    const pve = storage();
    pve.send = async () => null as never;
    expect(await pveDiscardVolume.run(volume, contextFor(pve))).to.deep.equal({ removed: true });
  });

  for (const [name, fault, writes] of [
    ['looks again when the answer got lost before', { path: /content/, lose: 'before' }, 2],
    [
      'tries again while the storage is locked',
      { path: /content/, taskError: "cfs-lock 'storage-local' error: got lock request timeout" },
      2,
    ],
  ] as Array<[string, Fault, number]>) {
    it(name, async () => {
      const pve = storage(fault);
      await pveDiscardVolume.run(volume, contextFor(pve));
      expect(pve.writes).to.have.length(writes);
      expect(pve.state.volumes.has(volume.volid)).to.equal(false);
    });
  }

  it('fails as its task failed', async () => {
    const pve = storage({ path: /content/, taskError: 'busy' });
    expect((await failure(() => pveDiscardVolume.run(volume, contextFor(pve)))).message).to.equal(
      'busy',
    );
  });

  it('knows no other outcome than doing it again', async () => {
    expect(await pveDiscardVolume.recover(volume, contextFor(storage()))).to.equal(undefined);
  });
});
