import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

import type { Plan, Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import { guestsOf, holdGuests } from '#dist/lib/operations/engine/guest-locks.js';
import { deadOwner, failure, noSleep, useFolder } from './lab.ts';

const call = (path: unknown, index: number): Step =>
  ({ id: `s${index}`, title: 'x', kind: 'pve.call', args: { method: 'POST', path } }) as Step;

const planFor = (...paths: unknown[]): Plan => ({
  operation: 'vm.delete',
  target: 'VM 101',
  title: 'Delete VM 101 (web)',
  steps: paths.map(call),
  result: null,
});

const identity = { host: 'pve.test', port: 8006, fingerprint: 'AA:BB' };

describe('engine: guests that an operation holds', () => {
  const folder = useFolder();
  const hold = (plan: Plan, more: Partial<Parameters<typeof holdGuests>[2]> = {}, who = identity) =>
    holdGuests(plan, who, {
      directory: folder.file('guests'),
      signal: new AbortController().signal,
      sleep: noSleep,
      tell: () => undefined,
      ...more,
    });
  const files = (): string[] => readdirSync(folder.file('guests')).sort();
  const deleteOf = (vmid: number): Plan => planFor(`/nodes/pve1/qemu/${vmid}`);

  it('are those that are there already, in order', () => {
    const plan = planFor(
      '/nodes/pve1/qemu/205/status/stop',
      '/nodes/pve1/qemu/205',
      '/nodes/pve2/lxc/101/config',
      '/nodes/pve1/qemu/900/clone',
      '/nodes/pve1/storage/local/content/x',
      { $text: ['/nodes/pve1/qemu/', { $var: 'vmid' }, '/config'] },
    );
    expect(guestsOf(plan)).to.deep.equal([101, 205]);
  });

  it('leave nothing behind when let go of', async () => {
    const release = await hold(planFor('/nodes/pve1/qemu/101', '/nodes/pve1/qemu/102'));
    expect(files()).to.have.length(2);
    release();
    expect(files()).to.deep.equal([]);
    (await hold(planFor('/nodes/pve1/qemu/900/clone')))();
    expect(existsSync(folder.file('guests'))).to.equal(true);
  });

  it('are taken over from a process that is gone', async () => {
    (await hold(deleteOf(101)))();
    const release = await hold(deleteOf(101));
    const [name] = files();
    release();
    writeFileSync(folder.file(`guests/${name}`), JSON.stringify(deadOwner));
    (await hold(deleteOf(101), { waitLock: 0 }))();
    expect(files()).to.deep.equal([]);
  });

  it('of another process are waited for, with a word, and then refused', async () => {
    (await hold(deleteOf(101)))();
    const release = await hold(deleteOf(101));
    const [name] = files();
    release();
    const other = { pid: process.ppid, host: hostname(), purpose: 'Resize VM 101' };
    writeFileSync(folder.file(`guests/${name}`), JSON.stringify(other));
    const told: string[] = [];
    const pauses: number[] = [];
    const both = planFor('/nodes/pve1/qemu/100', '/nodes/pve1/qemu/101');
    const error = await failure(() =>
      hold(both, {
        waitLock: 1000,
        tell: (text) => void told.push(text),
        sleep: async (millis) => void pauses.push(millis),
      }),
    );
    expect(error).to.include({ code: 'PMX_GUEST_BUSY', exitCode: 2 });
    expect(error.message).to.equal(
      `Another pmx works on guest 101: process ${process.ppid} on ${hostname()} (Resize VM 101). Nothing was begun.`,
    );
    expect(told).to.deep.equal([
      `Guest 101: waiting for process ${process.ppid} on ${hostname()} (Resize VM 101).`,
    ]);
    expect(pauses).to.deep.equal([200, 200, 200, 200, 200]);
    expect(files(), 'guest 100 was let go of').to.deep.equal([name]);
  });

  it('of this very run are waited for however long it takes', async () => {
    const first = await hold(deleteOf(101));
    let waited = 0;
    const second = hold(deleteOf(101), {
      waitLock: 0,
      sleep: async (millis, signal) => {
        await noSleep(millis, signal);
        if (++waited === 500) first();
      },
    });
    (await second)();
    expect(waited).to.equal(500);
  });

  it('of another server are other guests', async () => {
    const release = await hold(deleteOf(101));
    const elsewhere = { ...identity, fingerprint: 'CC:DD' };
    (await hold(deleteOf(101), { waitLock: 0 }, elsewhere))();
    const unpinned = { ...identity, fingerprint: '' };
    (await hold(deleteOf(101), { waitLock: 0 }, unpinned))();
    release();
  });
});
