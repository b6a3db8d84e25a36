import { type Json, resolve as resolveValue, type Value } from '@pmx-cli/kit';

import type { StepContext } from '#dist/lib/operations/engine/handlers/handler.js';
import type { FakePve } from '../engine/fake-pve.ts';
import { noSleep } from '../engine/lab.ts';

export interface TestContext extends StepContext {
  readonly pveFake: FakePve;
  readonly reports: string[];
  readonly warnings: string[];
  /** Milliseconds of each pause. */
  readonly pauses: number[];
  readonly variables: Record<string, Json>;
  readonly upids: string[];
  readonly kept: Record<string, string>;
  readonly held: Record<string, string>;
  readonly stop: AbortController;
}

/** What the engine hands to a handler, without an engine. Time passes on the fake server while sleeping. */
export function contextFor(
  pve: FakePve,
  variables: Record<string, Json> = {},
  more: Partial<StepContext> = {},
): TestContext {
  const upids: string[] = [...(more.upids ?? [])];
  const reports: string[] = [];
  const warnings: string[] = [];
  const pauses: number[] = [];
  const kept: Record<string, string> = {};
  const held: Record<string, string> = {};
  const stop = new AbortController();
  return {
    pveFake: pve,
    pve: async () => pve,
    contexts: undefined as never,
    journals: '',
    secrets: undefined as never,
    controllers: undefined as never,
    config: undefined as never,
    sleep: async (milliseconds, signal) => {
      pauses.push(milliseconds);
      await noSleep(milliseconds, signal);
      pve.tick();
    },
    operationId: 'op1',
    signal: stop.signal,
    startedAt: new Date(),
    unseenEnd: false,
    begunEarlier: false,
    waitLock: 60_000,
    resolve: (value) =>
      resolveValue(value as Value, {
        variable: (name) => {
          if (variables[name] === undefined) throw new Error(`variable ${name} is not bound`);
          return variables[name];
        },
        secret: (name) => held[name] ?? `secret of ${name}`,
      }) as never,
    bind: (bound) => void Object.assign(variables, bound),
    keepSecret: (name, secret) => void (kept[name] = secret),
    hold: (name, text) => void (held[name] = text),
    lendTerminal: (use) => use(),
    noteTask: (upid) => void upids.push(upid),
    report: (text) => void reports.push(text),
    warn: (text) => void warnings.push(text),
    ...more,
    reports,
    warnings,
    pauses,
    variables,
    upids,
    kept,
    held,
    stop,
  };
}
