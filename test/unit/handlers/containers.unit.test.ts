import { ref } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { pveDiscardGuest } from '#dist/lib/operations/engine/handlers/pve-discard.js';
import { pveWait } from '#dist/lib/operations/engine/handlers/pve-wait.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const config = '/nodes/pve1/lxc/102/config';
const variables = { vmid: 102, operation: 'op1' };
const own = { description: 'Made by pmx\npmx-operation: op1\n' };
const lookup = { type: 'vzcreate', id: ref('vmid') };
const create = {
  method: 'POST',
  path: '/nodes/pve1/lxc',
  lookup,
  params: { vmid: ref('vmid') },
} as const;
const missing = apiError("Configuration file 'nodes/pve1/lxc/102.conf' does not exist.");

describe('steps on containers', () => {
  it('an interrupted create is found by the marker of the container', async () => {
    const pve = new FakePve();
    pve.answers.set(config, own);
    expect(await pveCall.recover!(create, contextFor(pve, variables))).to.deep.equal({
      exitstatus: 'OK',
    });
    pve.answers.set(config, { description: 'somebody' });
    expect(await pveCall.recover!(create, contextFor(pve, variables))).to.equal(undefined);
    pve.answers.set(config, missing);
    expect(await pveCall.recover!(create, contextFor(pve, variables))).to.equal(undefined);
  });

  it('undo asks for the container, not for a VM, and leaves others alone', async () => {
    const pve = new FakePve();
    pve.answers.set(config, { description: 'pmx-operation: op2' });
    const discard = { type: 'lxc', node: 'pve1', vmid: ref('vmid'), lookup } as const;
    expect(await pveDiscardGuest.run(discard, contextFor(pve, variables))).to.deep.equal({
      removed: false,
    });
    expect(pve.reads).to.deep.equal([config]);
    expect(pve.writes).to.deep.equal([]);
  });

  it('waits for an address without any guest agent', async () => {
    const pve = new FakePve();
    const answers = [
      null,
      [{ name: 'lo', inet: '127.0.0.1/8' }],
      [{ name: 'eth0', inet6: 'fd00::5/64' }],
    ];
    pve.answers.set('/nodes/pve1/lxc/102/interfaces', () => answers.shift() ?? null);
    const wait = { type: 'lxc', node: 'pve1', vmid: 102, until: 'ip', timeoutSeconds: 60 } as const;
    const context = contextFor(pve, variables);
    expect(await pveWait.run(wait, context)).to.deep.equal({ address: 'fd00::5' });
    expect(context.reports).to.deep.equal(['it has no address', 'it has no address']);
    const error = await failure(() =>
      pveWait.run({ ...wait, timeoutSeconds: 0 }, contextFor(pve, variables)),
    );
    expect(error.hints.join()).to.contain('network device').and.not.contain('agent');
  });
});
