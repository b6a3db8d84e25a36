import type { LogEntry, State, TaskRecord, Vm } from './model.js';

/** What has changed since the last line of the journal; each thing stands there whole. */
export interface Change {
  /** null: removed. */
  vms?: Record<string, Vm | null>;
  tasks?: TaskRecord[];
  log?: LogEntry[];
  /** Everything else, by its name in the state; null: no longer there. */
  rest?: Record<string, unknown>;
}

const APART = new Set<string>(['vms', 'tasks', 'log', 'generation']);
const LOG_SIZE = 500;

/** Finds out what has changed. VMs and tasks are named by those who change them; the rest is small and compared. */
export class Changes {
  readonly #state: State;
  readonly #vms = new Set<number>();
  readonly #tasks = new Set<TaskRecord>();
  readonly #rest = new Map<string, string>();
  #logged: number;

  constructor(state: State) {
    this.#state = state;
    this.#logged = state.log.at(-1)?.uid ?? 0;
    for (const [key, value] of this.#others()) this.#rest.set(key, JSON.stringify(value));
  }

  #others(): [string, unknown][] {
    return Object.entries(this.#state).filter(([key]) => !APART.has(key));
  }

  vm(vmid: number): void {
    this.#vms.add(vmid);
  }

  task(record: TaskRecord): void {
    this.#tasks.add(record);
  }

  /** One line for the journal; undefined when nothing has changed. */
  take(): string | undefined {
    const change: Change = {};
    const { vms, log } = this.#state;
    if (this.#vms.size > 0)
      change.vms = Object.fromEntries([...this.#vms].map((vmid) => [vmid, vms[vmid] ?? null]));
    if (this.#tasks.size > 0) change.tasks = [...this.#tasks];
    const fresh = log.filter(({ uid }) => uid > this.#logged);
    if (fresh.length > 0) change.log = fresh;
    const rest = this.#takeRest();
    if (Object.keys(rest).length > 0) change.rest = rest;
    const line = Object.keys(change).length > 0 ? `${JSON.stringify(change)}\n` : undefined;
    this.#vms.clear();
    this.#tasks.clear();
    this.#logged = log.at(-1)?.uid ?? this.#logged;
    return line;
  }

  #takeRest(): Record<string, unknown> {
    const rest: Record<string, unknown> = {};
    const gone = new Set(this.#rest.keys());
    for (const [key, value] of this.#others()) {
      gone.delete(key);
      const text = JSON.stringify(value);
      if (this.#rest.get(key) === text) continue;
      this.#rest.set(key, text);
      rest[key] = value;
    }
    for (const key of gone) {
      this.#rest.delete(key);
      rest[key] = null;
    }
    return rest;
  }
}

/** Carries out the lines of a journal on a state. A last line without an end was being written when the server died. */
export function replay(state: State, journal: string, path: string): void {
  const lines = journal.split('\n');
  lines.pop();
  const tasks = new Map(state.tasks.map((task) => [task.upid, task]));
  for (const [index, line] of lines.entries()) {
    let change: Change;
    try {
      change = JSON.parse(line) as Change;
    } catch {
      throw new Error(`${path} is damaged: line ${index + 1} is not JSON`);
    }
    for (const [vmid, vm] of Object.entries(change.vms ?? {})) {
      if (vm === null) delete state.vms[vmid];
      else state.vms[vmid] = vm;
    }
    for (const task of change.tasks ?? []) tasks.set(task.upid, task);
    const known = state.log.at(-1)?.uid ?? 0;
    state.log.push(...(change.log ?? []).filter(({ uid }) => uid > known));
    for (const [key, value] of Object.entries(change.rest ?? {})) {
      if (value === null) Reflect.deleteProperty(state, key);
      else Reflect.set(state, key, value);
    }
  }
  state.tasks = [...tasks.values()];
  state.log = state.log.slice(-LOG_SIZE);
}
