import type { Json, StepArgs, StepKind, StepResult } from '@pmx-cli/kit';

import type { PveClient } from '../../../api/types.js';
import type { ContextStore } from '../../../config/contexts.js';
import type { ImageCache } from '../image-cache.js';
import type { ControllerPool } from '../../idrac/controllers.js';
import type { ConfigWriter } from '../../../config/write/writer.js';
import type { SecretStore } from '../../../auth/secret-store.js';

/** The doors to the outside that step handlers, and only they, may use. */
export interface EffectPorts {
  pve(): Promise<PveClient>;
  contexts: ContextStore;
  secrets: SecretStore;
  /** Management controllers, each with one login. */
  controllers: Pick<ControllerPool, 'enter' | 'expect'>;
  config: ConfigWriter;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Folder of the journals. */
  journals: string;
  /** Images that pmx has downloaded before. */
  images?(): Promise<ImageCache>;
  /** While another program has the terminal, Ctrl-C is meant for that program. */
  lendTerminal<T>(use: () => Promise<T>): Promise<T>;
}

export interface StepContext extends EffectPorts {
  readonly operationId: string;
  readonly signal: AbortSignal;
  /** When the step was first begun, also in an earlier process. */
  readonly startedAt: Date;
  /** Tasks that the server started for this step so far; for an undo: for what it takes back. */
  readonly upids: readonly string[];
  /** Only for an undo: nobody saw the end of what it takes back, so it may still be under way. */
  readonly unseenEnd: boolean;
  /**
   * An earlier process has begun this step and did not see its end: its request may have come only after
   * `recover` looked, so a refusal can mean that it is done.
   */
  readonly begunEarlier: boolean;
  /** Milliseconds to wait for somebody else's lock. */
  readonly waitLock: number;
  /** Replaces the references in a value as they are bound now. */
  resolve<T>(value: T): Resolved<T>;
  /** Binds variables; the journal knows it before this returns. */
  bind(variables: { [name: string]: Json }): void;
  /** Keeps a secret that came up while running, in memory and for `secretRef`s only. */
  keepSecret(name: string, secret: string): void;
  /** Keeps a text out of the journal, in memory and for `secretRef`s: what a guest has said. */
  hold(name: string, text: string): void;
  /** Records a task before it is waited for. */
  noteTask(upid: string): void;
  /** Tells the person who waits: "42 %", "locked, trying again in 4 s". */
  report(text: string): void;
  /** Tells what has to be known even when all went well; never lost, also with `--json`. */
  warn(text: string): void;
}

/** References become what they stand for; everything else stays what it is. */
export type Resolved<T> = T extends { readonly $var: string }
  ? never
  : T extends { readonly $text: unknown }
    ? string
    : T extends { readonly $secret: string }
      ? string
      : T extends readonly (infer I)[]
        ? Array<Resolved<I>>
        : T extends object
          ? { [K in keyof T]: Resolved<T[K]> }
          : T;

export interface StepHandler<K extends StepKind> {
  run(args: StepArgs[K], context: StepContext): Promise<StepResult>;
  /**
   * Finds out whether a step whose end nobody saw has happened.
   * @returns its result, or undefined when it did not happen and may be run
   * @throws when that cannot be told
   */
  recover(args: StepArgs[K], context: StepContext): Promise<StepResult | undefined>;
}

/** A step that may be run again without harm, so there is nothing to find out after a crash. */
export function repeatable<K extends StepKind>(run: StepHandler<K>['run']): StepHandler<K> {
  return { run, recover: async () => undefined };
}

/** A removal may be run again as well; it has happened once what it removes is gone. */
export function removal<K extends StepKind>(
  run: StepHandler<K>['run'],
  isThere: (args: StepArgs[K], context: StepContext) => Promise<boolean>,
): StepHandler<K> {
  return {
    run,
    recover: async (args, context) =>
      (await isThere(args, context)) ? undefined : { removed: true },
  };
}

export type StepHandlers = { [K in StepKind]: StepHandler<K> };
