import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { expect } from 'chai';

import { addGuests } from '../dist/server/qemu/pretended.js';
import type { SandboxOptions } from '../dist/server/index.js';
import { Store } from '../dist/server/state/store.js';
import { taskDuration } from '../dist/server/tasks/durations.js';
import { inconsistencies } from './consistency.ts';
import { Bench, expectOk } from './helper.ts';
import type { Json } from './helper.ts';

const MANY = 10_000;

describe('scale, speed and seed', function () {
  this.timeout(120_000);
  const benches: Bench[] = [];
  const stores: Store[] = [];

  // Whatever fails, nothing keeps the test process alive.
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.stop();
  });

  async function start(more: Partial<SandboxOptions>): Promise<Bench> {
    const bench = await Bench.start(more);
    benches.push(bench);
    return bench;
  }

  /** As a process that is killed does, a test leaves its stores open; they are closed behind it. */
  async function openStore(dir: string, nodes: number): Promise<Store> {
    const store = await Store.open(dir, nodes);
    stores.push(store);
    return store;
  }

  describe('the journal', () => {
    let dir: string;
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'pmx-sandbox-store-'));
    });
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
      await rm(dir, { recursive: true, force: true });
    });

    const journals = async (): Promise<string[]> =>
      (await readdir(dir)).filter((name) => name.endsWith('.jsonl'));

    async function filled(): Promise<Store> {
      const store = await openStore(dir, 2);
      addGuests(store, 20, 'x');
      await store.flush();
      store.state.vms['100']!.config['name'] = 'renamed';
      store.touch(100);
      delete store.state.vms['101'];
      store.touch(101);
      store.state.pools['prod']!.comment = 'changed';
      store.state.users['u@pve'] = { enable: 1, expire: 0, groups: [], tokens: {} };
      store.touch();
      await store.flush();
      return store;
    }

    it('brings everything back after a kill, and after a clean end without it', async () => {
      const killed = await filled();
      const again = await openStore(dir, 2);
      expect(again.wasKilled).to.equal(true);
      const { generation: _old, ...before } = killed.state;
      const { generation: _new, ...after } = again.state;
      expect(JSON.parse(JSON.stringify(after))).to.deep.equal(JSON.parse(JSON.stringify(before)));
      await again.close();
      expect(await journals()).to.deep.equal([]);
      const third = await openStore(dir, 2);
      expect(third.wasKilled).to.equal(false);
      expect(third.state.vms).to.deep.equal(before.vms);
      expect(third.state.pools).to.deep.equal(before.pools);
    });

    it('leaves out a line that was being written, and refuses one that is damaged', async () => {
      await filled();
      const newest = join(dir, (await journals()).at(-1)!);
      await appendFile(newest, '{"vms":{"102":nul');
      const store = await openStore(dir, 2);
      expect(store.state.vms['102']!.config['name']).to.be.a('string');
      store.state.vms['102']!.config['name'] = 'later';
      store.touch(102);
      await store.flush();
      expect((await openStore(dir, 2)).state.vms['102']!.config['name']).to.equal('later');
      await writeFile(newest, `nonsense\n${await readFile(newest, 'utf8')}`);
      let text = '';
      await openStore(dir, 2).catch((error: Error) => (text = error.message));
      expect(text).to.match(/state\.\d+\.jsonl is damaged: line 1 is not JSON$/);
    });

    it('becomes a new state.json when it has grown, without a pause and without a loss', async () => {
      const store = await openStore(dir, 1);
      addGuests(store, MANY, 'x');
      await store.flush();
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      // Each round is more than a megabyte, so that the journal turns at least once.
      for (let round = 0; round < 16; round++) {
        for (let vmid = 100; vmid < 2600; vmid++) {
          store.state.vms[vmid]!.config['description'] = `round ${round}`;
          store.touch(vmid);
        }
        await store.flush();
      }
      delay.disable();
      expect(delay.max / 1e6, 'milliseconds').to.be.lessThan(1500);
      const again = await openStore(dir, 1);
      expect(again.state.vms['2599']!.config['description']).to.equal('round 15');
      expect(Object.keys(again.state.vms)).to.have.length(MANY);
      await store.close();
      expect(await journals()).to.deep.equal([]);
    });
  });

  it('shows thousands of pretended guests at once, and they fit together', async () => {
    const bench = await start({ nodes: 3, guests: MANY, seed: 'many' });
    expectOk(await bench.get('/cluster/resources'));
    const reply = await bench.get('/cluster/resources?type=vm');
    expect(reply.data).to.have.length(MANY);
    expect(reply.millis).to.be.lessThan(3000);
    const macs = new Set<string>();
    for (const vmid of [100, 4711, 10_099]) {
      const [row] = reply.data.filter((entry: Json) => entry.vmid === vmid);
      macs.add((await bench.read(`/nodes/${row.node}/qemu/${vmid}/config`)).net0);
    }
    expect(macs.size).to.equal(3);
    await bench.stop();
    const small = await start({ nodes: 2, guests: 60 });
    const subject = { dataDir: small.dir, read: (path: string) => small.read(path) };
    expect(await inconsistencies(subject)).to.deep.equal([]);
    const off = (await small.read('/cluster/resources?type=vm')).find(
      (row: Json) => row.status === 'stopped' && row.template === 0,
    );
    await small.ok(small.post(`/nodes/${off.node}/qemu/${off.vmid}/status/start`));
    await small.ok(small.post(`/nodes/${off.node}/qemu/${off.vmid}/status/stop`));
    await small.ok(small.del(`/nodes/${off.node}/qemu/${off.vmid}`));
    expect(await inconsistencies(subject)).to.deep.equal([]);
    await small.restart({ guests: 70 });
    expect(await small.read('/cluster/resources?type=vm')).to.have.length(69);
    await small.stop();
  });

  it('gives the same answers to the same calls with the same seed', async () => {
    const run = async (seed: string): Promise<unknown[]> => {
      const bench = await start({ seed });
      const answers: unknown[] = [];
      const rule = {
        id: 'r',
        match: { path: '/version', probability: 0.5 },
        action: { type: 'status', status: 503 },
      };
      expectOk(await bench.put('/sandbox/faults', { rules: JSON.stringify([rule]) }));
      for (let count = 0; count < 20; count++) answers.push((await bench.get('/version')).status);
      for (const vmid of [100, 101]) {
        if (vmid === 101) await bench.restart();
        const form = { vmid, net0: 'virtio', net1: 'e1000', smbios1: 'manufacturer=eA==' };
        await bench.ok(bench.post('/nodes/pve1/qemu', form));
        await bench.ok(bench.post(`/nodes/pve1/qemu/${vmid}/clone`, { newid: vmid + 100 }));
        for (const id of [vmid, vmid + 100]) {
          const { net0, net1, smbios1, vmgenid } = await bench.read(
            `/nodes/pve1/qemu/${id}/config`,
          );
          answers.push(net0, net1, smbios1, vmgenid);
        }
      }
      await bench.stop();
      return answers;
    };
    const first = await run('a');
    expect(new Set(first.slice(20)).size, 'nothing comes twice').to.equal(16);
    expect(await run('a')).to.deep.equal(first);
    expect(await run('b')).not.to.deep.equal(first);
  });

  it('knows how long tasks take', () => {
    const gib = 2 ** 30;
    const millis = (speed: number | undefined, type: string, bytes?: number): number =>
      taskDuration({ taskMillis: 150, speed }, { type, bytes }, () => 0.5);
    expect(millis(undefined, 'qmclone', gib)).to.equal(150);
    expect(millis(0, 'qmclone', gib)).to.equal(0);
    expect(millis(1, 'qmstart')).to.equal(1000);
    expect(millis(10, 'qmstart')).to.equal(100);
    expect(millis(1, 'qmclone', 10 * gib) - millis(1, 'qmclone')).to.equal(25_600);
    expect(millis(1, 'whatever')).to.be.greaterThan(0);
    const spread = [0, 0.999].map((chance) =>
      taskDuration({ taskMillis: 0, speed: 1 }, { type: 'qmstart' }, () => chance),
    );
    expect(spread[0]).to.be.lessThan(spread[1]!);
  });

  it('takes as long as it was told: for requests and for boots', async () => {
    const bench = await start({ latencyMillis: 80, speed: 0, taskMillis: 0 });
    expect((await bench.get('/version')).millis).to.be.at.least(79);
    await bench.stop();
  });
});
