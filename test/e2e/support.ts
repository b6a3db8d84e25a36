import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

/** What is tested: the build of the sources, or a package made of them (`npm run test:bundle`). */
export const bin =
  process.env['PMX_TEST_BIN'] ?? fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** For all homes: each of them would have to compile everything anew. */
export const compiled = join(tmpdir(), 'pmx-test-compiled');

/** Programs in place of this machine's: a crontab that keeps its table in PMX_HOME. */
const fakes = fileURLToPath(new URL('fakes', import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string;
}

/** A home of its own for every group of tests: configuration, journals, sandbox data. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'pmx-e2e-'));

  env(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) =>
        !/^(PMX|PVE)_|^(NODE_ENV|CI|CONTINUOUS_INTEGRATION|BUILD_NUMBER|TF_BUILD|JENKINS_URL|FORCE_COLOR|EDITOR|VISUAL|PAGER)$/.test(
          name,
        ),
    );
    return {
      ...Object.fromEntries(inherited),
      PATH: `${fakes}${delimiter}${process.env['PATH']}`,
      PMX_HOME: this.path,
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: compiled,
      ...extra,
    };
  }

  spawn(args: readonly string[], options: RunOptions = {}): ChildProcess {
    return spawn(process.execPath, [bin, ...args], { cwd: this.path, env: this.env(options.env) });
  }

  async pmx(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const child = this.spawn(args, options);
    // One that has ended before it read everything is judged by how it ended.
    child.stdin!.on('error', () => undefined).end(options.input ?? '');
    return outcomeOf(child);
  }

  /** A line for the shell, in this home. */
  shell(line: string, env?: Record<string, string>): Promise<Outcome> {
    const child = spawn('bash', ['-c', line], { cwd: this.path, env: this.env(env) });
    child.stdin.on('error', () => undefined).end();
    return outcomeOf(child);
  }

  /** Runs with `--json` and expects success. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.pmx([...args, '--json']);
    if (code !== 0)
      throw new Error(`pmx ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...outcome, code })));
}

interface LoggedRequest {
  method: string;
  path: string;
  status: number;
}

/** A running sandbox with a home around it. */
export class Lab extends Home {
  static async start(...flags: string[]): Promise<Lab> {
    const lab = new Lab();
    const fast = { '--task-millis': '0', '--agent-delay-millis': '0', '--stale-millis': '0' };
    const defaults = Object.entries(fast).flatMap(([flag, value]) =>
      flags.includes(flag) ? [] : [flag, value],
    );
    lab.#flags = [...defaults, ...flags];
    await lab.json('sandbox', 'start', '--detach', ...lab.#flags);
    return lab;
  }

  #flags: string[] = [];
  #saved: string | undefined;
  /** What else ends with the lab. */
  readonly cleanups: Array<() => Promise<void>> = [];

  /** @returns what puts server and home back to how they are now */
  async save(): Promise<() => Promise<void>> {
    const { port } = new URL(this.server()[1]!);
    const saved = `${this.path}-saved`;
    this.#saved = saved;
    await this.pmx(['sandbox', 'stop']);
    // Knows holes: the disks of guests are hardly more.
    spawnSync('cp', ['-a', this.path, saved]);
    const restore = async (): Promise<void> => {
      await this.pmx(['sandbox', 'stop']);
      for (const name of readdirSync(this.path))
        rmSync(join(this.path, name), { recursive: true, force: true });
      spawnSync('cp', ['-a', `${saved}/.`, this.path]);
      await this.json('sandbox', 'start', '--detach', '--port', port, ...this.#flags);
    };
    await restore();
    return restore;
  }

  requests(): LoggedRequest[] {
    return readFileSync(join(this.path, 'data', 'sandbox', 'requests.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LoggedRequest);
  }

  idracs(): Array<{ generation: string; url: string; fingerprint: string }> {
    const ready = readFileSync(join(this.path, 'data', 'sandbox', 'ready.json'), 'utf8');
    return (JSON.parse(ready) as { idrac: ReturnType<Lab['idracs']> }).idrac;
  }

  /** Flags that name this server, and trust it. */
  server(): string[] {
    const ready = JSON.parse(
      readFileSync(join(this.path, 'data', 'sandbox', 'ready.json'), 'utf8'),
    ) as { url: string; fingerprint: string };
    return ['--host', ready.url, '--fingerprint', ready.fingerprint];
  }

  /** Secret of the token root@pam!pmx, which is the password of root@pam as well. */
  secret(): string {
    const path = join(this.path, 'config', 'secrets.json');
    const { contexts } = JSON.parse(readFileSync(path, 'utf8')) as {
      contexts: { sandbox: { secret: string } };
    };
    return contexts.sandbox.secret;
  }

  /** How many requests that could change something the server has seen so far. */
  writes(): number {
    return this.requests().filter(({ method }) => method !== 'GET').length;
  }

  /** Everything that a guest, an upload or a clean-up may leave. */
  async holdings(): Promise<{ guests: string[]; volumes: string[] }> {
    const guests = await this.json<Array<{ vmid: number; name: string }>>(
      'api',
      'get',
      '/cluster/resources',
      'type=vm',
    );
    const volumes: string[] = [];
    const storages = await this.json<Array<{ storage: string; node: string }>>('storage', 'list');
    for (const { storage, node } of storages) {
      const content = await this.json<Array<{ volid: string }>>(
        'storage',
        'content',
        storage,
        '--node',
        node,
      );
      volumes.push(...content.map(({ volid }) => `${node}/${volid}`));
    }
    return { guests: guests.map(({ vmid }) => String(vmid)).sort(), volumes: volumes.sort() };
  }

  /** A template made from a small qcow2. */
  async template(name: string, ...flags: string[]): Promise<number> {
    const image = this.file(`${name}.qcow2`);
    await createEmptyQcow2(image, 64 * 2 ** 20);
    const made = await this.json<{ vmid: number }>(
      'template',
      'create',
      '--image',
      image,
      '--name',
      name,
      ...flags,
    );
    rmSync(image);
    return made.vmid;
  }

  /** A stopped container made from a template that holds nothing. */
  async container(hostname: string, ...params: string[]): Promise<number> {
    const cache = join(this.path, 'data', 'sandbox', 'storages', 'pve1', 'local', 'template/cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'empty_1_amd64.tar.zst'), '');
    const vmid = await this.json<string>('api', 'get', '/cluster/nextid');
    const ostemplate = 'ostemplate=local:vztmpl/empty_1_amd64.tar.zst';
    const rootfs = params.some((param) => param.startsWith('rootfs=')) ? [] : ['rootfs=local:1'];
    const create = ['api', 'post', '/nodes/pve1/lxc', `vmid=${vmid}`, ostemplate, ...rootfs];
    await this.json(...create, `hostname=${hostname}`, ...params);
    return Number(vmid);
  }

  async stop(): Promise<void> {
    await this.pmx(['sandbox', 'stop']);
    for (const cleanup of this.cleanups) await cleanup();
    if (this.#saved !== undefined) rmSync(this.#saved, { recursive: true, force: true });
    this.remove();
  }
}

/** A raw disk with an MBR: sparse, so that size costs nothing, or filled with what no copy can leave out. */
export function writeRawDisk(path: string, size: number, filled = false): void {
  const mbr = Buffer.alloc(512);
  // One Linux partition from sector 2048 to the end.
  mbr.set([0x80, 0, 0, 0, 0x83, 0, 0, 0], 446);
  mbr.writeUInt32LE(2048, 454);
  mbr.writeUInt32LE(size / 512 - 2048, 458);
  mbr.writeUInt16LE(0xaa55, 510);
  const file = openSync(path, 'w');
  writeSync(file, mbr);
  closeSync(file);
  truncateSync(path, size);
  if (filled) appendRandom(path, 512, size);
}

function appendRandom(path: string, from: number, to: number): void {
  const file = openSync(path, 'r+');
  for (let at = from; at < to;) {
    const block = randomBytes(Math.min(2 ** 20, to - at));
    at += writeSync(file, block, 0, block.length, at);
  }
  closeSync(file);
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never came: ${what}`);
    await sleep(25);
  }
}
