import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import type { Effect, Plan, PlanNode, Step, StepResult } from '@pmx-cli/kit';
import { InterruptedError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import {
  OperationService,
  type OperationsDependencies,
} from '#dist/lib/operations/engine/index.js';
import type { EngineEvent } from '#dist/lib/operations/engine/events.js';
import type {
  EffectPorts,
  StepContext,
  StepHandlers,
} from '#dist/lib/operations/engine/handlers/handler.js';
import type { JournalLine } from '#dist/lib/operations/engine/journal.js';

/** A folder that lives as long as one test. */
export function useFolder(): {
  readonly path: string;
  file(name: string): string;
  put(name: string, content: string | Buffer): string;
} {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pmx-engine-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get path() {
      return folder;
    },
    file: (name) => join(folder, name),
    put(name, content) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
  };
}

export interface ShownError extends Error {
  code: string;
  exitCode: number;
  hints: readonly string[];
  data?: Record<string, unknown>;
}

/** The error of something that must fail. */
export async function failure(attempt: () => unknown): Promise<ShownError> {
  let value: unknown;
  try {
    value = await attempt();
  } catch (error) {
    return error as ShownError;
  }
  throw new Error(`expected an error, got ${JSON.stringify(value)}`);
}

export const refused = (message = 'refused'): ProxmoxError =>
  new ProxmoxError({ code: 'PMX_API_ERROR', message });
export const unknownEnd = (message = 'broken'): SurroundingsError =>
  new SurroundingsError({ code: 'PMX_BROKEN', message });

/** A sleep that takes no time, yet lets everything else have its turn. */
export async function noSleep(_milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw new InterruptedError();
  await turn();
}

/** A pid that no process has. */
export const deadOwner = { pid: 2 ** 30, host: (await import('node:os')).hostname() };

type Behaviour = (context: StepContext) => Promise<StepResult | void> | StepResult | void;

/**
 * The engine with step handlers that only change a set of words: step `a` puts `a` into the world,
 * its undo takes it out again.
 */
export class Lab {
  readonly world: Set<string>;
  /** `do a`, `undo a`, `recover a` in order. */
  readonly log: string[] = [];
  readonly events: EngineEvent[] = [];
  /** What went into the audit log. */
  readonly audited: unknown[] = [];
  readonly stop = new AbortController();
  readonly abandon = new AbortController();
  /** Instead of, or before, what a step does. `a` for the step, `undo a` for its undo. */
  readonly behave = new Map<string, Behaviour>();
  readonly recovery = new Map<string, Behaviour>();
  readonly directory: string;
  dependencies: OperationsDependencies;

  constructor(directory: string, world = new Set<string>()) {
    this.directory = directory;
    this.world = world;
    const run = async (args: unknown, context: StepContext): Promise<StepResult> => {
      const word = (args as { path: string }).path;
      const undo = word.startsWith('undo ');
      this.log.push(undo ? word : `do ${word}`);
      const result = await this.behave.get(word)?.(context);
      if (undo) this.world.delete(word.slice(5));
      else this.world.add(word);
      return result ?? {};
    };
    const recover = async (
      args: unknown,
      context: StepContext,
    ): Promise<StepResult | undefined> => {
      const word = (args as { path: string }).path;
      this.log.push(`recover ${word}`);
      const behaviour = this.recovery.get(word);
      if (behaviour) return (await behaviour(context)) ?? undefined;
      return this.world.has(word) ? {} : undefined;
    };
    this.dependencies = {
      directory,
      handlers: { 'path.remove': { run, recover } } as unknown as StepHandlers,
      ports: { sleep: noSleep } as unknown as EffectPorts,
      context: async () => 'home',
      identity: async () => ({ host: 'pve.test', port: 8006, fingerprint: 'AA:BB' }),
      signal: this.stop.signal,
      abandon: this.abandon.signal,
      redact: (text) => text,
      protect: () => undefined,
      output: undefined as never,
      endpoint: async () => 'https://pve.test:8006',
      progress: async () => ({
        listener: (event) => void this.events.push(event),
        end: async () => undefined,
      }),
      readOnly: async () => false,
      check: async () => [],
      audit: { append: async (what) => this.audited.push(what) },
    };
  }

  get service(): OperationService {
    return new OperationService(this.dependencies);
  }

  run(plan: Plan, options = {}): Promise<unknown> {
    return this.service.run(plan, options);
  }

  async continue(mode: 'rollback' | 'resume', id = this.id): Promise<unknown> {
    return this.service.run(await this.service.continuation(id, mode));
  }

  get id(): string {
    return readdirSync(this.directory)
      .find((name) => name.endsWith('.jsonl'))!
      .slice(0, -'.jsonl'.length);
  }

  get journalPath(): string {
    return join(this.directory, `${this.id}.jsonl`);
  }

  get journal(): JournalLine[] {
    return readFileSync(this.journalPath, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalLine);
  }

  /** The journal as short words: `step-done a`. */
  get lines(): string[] {
    return this.journal.map((line) =>
      [
        line.event,
        'step' in line ? line.step : undefined,
        'status' in line ? line.status : undefined,
      ]
        .filter(Boolean)
        .join(' '),
    );
  }

  /** As after kill -9: the lines so far, and their process is gone. */
  crash(keep = Infinity): void {
    const kept = readFileSync(this.journalPath, 'utf8').split('\n').filter(Boolean).slice(0, keep);
    writeFileSync(this.journalPath, kept.map((line) => `${orphaned(line)}\n`).join(''));
  }
}

/** The same line, but of a process that is no more. */
export function orphaned(line: string): string {
  const parsed = JSON.parse(line) as JournalLine;
  return JSON.stringify('owner' in parsed ? { ...parsed, owner: deadOwner } : parsed);
}

export function effect(word: string): Effect<'path.remove'> & { title: string } {
  return { kind: 'path.remove', args: { path: word }, title: `Title of ${word}` };
}

export function step(id: string, more: Partial<Step> = {}): Step {
  return { ...effect(id), id, undo: [effect(`undo ${id}`)], ...more } as Step;
}

export const destructive = (id: string): Step => step(id, { undo: undefined, destructive: true });

export function plan(steps: PlanNode[], more: Partial<Plan> = {}): Plan {
  return {
    operation: 'test.run',
    target: 'test',
    title: 'Test plan',
    steps,
    result: null,
    ...more,
  };
}
