import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ControllerWords, Plan } from '@pmx-cli/kit';

import { ControllerPool } from '#dist/lib/operations/idrac/controllers.js';
import { OperationRun } from '#dist/lib/operations/engine/engine.js';
import type { EffectPorts } from '#dist/lib/operations/engine/handlers/handler.js';
import { stepHandlers } from '#dist/lib/operations/engine/handlers/index.js';
import { sleep } from '#dist/lib/operations/engine/retry.js';

import { startPersona } from '../../../plugins/sandbox/dist/server/idrac/index.js';
import type {
  PersonaOptions,
  RunningPersona,
} from '../../../plugins/sandbox/dist/server/idrac/index.js';

export const password = 'not-calvin-4711';

/** Controllers of the sandbox and what a run of pmx has for them, all in this process. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'pmx-bmc-'));
  readonly warnings: string[] = [];
  readonly stop = new AbortController();
  readonly #personas: RunningPersona[] = [];
  #pools: ControllerPool[] = [];
  #logins = 0;
  /** What the user says, at each login in order. */
  says: (login: number) => string = () => password;

  async persona(options: Partial<PersonaOptions> = {}): Promise<RunningPersona> {
    const persona = await startPersona({ generation: '9', password, ...options });
    this.#personas.push(persona);
    return persona;
  }

  place({ port }: RunningPersona): { host: string; port: number } {
    return { host: '127.0.0.1', port };
  }

  /** A new run: nobody is logged in to yet. */
  pool(
    words: ControllerWords = {},
    pinned: readonly RunningPersona[] = this.#personas,
  ): ControllerPool {
    this.pins(Object.fromEntries(pinned.map(({ port, fingerprint }) => [port, fingerprint])));
    return this.again(words);
  }

  /** As `pool`, with the certificates that are remembered now. */
  again(words: ControllerWords = {}): ControllerPool {
    const pool = new ControllerPool({
      paths: { data: this.folder },
      logins: {
        find: async () => ({ user: 'root', password: this.says(this.#logins++) }),
      },
      signal: this.stop.signal,
      debug: () => undefined,
      warn: (text) => void this.warnings.push(text),
    });
    pool.words(words);
    this.#pools.push(pool);
    return pool;
  }

  pins(byPort: Record<string, string>): void {
    const entries = Object.entries(byPort).map(([port, pin]) => [`127.0.0.1:${port}`, pin]);
    writeFileSync(this.pinsFile, JSON.stringify(Object.fromEntries(entries)));
  }

  pinOf({ port }: RunningPersona): string | undefined {
    const text = readFileSync(this.pinsFile, 'utf8');
    return (JSON.parse(text) as Record<string, string>)[`127.0.0.1:${port}`];
  }

  get pinsFile(): string {
    return join(this.folder, 'bmc-pins.json');
  }

  async run<T>(plan: Plan, pool: ControllerPool): Promise<T> {
    const run = await OperationRun.begin(
      {
        directory: join(this.folder, 'operations'),
        handlers: stepHandlers,
        ports: { controllers: pool, sleep } as unknown as EffectPorts,
        context: async () => undefined,
        identity: async () => undefined as never,
        signal: this.stop.signal,
        abandon: new AbortController().signal,
        redact: (text) => text,
        protect: () => undefined,
      },
      plan,
      () => undefined,
    );
    return (await run.run()) as T;
  }

  /** All that the journals of this bench hold. */
  journals(): string {
    const folder = join(this.folder, 'operations');
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  }

  async close(): Promise<void> {
    for (const pool of this.#pools) await pool.close();
    this.#pools = [];
    await Promise.all(this.#personas.map((persona) => persona.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
