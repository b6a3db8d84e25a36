import { allSteps, resolve, type Step, type Value } from '@pmx-cli/kit';

import type { JournalLine } from '#dist/lib/operations/engine/journal.js';

import { plainPath } from '../../plugins/sandbox/dist/server/faults/glob.js';
import type { Request, Stage } from './stage.ts';

/** The request with which a step has its effect, as a rule of a fault finds it. */
export interface Gate {
  method: string;
  path: string;
  nth: number;
}

export interface StepFacts {
  id: string;
  /** Left out: the step does nothing on the server. */
  gate?: Gate;
  /** The server started a task for it. */
  hasTask: boolean;
}

/** What the steps of an operation that has just succeeded did on the server, from its journal and the requests. */
export function stepsOf(stage: Stage): StepFacts[] {
  const requests = stage.requests();
  const claimed = new Set<Request>();
  return stage.operations().flatMap(({ state, lines }) => {
    const bindings = {
      variable: (name: string) => state.variables[name] ?? null,
      secret: () => '',
    };
    return allSteps(state.plan.steps)
      .filter((step) => state.order.includes(step.id))
      .map((step): StepFacts => {
        const request = requestOf(step, lines, bindings, requests, claimed);
        if (request) claimed.add(request);
        const hasTask = (state.steps.get(step.id)?.upids.length ?? 0) > 0;
        return { id: step.id, hasTask, ...(request && { gate: gateOf(request, requests) }) };
      });
  });
}

/** A write between the beginning and the end of the step; a step that only waits has a read. */
function requestOf(
  step: Step,
  lines: readonly JournalLine[],
  bindings: Parameters<typeof resolve>[1],
  requests: readonly Request[],
  claimed: ReadonlySet<Request>,
): Request | undefined {
  const time = (event: string): string =>
    lines.find((line) => line.event === event && 'step' in line && line.step === step.id)?.time ??
    '';
  const [begin, end] = [time('step-started'), time('step-done')];
  const during = requests.filter(
    (request) => request.time >= begin && request.time <= end && !claimed.has(request),
  );
  if (step.kind === 'pve.call') {
    const args = step.args as { method: string; path: Value };
    const path = resolve(args.path, bindings);
    // Steps of a group run at the same time: each knows its own.
    return during.find(
      (request) => request.method === args.method && plain(request) === plainPath(String(path)),
    );
  }
  return (
    during.find(({ method }) => method !== 'GET') ??
    during.find((request) => !/\/tasks\//.test(request.path))
  );
}

function plain({ path }: Request): string {
  return plainPath(path.replace(/\?.*/, '').replace(/^\/api2\/json/, ''));
}

function gateOf(request: Request, requests: readonly Request[]): Gate {
  const same = requests.filter(
    (other) => other.method === request.method && plain(other) === plain(request),
  );
  const path = plain(request)
    .replaceAll(/\d{8}-\d{6}-[a-z2-9]{5}/g, '*')
    .replaceAll(/[^\w.:@!%+~*/-]+/g, '*');
  return { method: request.method, path, nth: same.indexOf(request) + 1 };
}
