import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { allSteps, type Json, type Plan, resolve as resolveValue } from '@pmx-cli/kit';

import {
  type ApiSchema,
  checkCall,
  fetchApiSchema,
  type PveClient,
  unknownValue,
} from '../api/index.js';
import { callOfEffect } from './describe/effect-call.js';

/**
 * Holds every API call of a plan against the description that the server itself offers.
 * @returns problems in words; none also when the server offers no description
 */
export async function checkPlan(
  plan: Plan,
  pve: PveClient,
  cacheDirectory: string,
): Promise<string[]> {
  const calls = allSteps(plan.steps).flatMap((step) => {
    const args = step.kind === 'pve.call' ? step.args : callOfEffect(step);
    return args ? [{ title: step.title, args }] : [];
  });
  if (calls.length === 0) return [];
  const schema = await loadSchema(pve, cacheDirectory);
  if (!schema) return [];
  return calls.flatMap(({ title, args }) => {
    const known = { ...plan.variables };
    const bindings = {
      variable: (name: string): Json => known[name] ?? String(unknownValue),
      secret: () => String(unknownValue),
    };
    const params = Object.fromEntries(
      Object.entries(args.params ?? {})
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [
          key,
          dependsOnUnknown(value, known) ? unknownValue : resolveValue(value, bindings),
        ]),
    );
    const path = String(resolveValue(args.path, bindings));
    return (
      checkCall(schema, { method: args.method, path, params })
        // In a path, where it has to be text, an unknown value cannot be told from a wrong one.
        .filter((problem) => !problem.includes(String(unknownValue)))
        .map((problem) => `${title}: ${problem}`)
    );
  });
}

function dependsOnUnknown(value: unknown, known: Record<string, Json>): boolean {
  const text = JSON.stringify(value);
  return (
    /"\$secret":/.test(text) ||
    [...text.matchAll(/"\$var":"([^"]+)"/g)].some((match) => known[match[1]!] === undefined)
  );
}

const loaded = new WeakMap<PveClient, Promise<ApiSchema | undefined>>();

/** The description has some 5 MB: kept on disk for each server and version, and read once a run. */
export function loadSchema(pve: PveClient, directory: string): Promise<ApiSchema | undefined> {
  const known = loaded.get(pve) ?? readSchema(pve, directory);
  loaded.set(pve, known);
  return known;
}

async function readSchema(pve: PveClient, directory: string): Promise<ApiSchema | undefined> {
  const [{ fingerprint }, { version }] = await Promise.all([
    pve.identity(),
    pve.get<{ version: string }>('/version'),
  ]);
  const name = `api-${fingerprint.replaceAll(':', '').slice(0, 16)}-${version.replaceAll(/[^\w.-]/g, '_')}.json`;
  const path = join(directory, name);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ApiSchema;
  } catch {
    // Not cached yet, or cut short: asked for again.
  }
  const schema = await fetchApiSchema(pve);
  try {
    mkdirSync(directory, { recursive: true });
    if (schema) writeFileSync(path, JSON.stringify(schema));
  } catch {
    // A cache that cannot be written is no reason to fail.
  }
  return schema;
}
