// node bench/download.js [MiB]: an .xz image through pmx (checked, unpacked, sent in one pass) beside
// `curl | xz -d | curl`, both from and to the same servers on loopback, in turn.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const mebibyte = 2 ** 20;
const rounds = 3;

async function serve(image) {
  const size = statSync(image).size;
  const server = createServer((incoming, answer) => {
    if (incoming.method !== 'GET') {
      incoming.resume();
      return void incoming.once('end', () => answer.end());
    }
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(incoming.headers.range ?? '') ?? [];
    const start = from === undefined ? 0 : from === '' ? size - Number(to) : Number(from);
    const end = to === undefined || to === '' || from === '' ? size : Number(to) + 1;
    answer.writeHead(from === undefined ? 200 : 206, {
      etag: '"1"',
      'content-length': end - start,
      'content-range': `bytes ${start}-${end - 1}/${size}`,
    });
    createReadStream(image, { start, end: end - 1 }).pipe(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`${server.address().port}\n`);
}

async function through(url, sha256) {
  const { openDownload } = await import('../dist/lib/operations/engine/handlers/download.js');
  const { body, length } = await openDownload(
    {
      type: 'download',
      url,
      format: 'qcow2',
      compression: 'xz',
      checksum: { algorithm: 'sha256', value: sha256 },
    },
    { signal: new AbortController().signal, sleep },
  );
  const sending = request(url, { method: 'PUT', headers: { 'content-length': length } });
  const answered = once(sending, 'response');
  for await (const chunk of body) if (!sending.write(chunk)) await once(sending, 'drain');
  sending.end();
  const [answer] = await answered;
  answer.resume();
  // Not maxRSS: on Linux it begins with what the process had that started this one.
  const [, peak] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  process.stdout.write(`${Math.round(Number(peak) / 1024)}\n`);
}

async function compare(mebibytes) {
  const folder = mkdtempSync(join(tmpdir(), 'pmx-bench-'));
  const self = fileURLToPath(import.meta.url);
  const raw = join(folder, 'disk');
  const file = openSync(raw, 'w');
  // A third of it packs to nothing, as in an image; the rest is half random.
  for (let index = 0; index < mebibytes; index++) {
    const block = Buffer.alloc(mebibyte);
    if (index % 3 !== 0) randomBytes(mebibyte / 2).copy(block);
    if (index === 0) block.write('QFI\xfb', 'latin1');
    writeSync(file, block);
  }
  closeSync(file);
  spawnSync('xz', ['-0', '-T1', raw]);
  const image = `${raw}.xz`;
  const sha256 = createHash('sha256').update(readFileSync(image)).digest('hex');
  const server = spawn(process.execPath, [self, 'serve', image]);
  try {
    const [line] = await once(server.stdout, 'data');
    const url = `http://127.0.0.1:${String(line).trim()}/disk.qcow2.xz`;
    const times = { pmx: [], curl: [] };
    let rss = 0;
    for (let round = 0; round < rounds; round++) {
      let began = performance.now();
      spawnSync('bash', ['-c', `curl -s ${url} | xz -dc | curl -s -T - ${url}`]);
      times.curl.push(performance.now() - began);
      began = performance.now();
      const { stdout, stderr } = spawnSync(process.execPath, [self, 'through', url, sha256], {
        encoding: 'utf8',
      });
      times.pmx.push(performance.now() - began);
      if (stdout === '') throw new Error(stderr);
      rss = Math.max(rss, Number(stdout));
    }
    const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
    const [pmx, curl] = [median(times.pmx), median(times.curl)];
    process.stdout.write(
      `| ${mebibytes} MiB .xz: check, unpack, send | pmx ${(pmx / 1000).toFixed(2)} s | curl ¦ xz ¦ curl ${(curl / 1000).toFixed(2)} s | speed ${(curl / pmx).toFixed(2)} | peak ${rss} MiB |\n`,
    );
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

const [what = '2048', ...rest] = process.argv.slice(2);
if (what === 'serve') await serve(rest[0]);
else if (what === 'through') await through(rest[0], rest[1]);
else await compare(Number(what));
