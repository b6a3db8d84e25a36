// npm run bench [start]: start-up of the bundle as ratios to `node -e 0` of the same run, beside other
// programs; upload as a ratio to curl, the sandbox's own speed as a ratio to a bare node:https server.
// Nothing here passes or fails; bench/results.md is what came out last, bench/FIGURES.md keeps what
// was measured when. `start`: only start-up.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../scripts/setup.js';
import { makeBundle } from './bundle.js';
import { benchSandbox } from './sandbox.js';

const rounds = 15;
const uploadRounds = 5;
const gibibyte = 2 ** 30;
const home = mkdtempSync(join(tmpdir(), 'pmx-bench-'));
const env = { ...process.env, PMX_HOME: home };
delete env.NODE_ENV;
delete env.NODE_EXTRA_CA_CERTS;
const bin = makeBundle();
const sources = join(root, 'bin', 'run.js');
const lines = [];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** CPU and wall seconds of a command and its children, from the shell's `times`. */
function measure(command) {
  const began = process.hrtime.bigint();
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', '"$@" >/dev/null 2>&1; times', 'bash', ...command],
    { env, encoding: 'utf8' },
  );
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const children = stdout.trim().split('\n')[1];
  if (children === undefined) throw new Error(stderr);
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { cpu, wall };
}

/** In turn A B A B …, so that a change of the machine's speed hits all alike. */
function startUp(cases) {
  const floor = [process.execPath, '-e', '0'];
  const all = { 'node -e 0': floor, ...cases };
  const samples = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, command] of Object.entries(all)) {
      const sample = measure(command);
      if (round >= 0) samples[name].push(sample);
    }
  }
  const base = {
    cpu: median(samples['node -e 0'].map(({ cpu }) => cpu)),
    wall: median(samples['node -e 0'].map(({ wall }) => wall)),
  };
  for (const [name, values] of Object.entries(samples)) {
    const cpu = median(values.map((value) => value.cpu));
    const wall = median(values.map((value) => value.wall));
    row(
      name,
      `${(cpu * 1000).toFixed(0)} ms cpu`,
      `cpu ${(cpu / base.cpu).toFixed(1)}`,
      `wall ${(wall / base.wall).toFixed(1)}`,
    );
  }
}

function row(name, ...cells) {
  lines.push(`| ${[name, ...cells].join(' | ')} |`);
  process.stdout.write(`${lines.at(-1)}\n`);
}

/** Other programs of the kind, as Debian has them. @returns those that are here, by what they do */
function peers() {
  const all = {
    'gh --version': ['gh', '--version'],
    'kubectl version --client': ['kubectl', 'version', '--client'],
    'import proxmoxer (python3)': ['/usr/bin/python3', '-c', 'import proxmoxer'],
    'ansible --version (ansible-core)': ['ansible', '--version'],
    'curl --version': ['curl', '--version'],
  };
  const here = Object.entries(all).filter(
    ([, command]) => spawnSync(command[0], command.slice(1), { env }).status === 0,
  );
  const absent = Object.keys(all).filter((name) => !here.some(([found]) => found === name));
  return { here: Object.fromEntries(here), absent };
}

