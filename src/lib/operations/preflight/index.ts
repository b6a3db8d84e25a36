import type { Plan, PveReader, Read, Rehearsed } from '@pmx-cli/kit';
import { ExitCode } from '@pmx-cli/kit/errors';

import type { PveClient } from '../../api/index.js';
import { checkPlan } from '../check.js';
import { type ApiCall, callsOf } from '../permissions/calls.js';
import { missingToPlan } from '../permissions/can-i.js';
import { heldBy } from '../permissions/held.js';
import { judge, type Missing } from '../permissions/judge.js';
import { descriptionOf, needsOf } from '../permissions/needs.js';
import { type Cause, type Check, fail, ok, warn } from './check.js';
import { checkBridges, checkGuests, checkNodes, checkPools, checkStorages } from './places.js';
import { checkSpace } from './space.js';
import { checkVersion } from './versions.js';

export type { Check };

/** The answer of `pmx preflight`. */
export interface Preflight {
  command: string;
  ok: boolean;
  checks: Check[];
}

const exitCodes: Record<Cause, ExitCode> = {
  request: ExitCode.request,
  surroundings: ExitCode.surroundings,
  proxmox: ExitCode.proxmox,
};

/** Of several causes the one that the caller can do most about. */
export function exitCodeOf(checks: readonly Check[]): ExitCode {
  for (const cause of ['request', 'surroundings', 'proxmox'] as const)
    if (checks.some((check) => check.cause === cause)) return exitCodes[cause];
  return ExitCode.ok;
}

export async function preflight(
  pve: PveReader,
  cache: string,
  rehearsed: Rehearsed,
): Promise<Preflight> {
  const { line, plans, reads, error } = rehearsed;
  if (error) {
    const cause = { 1: 'request', 2: 'surroundings', 3: 'proxmox' } as const;
    const schema = await descriptionOf(pve, cache);
    const missing = await missingToPlan(error, heldBy(pve), schema);
    const checks = [
      fail('plan', cause[error.exitCode as 1 | 2 | 3] ?? 'surroundings', error.message),
      ...missing.map(missingRight),
    ];
    return { command: line, ok: false, checks };
  }
  const steps = plans.reduce((sum, plan) => sum + plan.steps.length, 0);
  const checks = [
    ok(
      'plan',
      plans.length === 0
        ? 'It only reads, and may.'
        : `Planned: ${steps} ${steps === 1 ? 'step' : 'steps'}.`,
    ),
    ...(await checkParameters(plans, pve, cache)),
    ...(await checkPlaces(plans, pve)),
    ...(await checkRights(pve, cache, plans, reads)),
  ];
  return { command: line, ok: checks.every(({ status }) => status !== 'fail'), checks };
}

/** What `--dry-run` warns of: the same checks, those that are well left out. */
export async function dryRunWarnings(plan: Plan, pve: PveReader, cache: string): Promise<string[]> {
  const checks = [...(await checkPlaces([plan], pve)), ...(await checkRights(pve, cache, [plan]))];
  return [
    ...(await checkPlan(plan, pve as PveClient, cache)),
    ...checks.filter(({ status }) => status !== 'ok').map(({ text }) => text),
  ];
}

async function checkParameters(
  plans: readonly Plan[],
  pve: PveReader,
  cache: string,
): Promise<Check[]> {
  if (plans.length === 0) return [];
  if (!(await descriptionOf(pve, cache)))
    return [warn('parameters', 'The server offers no description of its API to check against.')];
  const problems: string[] = [];
  for (const plan of plans) problems.push(...(await checkPlan(plan, pve as PveClient, cache)));
  return problems.length === 0
    ? [ok('parameters', "All calls fit the server's description of its API.")]
    : problems.map((problem) => fail('parameters', 'request', problem));
}

function stepCalls(plans: readonly Plan[]): ApiCall[] {
  return plans.flatMap(callsOf).filter(({ phase }) => phase === 'step');
}

async function checkPlaces(plans: readonly Plan[], pve: PveReader): Promise<Check[]> {
  const calls = stepCalls(plans);
  if (calls.length === 0) return [];
  const { version } = await pve.get<{ version: string }>('/version');
  return [
    ...checkVersion(calls, version),
    ...(await checkNodes(pve, calls)),
    ...(await checkGuests(pve, calls)),
    ...(await checkStorages(pve, calls)),
    ...(await checkSpace(pve, plans, calls)),
    ...(await checkBridges(pve, calls)),
    ...(await checkPools(pve, calls)),
  ];
}

async function checkRights(
  pve: PveReader,
  cache: string,
  plans: readonly Plan[],
  reads: readonly Read[] = [],
): Promise<Check[]> {
  const schema = await descriptionOf(pve, cache);
  const needs = await needsOf(pve, schema, { plans: [...plans], reads });
  const { missing, missingForUndo, refused, unknown } = await judge(needs, heldBy(pve));
  const checks = [
    ...missing.map(missingRight),
    ...refused.map(({ what, by, step }) =>
      fail(
        'rights',
        'proxmox',
        `No privilege helps: ${what} ${by === 'root' ? 'is for root@pam with its password only' : 'takes no API token'} – ${step}.`,
      ),
    ),
    ...missingForUndo.map(({ privileges, path, step }) =>
      warn('rights', `${privileges.join(' or ')} on ${path} is missing to take it back – ${step}.`),
    ),
    // Without a description the parameters said so already.
    ...(schema ? unknown : []).map((what) => warn('rights', `Cannot be told: ${what}.`)),
  ];
  return checks.length > 0 ? checks : [ok('rights', `${pve.user} has all that is needed.`)];
}

function missingRight({ privileges, path, step }: Missing): Check {
  return fail(
    'rights',
    'proxmox',
    `${privileges.join(' or ') || 'A right'} on ${path} is missing – ${step}.`,
  );
}
