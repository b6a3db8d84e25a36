// Many guests at once: pmx beside a serial proxmoxer script (python3-proxmoxer) against the same sandbox.
// node bench/bulk.js [GUESTS]; nothing here passes or fails, bench/FIGURES.md keeps what was measured when.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../scripts/setup.js';
import { makeBundle } from './bundle.js';

const guests = Number(process.argv[2] ?? 500);
/** The serial script does so many of them: it takes its time, and each takes as long as the other. */
const serialGuests = Math.min(guests, Number(process.env.BENCH_SERIAL ?? 30));
const home = mkdtempSync(join(tmpdir(), 'pmx-bench-bulk-'));
const env = { ...process.env, PMX_HOME: home, NO_COLOR: '1' };
delete env.NODE_ENV;
const bin = makeBundle();
const log = join(home, 'data', 'sandbox', 'requests.jsonl');

function pmx(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args, '--json'], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0)
    throw new Error(`pmx ${args.slice(0, 3).join(' ')}: ${stdout.slice(0, 500)}${stderr}`);
  return JSON.parse(stdout);
}

const requests = () => readFileSync(log, 'utf8').split('\n').filter(Boolean);

/** Wall, cpu and the most memory of one program (Linux only). */
function measure(command, args, more = {}) {
  return new Promise((resolve) => {
    const before = requests().length;
    const began = performance.now();
    const child = spawn(command, args, {
      env: { ...env, ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let [peak, ticks, stderr] = [0, 0, ''];
    child.stderr.on('data', (text) => (stderr += text));
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        ticks = Number(stat[11]) + Number(stat[12]);
      } catch {
        // Ended between two looks.
      }
    }, 20);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0)
        throw new Error(`${args.slice(0, 4).join(' ')} ended with ${code}: ${stderr.slice(-800)}`);
      const made = requests()
        .slice(before)
        .map((line) => JSON.parse(line));
      const polls = made.filter(({ path }) => /\/tasks(\?|$|\/UPID)/.test(path)).length;
      resolve({
        wall: (performance.now() - began) / 1000,
        cpu: ticks / 100,
        peak,
        calls: made.length - polls,
        polls,
      });
    });
  });
}

async function verbRow(verb, words, list, serial) {
  const ids = list.map(({ vmid }) => String(vmid));
  const many = await measure(process.execPath, [bin, ...words, ...ids, '--yes']);
  const one = serial && (await serial());
  const perGuest = one && one.wall / one.count;
  console.log(
    [
      `${verb} ${ids.length}`,
      `${many.wall.toFixed(1)} s`,
      `${many.cpu.toFixed(1)} s cpu`,
      `${many.peak.toFixed(0)} MiB`,
      `${(many.calls / ids.length).toFixed(2)} calls and ${(many.polls / ids.length).toFixed(2)} polls a guest`,
      one
        ? `serial ${(perGuest * ids.length).toFixed(1)} s: ${((perGuest * ids.length) / many.wall).toFixed(1)} times`
        : '',
    ].join(' | '),
  );
}

async function serialRun(verb, list) {
  const ready = JSON.parse(readFileSync(join(home, 'data', 'sandbox', 'ready.json'), 'utf8'));
  const { contexts } = JSON.parse(readFileSync(join(home, 'config', 'secrets.json'), 'utf8'));
  const result = await measure('/usr/bin/python3', [join(root, 'bench', 'serial.py'), verb], {
    BENCH_PORT: String(ready.port),
    BENCH_SECRET: contexts.sandbox.secret,
    BENCH_GUESTS: JSON.stringify(list.map(({ node, vmid }) => [node, vmid])),
    PYTHONWARNINGS: 'ignore',
  });
  return { ...result, count: list.length };
}

try {
  pmx(
    'sandbox',
    'start',
    '--detach',
    '--nodes',
    '3',
    '--guests',
    String(Math.ceil(guests * 1.15) + serialGuests),
  );
  const all = pmx('vm', 'list').filter(({ template }) => !template);
  const mine = all.slice(0, guests);
  const theirs = all.slice(guests, guests + serialGuests);
  pmx('vm', 'stop', ...all.map(({ vmid }) => String(vmid)));
  await verbRow('start', ['vm', 'start'], mine, () => serialRun('start', theirs));
  await verbRow('snapshot', ['vm', 'snapshot', 'create', '--name', 'bench'], mine, () =>
    serialRun('snapshot', theirs),
  );
  await verbRow('stop', ['vm', 'stop'], mine, () => serialRun('stop', theirs));
  await verbRow('delete', ['vm', 'delete'], mine, () => serialRun('delete', theirs));
} finally {
  spawnSync(process.execPath, [bin, 'sandbox', 'stop'], { env });
  rmSync(home, { recursive: true, force: true });
}
