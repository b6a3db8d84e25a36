import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { type Goal, waitFor } from '#dist/lib/operations/wait/wait-for.js';

const path = '/nodes/pve1/qemu/7';
const upid = 'UPID:pve1:0000030F:0002AC10:6B001488:qmstart:7:root@pam:';
const guest = { type: 'qemu', vmid: 7, name: 'web', node: 'pve1' } as Guest;
const inventory = { resolveGuests: async () => [guest] } as unknown as Inventory;

const apiError = (message: string, code = 'PMX_API_ERROR'): ProxmoxError =>
  new ProxmoxError({ code, message, data: { status: 500 } });
const gone = apiError("Configuration file 'nodes/pve1/qemu-server/7.conf' does not exist.");
const noAgent = apiError('QEMU guest agent is not running');
const running = { status: 'running' };
const addresses = (...list: string[]) => ({
  result: list.map((address) => ({
    name: 'eth0',
    'ip-addresses': [{ 'ip-address': address, 'ip-address-type': 'ipv4' }],
  })),
});

/** Answers of each path in order; the last one stays. */
function server(answers: Record<string, unknown[]>): PveReader {
  return {
    get: async (asked: string) => {
      const list = answers[decodeURIComponent(asked)];
      if (!list) throw new Error(`no answer for ${asked}`);
      const answer = list.length > 1 ? list.shift() : list[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  } as unknown as PveReader;
}

const wait = (
  pve: PveReader,
  goal: Goal,
  more: { targets?: string[]; signal?: AbortSignal; timeoutMillis?: number } = {},
) =>
  waitFor(pve, inventory, {
    targets: ['7'],
    goal,
    timeoutMillis: 60_000,
    intervalMillis: 1,
    sshPort: 22,
    signal: new AbortController().signal,
    onReached: () => undefined,
    ...more,
  });

const failure = (
  attempt: Promise<unknown>,
): Promise<{ code: string; exitCode: number; message: string }> =>
  attempt.then(
    () => expect.fail('it did not fail'),
    (error: { code: string; exitCode: number; message: string }) => error,
  );

describe('waiting', () => {
  const status = `${path}/status/current`;
  const agent = `${path}/agent/network-get-interfaces`;
  const task = `/nodes/pve1/tasks/${upid}/status`;

  it('for a power state', async () => {
    const pve = server({ [status]: [{ status: 'stopped' }, { status: 'stopped' }, running] });
    expect(await wait(pve, 'running')).to.have.lengthOf(1);
  });

  it('for an address, through a boot without agent and without address', async () => {
    const pve = server({
      [status]: [running],
      [agent]: [noAgent, addresses(), addresses('127.0.0.1'), addresses('10.0.0.5')],
    });
    const [reached] = await wait(pve, 'ip');
    expect(reached).to.include({ vmid: 7, name: 'web', address: '10.0.0.5' });
  });

  it('for the agent', async () => {
    const pve = server({ [status]: [running], [`${path}/agent/info`]: [noAgent, {}] });
    expect(await wait(pve, 'agent')).to.have.lengthOf(1);
  });

  it('for an end: deleted is reached, every other goal is out of reach', async () => {
    expect(await wait(server({ [status]: [running, gone] }), 'deleted')).to.have.lengthOf(1);
    const error = await failure(wait(server({ [status]: [running, gone] }), 'stopped'));
    expect(error).to.include({ code: 'PMX_GUEST_GONE', exitCode: 3 });
  });

  it('for a task: its warnings are an end, its failure is an error', async () => {
    const targets = [upid];
    const stopped = (exitstatus: string) => ({ status: 'stopped', exitstatus });
    const [reached] = await wait(server({ [task]: [running, stopped('WARNINGS: 1')] }), 'task', {
      targets,
    });
    expect(reached).to.include({ exitstatus: 'WARNINGS: 1' });
    const error = await failure(
      wait(server({ [task]: [stopped('no space')] }), 'task', { targets }),
    );
    expect(error).to.include({ code: 'PMX_TASK_FAILED', exitCode: 3 });
    expect(error.message).to.include('no space');
  });

  it('does not wait for a right to appear', async () => {
    const denied = apiError('may not', 'PMX_PERMISSION_DENIED');
    const pve = server({ [status]: [running], [agent]: [denied] });
    expect((await failure(wait(pve, 'ip'))).code).to.equal('PMX_PERMISSION_DENIED');
  });

  it('tells what was seen last when the time is up', async () => {
    const pve = server({ [status]: [running], [agent]: [noAgent] });
    const error = await failure(wait(pve, 'ip', { timeoutMillis: 20 }));
    expect(error).to.include({ code: 'PMX_WAIT_TIMEOUT', exitCode: 2 });
    expect(error.message).to.include('QEMU guest agent is not running');
  });

  it('ends with the first Ctrl-C', async () => {
    const signal = AbortSignal.abort();
    const error = await failure(wait(server({ [status]: [running] }), 'stopped', { signal }));
    expect(error).to.include({ exitCode: 130 });
  });
});
