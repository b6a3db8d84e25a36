// npm run soak -- --minutes 10 --processes 8 --seed S [--operations 1000]
// Many pmx processes against one sandbox with faults and kills; at the end everything has to fit together.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { createEmptyQcow2 } from '../../dist/lib/images/index.js';
import { inconsistencies } from '../../plugins/sandbox/test/consistency.ts';
import { dice } from './dice.js';
import { trouble } from './faults.js';
import { Home } from './home.js';
import { Worker } from './worker.js';

const idleMillis = 6000;

function options() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      processes: { type: 'string', default: '8' },
      // Ends as soon as so many were begun, at the latest after the minutes.
      operations: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
    },
  });
  const [minutes, processes, seed, operations] = ['minutes', 'processes', 'seed', 'operations'].map(
    (name) => Number(values[name]),
  );
  if (!(minutes > 0 && minutes <= 1440)) throw new Error('--minutes must be between 0 and 1440');
  if (!(Number.isInteger(processes) && processes > 0 && processes <= 64))
    throw new Error('--processes must be between 1 and 64');
  if (!Number.isInteger(seed)) throw new Error('--seed must be a whole number');
  if (!(Number.isInteger(operations) && operations >= 0))
    throw new Error('--operations must be a whole number');
  return { minutes, processes, seed, operations };
}

async function prepare(home, seed) {
  await createEmptyQcow2(join(home.path, 'base.qcow2'), 64 * 2 ** 20);
  writeFileSync(join(home.path, 'web.yaml'), '#cloud-config\n{}\n');
  const speed = ['--task-millis', '100', '--agent-delay-millis', '0', '--stale-millis', '0'];
  const more = ['--nodes', '2', '--seed', String(seed), '--lock-timeout-millis', '1000'];
  await home.json('sandbox', 'start', '--detach', ...speed, ...more);
  await home.json('template', 'create', '--image', join(home.path, 'base.qcow2'), '--name', 'base');
  // Containers on a directory know no snapshots.
  const thin = ['storage=thin', 'type=lvmthin', 'vgname=pve', 'thinpool=data'];
  await home.json('api', 'post', '/storage', ...thin, '--yes');
  const cache = join(home.dataDir, 'storages', 'pve1', 'local', 'template/cache');
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'empty_1_amd64.tar.zst'), '');
  await home.json('pool', 'create', 'shared');
}

/** Every operation that is still open has to let itself be taken back. */
async function closeOperations(home, report) {
  const open = await home.json('op', 'list', '--open', '--limit', '10000');
  // What only root can remove is left, and said.
  const honest = new Set();
  for (const { id, operation, status } of open) {
    const { code, stdout, stderr } = await home.pmx(['op', 'rollback', id]);
    if (/left VMID \d+ locked/.test(stdout)) honest.add(id);
    else if (code !== 0)
      report(`${operation} ${id} (${status}) is not taken back: exit ${code}\n${stdout}${stderr}`);
  }
  for (const { id, operation, status } of await home.json('op', 'list', '--open'))
    if (!honest.has(id)) report(`${operation} ${id} is still ${status}`);
}

/** What an operation has uploaded may stay only as long as a VM uses it. */
async function strayUploads(home, report) {
  const { guests, used } = { guests: await home.read('/cluster/resources?type=vm'), used: [] };
  for (const { node, type, vmid } of guests)
    used.push(JSON.stringify(await home.read(`/nodes/${node}/${type}/${vmid}/config`)));
  for (const { node } of await home.read('/nodes'))
    for (const { storage } of await home.read(`/nodes/${node}/storage`))
      for (const { volid, content } of await home.read(`/nodes/${node}/storage/${storage}/content`))
        if (
          content === 'import' ||
          (content === 'iso' && !used.some((text) => text.includes(volid)))
        )
          report(`${node}: ${volid} was left behind`);
}

async function leaks(home, report) {
  await sleep(idleMillis);
  const { pid } = home.server();
  for (const other of home.processes())
    if (other !== pid) report(`process ${other} was left behind`);
  if (home.sockets() > 0) report(`the sandbox still has ${home.sockets()} connections`);
  for (const name of readdirSync(home.path, { recursive: true }).map(String))
    if (/\.tmp$|(?:^|\/)tmp-/.test(name)) report(`${name} was left behind`);
}

/** How the commands ended, as lines of `how often × what`. */
function endsOf(workers) {
  const sum = new Map();
  for (const { ends } of workers)
    for (const [end, count] of ends) sum.set(end, (sum.get(end) ?? 0) + count);
  const sorted = [...sum].sort(([a], [b]) => a.localeCompare(b, 'en'));
  return sorted.map(([end, count]) => `${String(count).padStart(5)} × ${end}`).join('\n');
}

const { minutes, processes, seed, operations: enough } = options();
const home = new Home(mkdtempSync(join(tmpdir(), 'pmx-soak-')));
const problems = [];
const report = (text) => {
  problems.push(text);
  console.error(`! ${text}`);
};
console.log(`soak: seed ${seed}, ${processes} processes, ${minutes} minutes, in ${home.path}`);
try {
  await prepare(home, seed);
  home.watchOperations();
  const roll = dice(seed);
  const until = Date.now() + minutes * 60_000;
  const isOver = () => Date.now() > until || (enough > 0 && home.operationsBegun() >= enough);
  const workers = Array.from(
    { length: processes },
    (_, number) => new Worker(home, roll.fork(number), number, report),
  );
  const [faults] = await Promise.all([
    trouble(home, roll.fork(1000), isOver),
    ...workers.map((worker) => worker.run(isOver)),
  ]);
  await home.json('sandbox', 'fault', 'clear');
  await closeOperations(home, report);
  for (const text of await inconsistencies({
    dataDir: home.dataDir,
    read: (path) => home.read(path),
  })) {
    // A worker that Proxmox VE itself lost: root has to take the lock off, and pmx said so.
    const [, vmid] = /^VM (\d+) is locked/.exec(text) ?? [];
    if (!home.leftLocked.has(Number(vmid))) report(text);
  }
  await strayUploads(home, report);
  await leaks(home, report);
  const operations = await home.json('op', 'list', '--limit', '10000');
  const counts = Object.groupBy(operations, ({ status }) => status);
  const ends = Object.entries(counts).map(([status, list]) => `${list.length} ${status}`);
  const total = (count) => workers.reduce((sum, worker) => sum + worker[count], 0);
  console.log(
    `${home.commands} commands, ${total('interrupted')} interrupted, ${total('continued')} continued, ${faults} faults`,
  );
  console.log(`${operations.length} operations: ${ends.join(', ')}`);
  if (home.leftLocked.size > 0)
    console.log(`left locked by Proxmox VE, and said so: ${[...home.leftLocked].join(', ')}`);
  console.log(endsOf(workers));
} catch (error) {
  report(`the soak itself broke off: ${error.stack}`);
} finally {
  home.watcher?.close();
  await home.pmx(['sandbox', 'stop']);
  for (const child of home.children) child.kill('SIGKILL');
}
console.log(`${problems.length} problems, seed ${seed}`);
if (problems.length === 0) rmSync(home.path, { recursive: true, force: true });
else console.log(`kept for a look: ${home.path}`);
process.exitCode = problems.length === 0 ? 0 : 1;
