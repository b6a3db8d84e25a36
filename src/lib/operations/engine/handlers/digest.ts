import type { DigestGuard, PveCallArgs } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';

import type { StepContext } from './handler.js';

type Config = Record<string, unknown> & { digest?: string };

/**
 * After "checksum mismatch": somebody changed the configuration since it was read. What this call
 * was planned upon has to be as it was; then the change of the others stays and this one follows.
 *
 * @param lost the call was sent before and nobody saw its answer: it may itself be the change
 * @returns what to send next, or that everything already is as the call would make it
 * @throws ProxmoxError `PMX_GUEST_CHANGED`
 */
export async function readAgain(
  args: PveCallArgs & { guard: DigestGuard },
  context: StepContext,
  lost: boolean,
): Promise<DigestGuard | 'reached'> {
  const { guard, params = {} } = args;
  const pve = await context.pve();
  const path = context.resolve(guard.path) as string;
  const config = await pve.get<Config>(path);
  const wanted = context.resolve(params) as Record<string, unknown>;
  const removed = String(wanted['delete'] ?? '').split(',');
  const isReached = (field: string): boolean =>
    removed.includes(field)
      ? config[field] === undefined
      : wanted[field] !== undefined && same(config[field], wanted[field]);
  const fields = Object.keys(guard.unchanged);
  if (lost && fields.length > 0 && fields.every(isReached)) return 'reached';
  const changed = fields.find((field) => !same(config[field], guard.unchanged[field]));
  if (changed !== undefined) throw changedMeanwhile(path, changed, guard, config);
  if (config.digest === undefined || config.digest === guard.digest) throw noNewDigest(path);
  context.report('somebody else changed the configuration, but nothing that this is about');
  return { ...guard, digest: config.digest };
}

/** PVE gives numbers as texts now and then, and switches as 0 and 1. */
function same(a: unknown, b: unknown): boolean {
  return text(a) === text(b);
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

function changedMeanwhile(
  path: string,
  field: string,
  { unchanged }: DigestGuard,
  config: Config,
): ProxmoxError {
  const shown = (value: unknown): string =>
    text(value) === undefined ? 'not set' : `'${text(value)}'`;
  return new ProxmoxError({
    code: 'PMX_GUEST_CHANGED',
    message: `Somebody else changed ${path} meanwhile: ${field} is ${shown(config[field])} and was ${shown(unchanged[field])}.`,
    hints: ['Nothing of this call was done. Look at it, then run the command again.'],
    data: { path, field },
  });
}

function noNewDigest(path: string): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_GUEST_CHANGED',
    message: `The server says that ${path} was changed meanwhile, and shows no change.`,
    hints: ['Run the command again.'],
    data: { path },
  });
}
