import { expect } from 'chai';
import { ref, secretRef } from '@pmx-cli/kit';

import { guestExec } from '#dist/lib/operations/engine/handlers/guest-exec.js';
import { InterruptedError } from '@pmx-cli/kit/errors';
import { apiError } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';
import { FakeGuest } from './fake-guest.ts';

const args = {
  node: 'pve1',
  vmid: 101,
  command: ['uptime', secretRef('argument 1')],
  pid: ref('pid'),
  holds: { stdout: 'stdout', stderr: 'stderr' },
} as const;

describe('guest.exec', () => {
  let guest: FakeGuest;
  let context: TestContext;

  beforeEach(() => {
    guest = new FakeGuest();
    guest.programs.set('uptime', (words, input) => ({
      exitcode: 3,
      out: Buffer.from(`${words.join()}|${input}`, 'latin1'),
      err: 'oops',
    }));
    context = contextFor(guest, { pid: null });
    context.held['argument 1'] = '-p';
  });

  it('binds its pid, holds what it says, and gives its exit code', async () => {
    guest.slow = 3;
    const result = await guestExec.run(args, context);
    expect(result).to.deep.equal({
      pid: 101,
      exitCode: 3,
      signal: null,
      truncated: false,
      encoding: 'utf8',
    });
    expect(context.variables).to.deep.equal({ pid: 101 });
    expect(context.held).to.include({ stdout: '-p|', stderr: 'oops' });
    expect(context.pauses).to.have.length(3);
    expect(JSON.stringify([result, context.variables])).to.not.include('oops');
  });

  it('hands its input over byte by byte; what is no text comes back in base64', async () => {
    const input = Buffer.from([0, 255, 10]);
    context.held['input'] = input.toString('base64');
    const result = await guestExec.run({ ...args, input: secretRef('input') }, context);
    expect(result).to.include({ encoding: 'base64' });
    const said = Buffer.from(context.held['stdout']!, 'base64');
    expect(said.equals(Buffer.concat([Buffer.from('-p|'), input]))).to.equal(true);
  });

  it('a lost answer is never sent again', async () => {
    guest.agentFaults.push({ command: 'exec', lose: 'after' });
    const error = await failure(() => guestExec.run(args, context));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN' });
    expect(guest.ran).to.have.length(1);
  });

  it('an agent that does not answer is told with what to do', async () => {
    guest.agentFaults.push({ command: 'exec', error: apiError('QEMU guest agent is not running') });
    const error = await failure(() => guestExec.run(args, context));
    expect(error).to.include({ code: 'PMX_AGENT_UNAVAILABLE', exitCode: 3 });
  });

  it('one that takes too long goes on, and its pid is told', async () => {
    guest.slow = 1000;
    const error = await failure(() => guestExec.run({ ...args, timeoutSeconds: 0 }, context));
    expect(error).to.include({ code: 'PMX_GUEST_COMMAND_TIMEOUT', exitCode: 2 });
    expect(error.data).to.deep.equal({ pid: 101 });
  });

  it('Ctrl-C ends the wait and says that the program goes on', async () => {
    guest.slow = 1000;
    const interrupted = contextFor(
      guest,
      { pid: null },
      { sleep: () => Promise.reject(new InterruptedError()) },
    );
    const error = await failure(() => guestExec.run(args, interrupted));
    expect(error).to.include({ exitCode: 130 });
    expect(error.hints?.join()).to.include('kill 101');
  });

  it('recover: who was stopped does not wait for the end again', async () => {
    guest.slow = 1000;
    const { pid } = await guest.send<{ pid: number }>('POST', '/nodes/pve1/qemu/101/agent/exec', {
      command: ['uptime'],
    });
    const stopped = contextFor(guest, { pid });
    const error = await failure(() => guestExec.recover(args, stopped));
    expect(error).to.include({ code: 'PMX_GUEST_COMMAND_TIMEOUT', exitCode: 2 });
    expect(stopped.pauses).to.deep.equal([]);
  });

  it('recover: who takes it up waits for the process that was started', async () => {
    guest.slow = 3;
    const lost = await guest.send<{ pid: number }>('POST', '/nodes/pve1/qemu/101/agent/exec', {
      command: ['uptime'],
    });
    const later = contextFor(guest, { pid: lost.pid }, { begunEarlier: true });
    expect(await guestExec.recover(args, later)).to.include({ pid: lost.pid, exitCode: 3 });
    expect(guest.ran).to.have.length(1);
  });

  it('recover: an end that was told already is unknown', async () => {
    const later = contextFor(guest, { pid: 77 });
    const error = await failure(() => guestExec.recover(args, later));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN' });
  });

  it('recover: without a pid nobody can tell, and nothing is run', async () => {
    // The variable is null, which resolve cannot give here.
    const later = contextFor(guest, {}, { resolve: (() => null) as never });
    const error = await failure(() => guestExec.recover(args, later));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN' });
    expect(guest.ran).to.deep.equal([]);
  });
});
