import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import { inconsistencies } from './consistency.ts';
import { Bench, expectOk, qcow2, SECRET } from './helper.ts';

const MAIN = new URL('../dist/server/main.js', import.meta.url).pathname;
const ROUNDS = 12;

/** A dice that falls the same way each time for a seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

describe('kill -9 at any moment', function () {
  this.timeout(400_000);
  let dir: string;
  let child: ChildProcess | undefined;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pmx-sandbox-crash-'));
  });
  after(async () => {
    child?.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  async function launch(): Promise<Bench> {
    await rm(join(dir, 'ready.json'), { force: true });
    const options = {
      dataDir: dir,
      port: 0,
      nodes: 2,
      taskMillis: 10,
      staleMillis: 0,
      agentDelayMillis: 0,
      lockTimeoutMillis: 500,
    };
    child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        PMX_SANDBOX_OPTIONS: JSON.stringify(options),
        PMX_SANDBOX_TOKEN: SECRET,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (let attempt = 0; attempt < 400; attempt++) {
      const text = await readFile(join(dir, 'ready.json'), 'utf8').catch(() => undefined);
      if (text !== undefined) {
        const { url, port } = JSON.parse(text) as { url: string; port: number };
        const sandbox = { url, port, fingerprint: '', close: async () => undefined };
        return new Bench(dir, sandbox, { ...options, tokenSecret: SECRET });
      }
      await sleep(25);
    }
    throw new Error('never ready');
  }

  async function kill(bench: Bench): Promise<void> {
    const gone = new Promise((resolve) => child!.once('exit', resolve));
    child!.kill('SIGKILL');
    await gone;
    bench.agent.destroy();
  }

  /** One change by chance; that it may be refused, or never be answered, is part of it. */
  async function change(bench: Bench, roll: (sides: number) => number): Promise<void> {
    const vmid = 101 + roll(8);
    const vm = `/nodes/pve1/qemu/${vmid}`;
    const calls = [
      () => bench.post('/nodes/pve1/qemu', { vmid, scsi0: 'local:1,format=qcow2', pool: 'crash' }),
      () => bench.post('/nodes/pve1/qemu/100/clone', { newid: vmid, full: roll(2) }),
      () => bench.del(`${vm}?purge=1`),
      () => bench.put(`${vm}/resize`, { disk: 'scsi0', size: '+64M' }),
      () => bench.put(`${vm}/config`, { scsi1: 'local:1', memory: 512 + roll(9) }),
      () => bench.put(`${vm}/config`, { delete: 'scsi1' }),
      () => bench.put(`${vm}/config`, { delete: 'unused0' }),
      () => bench.post(`${vm}/status/${roll(2) === 0 ? 'start' : 'stop'}`),
      () => bench.post(`${vm}/template`),
    ];
    await calls[roll(calls.length)]!().catch(() => undefined);
  }

  it('leaves state and files that fit together after every restart', async () => {
    const roll = dice(20_261_120);
    let bench = await launch();
    expectOk(await bench.post('/pools', { poolid: 'crash' }));
    await bench.ok(bench.upload('local', { content: 'import' }, 'b.qcow2', await qcow2(2 ** 26)));
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 100,
        scsi0: 'local:0,import-from=local:import/b.qcow2',
      }),
    );
    await bench.ok(bench.post('/nodes/pve1/qemu/100/template'));
    for (let round = 0; round < ROUNDS; round++) {
      let over = false;
      const worker = async (): Promise<void> => {
        while (!over) await change(bench, roll);
      };
      const workers = [worker(), worker(), worker()];
      await sleep(200 + roll(400));
      await kill(bench);
      over = true;
      await Promise.all(workers);
      bench = await launch();
      const found = await inconsistencies({ dataDir: dir, read: (path) => bench.read(path) });
      expect(found, `round ${round}`).to.deep.equal([]);
    }
    await kill(bench);
  });
});
