// How fast the sandbox answers, as ratios to a bare node:https server with one static answer in the same run.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { root } from '../scripts/setup.js';

const manyGuests = 10_000;
const rounds = 7;
const requestsPerRound = 2000;
const secret = 'bench-secret';
const serverModule = join(root, 'plugins', 'sandbox', 'dist', 'server', 'main.js');
const floorModule = fileURLToPath(new URL('floor.js', import.meta.url));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Starts a server and waits for its ready file. */
async function start(home, module, options) {
  const dataDir = mkdtempSync(join(home, 'sandbox-'));
  const began = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=4', module], {
    env: {
      ...process.env,
      PMX_SANDBOX_OPTIONS: JSON.stringify({
        dataDir,
        port: 0,
        nodes: 3,
        taskMillis: 0,
        ...options,
      }),
      PMX_SANDBOX_TOKEN: secret,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const readyFile = join(dataDir, 'ready.json');
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null) throw new Error(`${module} ended with ${child.exitCode}`);
    await sleep(5);
  }
  const millis = performance.now() - began;
  const { port } = JSON.parse(readFileSync(readyFile, 'utf8'));
  return { child, port, ended, millis, dataDir };
}

async function stop({ child, ended }) {
  child.kill('SIGTERM');
  await ended;
}

function client(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const headers = { Authorization: `PVEAPIToken=root@pam!pmx=${secret}` };
  const read = (path) =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: `/api2/json${path}`, agent, headers }, (response) => {
        let bytes = 0;
        response.on('data', (part) => (bytes += part.length));
        response.on('end', () =>
          response.statusCode === 200 ? resolve(bytes) : reject(new Error(response.statusMessage)),
        );
      }).on('error', reject);
    });
  return { read, close: () => agent.destroy() };
}

async function rate({ port }) {
  const { read, close } = client(port);
  const began = performance.now();
  for (let count = 0; count < requestsPerRound; count++) await read('/version');
  close();
  return (requestsPerRound / (performance.now() - began)) * 1000;
}

/** Resident now, and the most it ever was (Linux only), in MiB. */
function memory({ child }) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const of = (name) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024);
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

async function requestRates(home, row) {
  const floor = await start(home, floorModule, {});
  const sandbox = await start(home, serverModule, {});
  const rates = { floor: [], sandbox: [] };
  // In turn, so that a change of the machine's speed hits both alike; the first round warms up.
  for (let round = -1; round < rounds; round++) {
    const [a, b] = [await rate(floor), await rate(sandbox)];
    if (round < 0) continue;
    rates.floor.push(a);
    rates.sandbox.push(b);
  }
  await Promise.all([stop(floor), stop(sandbox)]);
  const [a, b] = [median(rates.floor), median(rates.sandbox)];
  row(
    'GET /version, one connection',
    `${b.toFixed(0)}/s`,
    `floor ${a.toFixed(0)}/s`,
    `ratio ${(b / a).toFixed(2)}`,
  );
}

async function manyGuestsRows(home, row) {
  const starts = [];
  for (const guests of [0, manyGuests]) {
    const sandbox = await start(home, serverModule, { guests });
    starts.push(sandbox.millis);
    if (guests > 0) await measureMany(sandbox, row);
    await stop(sandbox);
  }
  const [few, many] = starts;
  row('start to ready, empty', `${few.toFixed(0)} ms`, '', '');
  row(
    `start to ready, ${manyGuests} new guests`,
    `${many.toFixed(0)} ms`,
    `ratio ${(many / few).toFixed(1)}`,
    '',
  );
}

async function measureMany(sandbox, row) {
  const { read, close } = client(sandbox.port);
  const times = [];
  for (let round = -1; round < rounds; round++) {
    const began = performance.now();
    await read('/cluster/resources');
    if (round >= 0) times.push(performance.now() - began);
  }
  close();
  const { now, peak } = memory(sandbox);
  row(
    `cluster/resources, ${manyGuests} guests`,
    `${median(times).toFixed(0)} ms`,
    `RSS ${now} MiB`,
    `peak ${peak} MiB`,
  );
}

/** @param row prints one line of the table */
export async function benchSandbox(row) {
  const home = mkdtempSync(join(tmpdir(), 'pmx-bench-sandbox-'));
  try {
    await requestRates(home, row);
    await manyGuestsRows(home, row);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