function pmx(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args, '--json'], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`pmx ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** Runs pmx and watches the high-water mark of its memory (Linux only). */
function peakMemory(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { env, stdio: 'ignore' });
    let peak = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024);
      } catch {
        // Ended between two looks.
      }
    }, 20);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ peak, code });
    });
  });
}

function sparseDisk(path, size) {
  const mbr = Buffer.alloc(512);
  mbr.set([0x80, 0, 0, 0, 0x83, 0, 0, 0], 446);
  mbr.writeUInt32LE(2048, 454);
  mbr.writeUInt32LE(size / 512 - 2048, 458);
  mbr.writeUInt16LE(0xaa55, 510);
  const file = openSync(path, 'w');
  writeSync(file, mbr);
  closeSync(file);
  truncateSync(path, size);
}

async function upload() {
  const image = join(home, 'sparse.raw');
  sparseDisk(image, 2 * gibibyte);
  const { endpoint } = pmx('context', 'show', 'sandbox');
  const secrets = JSON.parse(readFileSync(join(home, 'config', 'secrets.json'), 'utf8'));
  const { fingerprint } = pmx('context', 'show', 'sandbox');
  const ours = [];
  const curls = [];
  for (let round = 0; round < uploadRounds; round++) {
    // What the round before left for the disk would be paid by this one.
    spawnSync('sync');
    ours.push(
      uploadWithPmx({ endpoint, fingerprint, secret: secrets.contexts.sandbox.secret, image }),
    );
    spawnSync('sync');
    curls.push(uploadWithCurl({ endpoint, secret: secrets.contexts.sandbox.secret, image }));
  }
  const speed = median(ours);
  const curl = median(curls);
  row(
    'upload of 2 GiB (sparse)',
    `${speed.toFixed(0)} MiB/s`,
    `curl ${curl.toFixed(0)} MiB/s`,
    `ratio ${(speed / curl).toFixed(2)}`,
  );
  const { peak, code } = await peakMemory([
    'template',
    'create',
    '--image',
    image,
    '--name',
    'bench',
  ]);
  row(
    'pmx template create of it',
    `exit ${code}`,
    `peak RSS ${(peak / 2 ** 20).toFixed(0)} MiB`,
    '',
  );
}

function uploadWithPmx(options) {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bench', 'upload.js')],
    {
      env: { ...env, BENCH_UPLOAD: JSON.stringify(options) },
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function uploadWithCurl({ endpoint, secret, image }) {
  const config = `header = "Authorization: PVEAPIToken=root@pam!pmx=${secret}"\n`;
  const { stdout, status, stderr } = spawnSync(
    'curl',
    [
      '-sS',
      '-k',
      '-K',
      '-',
      '-o',
      '/dev/null',
      '-w',
      '%{speed_upload}',
      '-F',
      'content=import',
      '-F',
      `filename=@${image};filename=curl.raw`,
      `${endpoint}/api2/json/nodes/pve1/storage/local/upload`,
    ],
    { input: config, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`curl: ${stderr}`);
  return Number(stdout) / 2 ** 20;
}

function notHere(absent) {
  return `Not here, so not measured: ${absent.join(', ')}.`;
}

function writeResults(absent) {
  const [{ model }] = cpus();
  const about = [
    `Node ${process.versions.node}, ${cpus().length} × ${model.trim()}, load ${loadavg()[0].toFixed(1)}, ${new Date().toISOString().slice(0, 10)}.`,
    `Medians of ${rounds} runs, in turn, so that other work on the machine hits all alike; what counts is the ratio of cpu.`,
    ...(absent.length > 0 ? [notHere(absent)] : []),
  ];
  writeFileSync(
    join(root, 'bench', 'results.md'),
    `# What \`npm run bench\` measured last\n\n${about.join('\n')}\n\n${lines.join('\n')}\n`,
  );
}

try {
  pmx('sandbox', 'start', '--detach', '--task-millis', '0', '--stale-millis', '0');
  const { here, absent } = peers();
  const budget = (words, limit) => `pmx ${words} (budget ${limit})`;
  row('what', `Node ${process.versions.node}`, 'ratio of cpu', 'ratio of wall');
  row('---', '---', '---', '---');
  startUp({
    [budget('--version', 1.1)]: [process.execPath, bin, '--version'],
    [budget('vm list --help', 2.3)]: [process.execPath, bin, 'vm', 'list', '--help'],
    [budget('context list', '2.0')]: [process.execPath, bin, 'context', 'list'],
    [budget('vm list, over TLS', 4.3)]: [process.execPath, bin, 'vm', 'list'],
    'pmx complete, a Tab': [process.execPath, bin, 'complete', '--', 'vm', 'li'],
    'pmx vm list, from the sources': [process.execPath, sources, 'vm', 'list'],
    ...here,
  });
  if (process.argv[2] !== 'start') {
    await upload();
    await benchSandbox(row);
  }
  if (absent.length > 0) process.stdout.write(`${notHere(absent)}\n`);
  writeResults(absent);
} finally {
  spawnSync(process.execPath, [bin, 'sandbox', 'stop'], { env });
  rmSync(home, { recursive: true, force: true });
}
