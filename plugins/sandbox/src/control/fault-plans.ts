import { type Effect, type Json, type Plan, RequestError } from '@pmx-cli/kit';

import type { FaultEntry } from '../server/faults/book.js';
import { type FaultRule, ruleText } from '../server/faults/rule.js';
import type { SandboxLocation } from './location.js';
import { faultsPath, recordingPath } from './steering.js';

type CallEffect = Extract<Effect, { kind: 'pve.call' }>;

/** Both ways are idempotent: rules have ids, so a lost answer may simply be asked again. */
function putRules(rules: readonly FaultRule[]): CallEffect {
  return {
    kind: 'pve.call',
    args: {
      method: 'PUT',
      path: faultsPath,
      params: { rules: JSON.stringify(rules) },
      idempotent: true,
    },
  };
}

function clearRules(rules: readonly FaultRule[]): CallEffect {
  const ids = rules.map(({ id }) => id).join(',');
  return {
    kind: 'pve.call',
    args: { method: 'DELETE', path: faultsPath, params: { ids }, idempotent: true },
  };
}

function ruleOf({ id, match, action }: FaultRule): FaultRule {
  return { id, match, action };
}

function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function listOf(rules: readonly FaultRule[]): string {
  return rules.map((rule) => `${rule.id} (${ruleText(rule)})`).join(', ');
}

export function planFaultAdd(rules: readonly FaultRule[]): Plan {
  return {
    operation: 'sandbox.fault-add',
    target: 'sandbox',
    title: `Put ${listOf(rules)} in force`,
    steps: [
      {
        id: 'put',
        title: `Tell the sandbox ${rules.length === 1 ? 'the rule' : `the ${rules.length} rules`}`,
        ...putRules(rules),
        undo: [{ title: 'Take them out of force', ...clearRules(rules) }],
      },
    ],
    result: { added: asJson(rules) },
  };
}

/** @throws RequestError `PMX_FAULT_NOT_FOUND`, `PMX_SANDBOX_OTHER_CERTIFICATE` */
export function planFaultClear(
  faults: readonly FaultEntry[],
  wanted: readonly string[],
  reachable: boolean,
  { faultsFile }: SandboxLocation,
): Plan {
  for (const id of wanted) {
    if (faults.some((fault) => fault.id === id)) continue;
    throw new RequestError({
      code: 'PMX_FAULT_NOT_FOUND',
      message: `There is no fault rule '${id}'.`,
      hints: [
        `There are: ${faults.map((fault) => fault.id).join(', ') || 'none'}.`,
        'pmx sandbox fault list',
      ],
    });
  }
  const going = faults.filter(({ id }) => wanted.length === 0 || wanted.includes(id)).map(ruleOf);
  const common = {
    operation: 'sandbox.fault-clear',
    target: 'sandbox',
    title: going.length === 0 ? 'Clear no fault' : `Clear ${listOf(going)}`,
    result: { cleared: going.map(({ id }) => id) },
  };
  if (going.length === 0)
    return { ...common, local: true, steps: [], notes: ['No faults are in force.'] };
  if (!reachable) {
    if (going.length < faults.length) {
      throw new RequestError({
        code: 'PMX_SANDBOX_OTHER_CERTIFICATE',
        message:
          'The sandbox shows another certificate, as a fault rule wants it, so it cannot be told about single rules.',
        hints: ['Clear all of them: pmx sandbox fault clear'],
      });
    }
    return {
      ...common,
      local: true,
      steps: [
        {
          id: 'remove',
          title: `Remove ${faultsFile}, which the sandbox looks for at the next connection`,
          kind: 'path.remove',
          args: { path: faultsFile },
        },
      ],
    };
  }
  return {
    ...common,
    steps: [
      {
        id: 'clear',
        title: 'Tell the sandbox',
        ...clearRules(going),
        undo: [{ title: 'Put them in force again', ...putRules(going) }],
      },
    ],
  };
}

function stopRecording(): CallEffect {
  return { kind: 'pve.call', args: { method: 'DELETE', path: recordingPath, idempotent: true } };
}

export function planRecord(out: string): Plan {
  return {
    operation: 'sandbox.record',
    target: 'sandbox',
    title: `Record the exchanges of the sandbox in ${out}`,
    steps: [
      {
        id: 'record',
        title: 'Begin to record',
        kind: 'pve.call',
        args: { method: 'PUT', path: recordingPath, idempotent: true },
        undo: [{ title: 'End the recording', ...stopRecording() }],
      },
    ],
    result: { out },
  };
}

export function planRecordStop(): Plan {
  return {
    operation: 'sandbox.record-stop',
    target: 'sandbox',
    title: 'End the recording',
    steps: [{ id: 'stop', title: 'End the recording', ...stopRecording() }],
    result: {},
  };
}
