import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, watch } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const readAttempts = 40;
/** One for all homes, as it would be for one user. */
const compiled = join(tmpdir(), 'pmx-test-compiled');

/** A pmx with a home of its own, and the sandbox behind it. */
export class Home {
  constructor(path) {
    this.path = path;
    this.dataDir = join(path, 'data', 'sandbox');
    this.children = new Set();
    this.commands = 0;
    /** VMIDs that Proxmox VE has left locked, as pmx said of them. */
    this.leftLocked = new Set();
    /** Ids of the operations that each process has begun, and who waits for the first one. */
    this.begun = new Map();
    this.agent = new Agent({ keepAlive: false, rejectUnauthorized: false });
  }

  /** Takes note of each operation as it begins. */
  watchOperations() {
    const folder = join(this.path, 'state', 'operations');
    const known = new Set();
    const look = (name) => {
      if (!name?.endsWith('.jsonl') || known.has(name)) return;
      const pid = /"pid":(\d+),/.exec(readFileSync(join(folder, name), 'utf8'))?.[1];
      // Its first line is still being written: there will be another event.
      if (pid === undefined) return;
      known.add(name);
      const operations = this.begun.get(Number(pid)) ?? [];
      this.begun.set(Number(pid), [...operations, name.slice(0, -'.jsonl'.length)]);
    };
    for (const name of readdirSync(folder)) look(name);
    this.watcher = watch(folder, (_event, name) => look(name));
    this.look = () => readdirSync(folder).forEach(look);
  }

  /** Runs pmx; `interrupt` is a signal and the milliseconds until it comes: after the operation has begun, or after the start when it is `early`. */
  pmx(args, interrupt) {
    this.commands++;
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PMX|PVE)_|^(NODE_ENV|CI|FORCE_COLOR)$/.test(name),
    );
    const child = spawn(process.execPath, [bin, ...args, '--json'], {
      cwd: this.path,
      env: {
        ...Object.fromEntries(inherited),
        PMX_HOME: this.path,
        NO_COLOR: '1',
        NODE_COMPILE_CACHE: compiled,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    const outcome = { args, pid: child.pid, code: null, signal: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (outcome.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (outcome.stderr += text));
    if (interrupt) void this.#interrupt(child, interrupt);
    return new Promise((resolve) =>
      child.on('close', (code, signal) => {
        this.children.delete(child);
        const said = (outcome.stdout + outcome.stderr).matchAll(/left VMID (\d+) locked/g);
        for (const [, vmid] of said) this.leftLocked.add(Number(vmid));
        resolve({ ...outcome, code, signal });
      }),
    );
  }

  async #interrupt(child, { signal, millis, early }) {
    const isOver = () => child.exitCode !== null || child.signalCode !== null;
    while (!early && !isOver() && !this.begun.has(child.pid)) await sleep(10);
    await sleep(millis);
    if (!isOver()) child.kill(signal);
  }

  /** Runs pmx and expects it to work. */
  async json(...args) {
    const { code, stdout, stderr } = await this.pmx(args);
    if (code !== 0) throw new Error(`pmx ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  server() {
    return JSON.parse(readFileSync(join(this.dataDir, 'ready.json'), 'utf8'));
  }

  operationsBegun() {
    return [...this.begun.values()].flat().length;
  }

  /** Ids of the operations that a process has begun. */
  operationsOf(pid) {
    this.look();
    return this.begun.get(pid) ?? [];
  }

  /** The data of a GET, whatever faults are on: it is asked until it is answered. */
  async read(path) {
    const stored = readFileSync(join(this.path, 'config', 'secrets.json'), 'utf8');
    const { contexts } = JSON.parse(stored);
    let last;
    for (let attempt = 0; attempt < readAttempts; attempt++) {
      try {
        return await this.#get(path, contexts.sandbox.secret);
      } catch (error) {
        last = error;
        await sleep(100);
      }
    }
    throw last;
  }

  #get(path, secret) {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.server().port,
          path: `/api2/json${path}`,
          agent: this.agent,
          headers: { Authorization: `PVEAPIToken=root@pam!pmx=${secret}` },
          timeout: 10_000,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part) => (text += part));
          response.on('error', reject).on('end', () => {
            if (response.statusCode === 200) resolve(JSON.parse(text).data);
            else reject(new Error(`GET ${path}: ${response.statusCode} ${response.statusMessage}`));
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`GET ${path}: no answer`)));
      sent.on('error', reject).end();
    });
  }

  /** Processes on this machine that were started with this home (Linux only). */
  processes() {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`PMX_HOME=${this.path}\0`);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  /** How many sockets the sandbox has open (Linux only). */
  sockets() {
    const { pid } = this.server();
    const table = readFileSync(`/proc/${pid}/net/tcp`, 'utf8');
    const port = this.server().port.toString(16).toUpperCase().padStart(4, '0');
    // 01: established, on the server's side.
    return table.split('\n').filter((line) => new RegExp(`: \\w+:${port} \\w+:\\w+ 01 `).test(line))
      .length;
  }
}
