// Many management controllers: pmx idrac check beside a shell loop of openssl s_client, against a fleet on loopback.
// node bench/idrac.js [HOSTS]; nothing here passes or fails, bench/FIGURES.md keeps what was measured when.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';

import { makeBundle } from './bundle.js';

const hosts = Number(process.argv[2] ?? 1000);
/** What lies between: every connection waits for so long before anything is said. */
const delayMillis = 150;
/** Takes the connection and says nothing, as one that hangs. */
const silentShare = 0.03;
/** The shell loop does so many of them: each takes as long as the other. */
const sample = Math.min(hosts, Number(process.env.BENCH_SERIAL ?? 100));
const folder = process.env.BENCH_FLEET ?? mkdtempSync(join(tmpdir(), 'pmx-bench-idrac-'));

const isSilent = (number) =>
  Math.floor((number + 1) * silentShare) > Math.floor(number * silentShare);

/** Answers as an iDRAC9 does to everybody. */
async function fleet() {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = '/O=Dell Inc./OU=Remote Access Group/CN=idrac-SVCTAG';
  const made = spawnSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -days 300 -keyout ${key} -out ${cert} -subj`
      .split(' ')
      .concat(subject),
  );
  if (made.status !== 0) throw new Error(String(made.stderr));
  const secureContext = createSecureContext({ key: readFileSync(key), cert: readFileSync(cert) });
  const answers = {
    '/redfish/v1': {
      Product: 'Integrated Dell Remote Access Controller',
      Vendor: 'Dell',
      RedfishVersion: '1.14.0',
      Oem: { Dell: { ServiceTag: 'BENCH01' } },
    },
    '/sysmgmt/2015/bmc/info': { Attributes: { FwVer: '6.10.80.00', ServerGen: '15G' } },
  };
  const web = createServer((request, response) => {
    const answer = answers[request.url];
    response.writeHead(answer ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  const ports = [];
  for (let number = 0; number < hosts; number++) {
    const silent = isSilent(number);
    const server = listener((socket) => {
      socket.on('error', () => undefined);
      if (silent) return;
      setTimeout(() => {
        if (socket.destroyed) return;
        const secure = new TLSSocket(socket, { isServer: true, secureContext });
        secure.on('error', () => undefined);
        web.emit('connection', secure);
      }, delayMillis);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push(server.address().port);
  }
  process.send(ports);
}

/** Wall, cpu and the most memory of one program (Linux only). */
function measure(bin, args) {
  return new Promise((resolve) => {
    const began = performance.now();
    const env = { ...process.env, PMX_HOME: join(folder, 'home'), NO_COLOR: '1' };
    delete env.NODE_ENV;
    const child = spawn(process.execPath, [bin, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [peak, ticks, stdout, first] = [0, 0, '', 0];
    child.stdout.on('data', (text) => {
      first ||= performance.now() - began;
      stdout += text;
    });
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
    child.on('close', () => {
      clearInterval(timer);
      const wall = (performance.now() - began) / 1000;
      resolve({ wall, cpu: ticks / 100, peak, stdout, first: first / 1000 });
    });
  });
}

/** What is found in many a script; `timeout` is there so that silent ones do not hold it up for ever. */
function shellLoop(ports) {
  const script = `for port in ${ports.join(' ')}; do
    echo | timeout 5 openssl s_client -connect 127.0.0.1:$port 2>/dev/null | openssl x509 -noout -enddate 2>/dev/null
  done`;
  const began = performance.now();
  const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  return { wall: (performance.now() - began) / 1000, found: stdout.trim().split('\n').length };
}

async function main() {
  const bin = makeBundle();
  const server = spawn(process.execPath, [import.meta.filename, String(hosts)], {
    env: { ...process.env, BENCH_FLEET: folder },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [ports] = await once(server, 'message');
    const list = join(folder, 'hosts.txt');
    writeFileSync(list, ports.map((port) => `127.0.0.1:${port}`).join('\n'));
    const words = ['idrac', 'check', '-f', list, '--parallel', '64', '--fail-on', 'never'];
    for (const format of ['json', 'jsonl']) {
      const { wall, cpu, peak, stdout, first } = await measure(bin, [...words, '-o', format]);
      const found =
        format === 'json'
          ? JSON.parse(stdout).hosts
          : stdout
              .trim()
              .split('\n')
              .slice(0, -1)
              .map((line) => JSON.parse(line));
      const ordered = found.every(({ port }, at) => port === ports[at]);
      console.log(
        `pmx idrac check, ${found.length} hosts, ${format}: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s cpu, ${peak.toFixed(0)} MiB, ` +
          `first byte after ${first.toFixed(1)} s, ${found.filter(({ cert }) => cert).length} certificates${ordered ? ', in order' : ''}`,
      );
    }
    const loop = shellLoop(ports.slice(0, sample));
    const whole = (loop.wall / sample) * hosts;
    console.log(
      `openssl s_client in a shell loop: ${sample} hosts (${loop.found} certificates) ${loop.wall.toFixed(1)} s, so ${hosts} take ${whole.toFixed(0)} s`,
    );
  } finally {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

await (process.env.BENCH_FLEET ? fleet() : main());
