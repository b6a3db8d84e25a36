import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';
import { type JournalLine, readJournal } from '#dist/lib/operations/engine/journal.js';
import { foldJournal, type OperationState, statusOf } from '#dist/lib/operations/engine/state.js';

import type { SandboxOptions } from '../../plugins/sandbox/dist/server/index.js';
import { startSandbox } from '../../plugins/sandbox/dist/server/index.js';
import { inconsistencies } from '../../plugins/sandbox/test/consistency.ts';
import { Bench, SECRET } from '../../plugins/sandbox/test/helper.ts';
import { bin, compiled, type Outcome, outcomeOf } from '../e2e/support.ts';
import { type Picture, pictureOf } from './picture.ts';

const copy = promisify(execFile);
const patienceMillis = 20_000;

export interface Request {
  time: string;
  method: string;
  path: string;
  status: number;
}

export interface Operation {
  id: string;
  status: string;
  state: OperationState;
  lines: JournalLine[];
}

/** A sandbox in this process with a home of pmx beside it; both can be put back to what they were. */
export class Stage {
  readonly root: string;
  readonly #options: Partial<SandboxOptions>;
  #bench: Bench | undefined;
  #port = 0;

  private constructor(root: string, options: Partial<SandboxOptions>) {
    this.root = root;
    this.#options = options;
  }

