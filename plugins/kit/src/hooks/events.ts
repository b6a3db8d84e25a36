import type { Session } from '../host/index.js';
import type { Plan } from '../plan/index.js';

/** What `pmx time …` tells the hooks of plugins about one shift. */
export interface TimeShiftContext {
  vmid: number;
  name: string;
  node: string;
  /** ISO 8601. */
  to: string;
  reason: string | undefined;
}

/** A hook is against what is about to happen; the text says why: "backups run until 06:00". */
export interface Veto {
  veto: string;
}

/** A plan as plugins see it: all of it but the values of secrets. A copy: changing it changes nothing. */
export type SeenPlan = Omit<Plan, 'secrets' | 'held'>;

export interface PlanContext {
  plan: SeenPlan;
  /** Id of the command: `vm:create`. */
  command: string;
  /** It is only shown, not carried out. */
  dryRun: boolean;
  /** For settings, and for reads of the server. */
  session: Session;
}

export interface DoneContext {
  plan: SeenPlan;
  command: string;
  /** `failed`: it was taken back or left, as the error says. */
  status: 'completed' | 'failed';
  /** What the command returns for this plan. */
  result?: unknown;
  error?: { code: string; message: string; exitCode: number };
  session: Session;
}

/** One finding of `pmx doctor`. */
export interface DoctorCheck {
  /** What was looked at: "Licence of the backup server". */
  title: string;
  status: 'ok' | 'warning' | 'error';
  /** What was found, in one sentence. */
  detail: string;
  /** What to type or do next. */
  hint?: string;
}

export interface CompletionContext {
  /** Name of the argument, or the placeholder of the flag in small letters: what package.json lists under `pmx.completions`. */
  what: string;
  /** Of the server and context that the command line names. */
  session: Session;
}

/** A value that could stand at the cursor. */
export interface CompletionValue {
  value: string;
  description?: string;
}

/** Event → what its hooks are given and what they may return. */
export interface PmxHooks {
  /** While `pmx time …` plans, also of a dry run. A veto, or an error, stops the command. */
  'pmx:time:validate-target': { options: { shift: TimeShiftContext }; result: Veto | void };
  /** Before a clock is changed. A veto, or an error, stops the command. */
  'pmx:time:pre-shift': { options: { shift: TimeShiftContext }; result: Veto | void };
  /** A clock was changed. */
  'pmx:time:post-shift': { options: { shift: TimeShiftContext }; result: Veto | void };
  /**
   * A plan is made and nothing has happened yet, also of a dry run. A veto, or an error, stops the
   * command: a guard that is broken lets nothing through. Not asked about changes of plugins
   * themselves, nor about what finishes or takes back an operation.
   */
  'pmx:plan': { options: PlanContext; result: Veto | void };
  /** A plan was carried out, or failed. An error here is a warning: it has happened. */
  'pmx:done': { options: DoneContext; result: void };
  /** `pmx doctor` asks for findings. */
  'pmx:doctor': { options: { session: Session }; result: DoctorCheck[] };
  /** Values for the prompt, read in the background and kept for some seconds. */
  'pmx:completion': { options: CompletionContext; result: CompletionValue[] };
}

export type PmxHookName = keyof PmxHooks;

export type PmxHook<E extends PmxHookName> = (
  options: PmxHooks[E]['options'],
) => Promise<PmxHooks[E]['result']>;

/** One of the three hooks of `pmx time …`. */
export type TimeHook = PmxHook<'pmx:time:pre-shift'>;

/** Gives a hook its types: `export default defineHook('pmx:plan', async ({ plan }) => …)`. */
export function defineHook<E extends PmxHookName>(_event: E, hook: PmxHook<E>): PmxHook<E> {
  return hook;
}
