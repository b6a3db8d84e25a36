import { markerLine, type PveCallArgs, ref } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { pveDiscardGuest } from '#dist/lib/operations/engine/handlers/pve-discard.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const create: PveCallArgs = {
  method: 'POST',
  path: '/nodes/pve1/qemu',
  vmidVariable: 'vmid',
  lookup: { type: 'qmcreate', id: ref('vmid') },
  params: { vmid: ref('vmid'), description: markerLine },
};
const variables = { vmid: 102, operation: 'op1' };
const own = { description: 'pmx-operation: op1' };
const lost = { status: 'stopped', exitstatus: 'unexpected status' } as const;
const words = [
  'Proxmox VE lost its own worker (got no worker upid) and left VMID 102 locked (create) on pve1.',
  'Only root can remove it, on pve1: qm unlock 102 && qm destroy 102',
] as const;

describe('a guest that a lost worker of PVE leaves locked', () => {
  const losing = (leaves: boolean): FakePve => {
    const pve = new FakePve();
    return pve.on({
      path: /qemu$/,
      error: apiError('got no worker upid - start worker failed'),
      act: () => void (leaves && pve.guest(102, { lock: 'create' })),
    });
  };

  it('is told of, and the next id taken; nothing is said where nothing was left', async () => {
    for (const leaves of [true, false]) {
      const pve = losing(leaves);
      const context = contextFor(pve, { ...variables });
      await pveCall.run(create, context);
      expect(context.variables['vmid']).to.equal(100);
      expect(context.warnings).to.deep.equal(leaves ? [words.join(' ')] : []);
    }
  });

  it('is told of as well when the id was asked for, and no other one will do', async () => {
    const context = contextFor(losing(true), { ...variables });
    const fixed = { ...create, vmidVariable: undefined };
    expect((await failure(() => pveCall.run(fixed, context))).message).to.include('worker');
    expect(context.warnings).to.deep.equal([words.join(' ')]);
  });

  it('is waited for only as long as a task could make it', async () => {
    const clone: PveCallArgs = {
      ...create,
      path: '/nodes/pve1/qemu/900/clone',
      lookup: { type: 'qmclone', id: '900' },
      params: { newid: ref('vmid'), description: markerLine },
    };
    const pve = new FakePve();
    pve.guest(102, { ...own, lock: 'clone' });
    const context = contextFor(pve, { ...variables });
    expect(await pveCall.recover(clone, context)).to.equal(undefined);
    expect(context.warnings.join()).to.include('left VMID 102 locked (clone)');
    expect(context.pauses).to.have.length(3);
  });

  const discard = {
    node: 'pve1',
    vmid: ref('vmid'),
    lookup: { type: 'qmcreate', id: ref('vmid') },
  };

  it('cannot be taken back, which is said with what root has to do', async () => {
    for (const marked of [true, false]) {
      const pve = new FakePve();
      pve.guest(102, { lock: 'create', ...(marked && own) });
      pve.task('qmcreate', 102, lost);
      const context = contextFor(pve, variables);
      const error = await failure(() => pveDiscardGuest.run(discard, context));
      expect(error).to.include({ code: 'PMX_GUEST_LOCKED', message: words[0] });
      expect(error.hints).to.deep.equal([words[1]]);
      expect(context.pauses).to.have.length(3);
    }
  });

  it('is waited for while a task may be making it', async () => {
    const pve = new FakePve();
    pve.guest(102, { lock: 'create' });
    pve.task('qmcreate', 102, lost);
    const running = pve.task('qmclone', 900, { held: true });
    let waited = 0;
    const context = contextFor(pve, variables, {
      sleep: async () => {
        if (++waited < 10) return;
        running.status = 'stopped';
        pve.state.guests.delete(102);
      },
    });
    expect(await pveDiscardGuest.run(discard, context)).to.deep.equal({ removed: false });
    expect(waited).to.equal(10);
  });
});