  /** An empty cluster, and a pmx whose context leads to it. */
  static async create(options: Partial<SandboxOptions> = {}): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'pmx-matrix-')), options);
    mkdirSync(stage.dataDir, { mode: 0o700 });
    mkdirSync(join(stage.home, 'config'), { recursive: true, mode: 0o700 });
    await stage.open();
    const context = ['cluster', '--host', stage.bench.sandbox.url, '--token-id', 'root@pam!pmx'];
    const pin = ['--fingerprint', stage.bench.sandbox.fingerprint];
    await stage.json(['context', 'add', ...context, ...pin, '--token-stdin'], `${SECRET}\n`);
    await stage.json(['context', 'use', 'cluster']);
    return stage;
  }

  /** Another one that begins as this one is now. This one has to be closed. */
  async copy(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'pmx-matrix-')), this.#options);
    await stage.reset(this);
    return stage;
  }

  get dataDir(): string {
    return join(this.root, 'cluster');
  }

  get home(): string {
    return join(this.root, 'home');
  }

  get bench(): Bench {
    if (!this.#bench) throw new Error('the stage is closed');
    return this.#bench;
  }

  file(name: string): string {
    return join(this.home, name);
  }

  async open(): Promise<void> {
    const options: SandboxOptions = {
      dataDir: this.dataDir,
      port: this.#port,
      nodes: 2,
      tokenSecret: SECRET,
      taskMillis: 0,
      agentDelayMillis: 0,
      staleMillis: 0,
      authFailureMillis: 0,
      agentTimeoutMillis: 20,
      ...this.#options,
    };
    const sandbox = await startSandbox(options);
    this.#port = sandbox.port;
    this.#bench = new Bench(this.dataDir, sandbox, options);
  }

  async close(): Promise<void> {
    const bench = this.#bench;
    this.#bench = undefined;
    bench?.agent.destroy();
    await bench?.sandbox.close();
  }

  /** Everything is again as `original` left it. */
  async reset(original: Stage): Promise<void> {
    await this.close();
    await rm(this.dataDir, { recursive: true, force: true });
    await rm(this.home, { recursive: true, force: true });
    // Knows holes: the disks of guests are hardly more.
    await copy('cp', ['-a', original.dataDir, original.home, this.root]);
    await rm(join(this.dataDir, 'requests.jsonl'), { force: true });
    for (const folder of ['state', 'cache'])
      await rm(join(this.home, folder), { recursive: true, force: true });
    await this.open();
    for (const name of ['config.yaml', 'secrets.json']) {
      const path = join(this.home, 'config', name);
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replaceAll(`:${original.#port}`, `:${this.#port}`));
    }
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.root, { recursive: true, force: true });
  }

  spawn(args: readonly string[], input = '', env: Record<string, string> = {}): ChildProcess {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PMX|PVE)_|^(NODE_ENV|CI|FORCE_COLOR|EDITOR|VISUAL|PAGER)$/.test(name),
    );
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: this.home,
      env: {
        ...Object.fromEntries(inherited),
        PMX_HOME: this.home,
        NO_COLOR: '1',
        NODE_COMPILE_CACHE: compiled,
        ...env,
      },
    });
    // One that was killed reads no more.
    child.stdin!.on('error', () => undefined).end(input);
    return child;
  }

  pmx(args: readonly string[], input?: string): Promise<Outcome> {
    return outcomeOf(this.spawn(args, input));
  }

  /** Runs with `--json` and expects success. */
  async json<T>(args: readonly string[], input?: string): Promise<T> {
    const { code, stdout, stderr } = await this.pmx([...args, '--json'], input);
    if (code !== 0)
      throw new Error(`pmx ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as T;
  }

  requests(): Request[] {
    const path = join(this.dataDir, 'requests.jsonl');
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Request)
      .filter((request) => !request.path.startsWith('/api2/json/sandbox'));
  }

  async putFaults(rules: readonly object[]): Promise<void> {
    await this.bench.put('/sandbox/faults', { rules: JSON.stringify(rules) });
  }

  async clearFaults(): Promise<void> {
    const rules = (await this.bench.read('/sandbox/faults')) as Array<{ id: string }>;
    const ids = rules.map(({ id }) => id).join(',');
    if (ids !== '') await this.bench.del(`/sandbox/faults?ids=${ids}`);
  }

  /** How often a fault has happened so far. */
  async fired(id: string): Promise<number> {
    const rules = (await this.bench.read('/sandbox/faults')) as Array<{
      id: string;
      fired: number;
    }>;
    return rules.find((rule) => rule.id === id)?.fired ?? 0;
  }

  #journals(): string[] {
    const folder = join(this.home, 'state', 'operations');
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  }

  /** The text of all journals. */
  journal(): string {
    const folder = join(this.home, 'state', 'operations');
    return this.#journals()
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
  }

  operations(): Operation[] {
    const folder = join(this.home, 'state', 'operations');
    return this.#journals().flatMap((name) => {
      const id = name.slice(0, -'.jsonl'.length);
      const lines = readJournal(folder, id);
      const state = foldJournal(id, lines);
      return state ? [{ id, status: statusOf(state), state, lines }] : [];
    });
  }

  /** Waits until no task runs any more. */
  async rest(): Promise<void> {
    await until(async () => {
      for (const { node, status } of await this.bench.read('/nodes'))
        if (
          status === 'online' &&
          (await this.bench.read(`/nodes/${node}/tasks?source=active`)).length > 0
        )
          return false;
      return true;
    }, 'an end of all tasks');
    // What changed last is written a moment later.
    await sleep(30);
  }

  inconsistencies(): Promise<string[]> {
    return inconsistencies({ dataDir: this.dataDir, read: (path) => this.bench.read(path) });
  }

  /** Closes the sandbox and looks at what is left. */
  async picture(): Promise<Picture> {
    await this.close();
    return this.look();
  }

  /** What is there, once the sandbox is closed. */
  look(): Picture {
    return pictureOf(this.dataDir, this.home);
  }

  /** A template made from a small image. */
  async template(name: string): Promise<void> {
    const image = this.file(`${name}.qcow2`);
    await createEmptyQcow2(image, 64 * 2 ** 20);
    await this.json(['template', 'create', '--image', image, '--name', name]);
    rmSync(image);
  }

  /** A container made from a template that holds nothing. */
  async container(vmid: number, hostname: string): Promise<void> {
    const cache = join(this.dataDir, 'storages', 'pve1', 'local', 'template/cache');
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'empty_1_amd64.tar.zst'), '');
    const ostemplate = 'local:vztmpl/empty_1_amd64.tar.zst';
    const settings = { vmid, hostname, ostemplate, rootfs: 'thin:0.25' };
    await this.bench.ok(this.bench.post('/nodes/pve1/lxc', settings));
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = Date.now() + patienceMillis;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never came: ${what}`);
    await sleep(5);
  }
}
