import { readFile } from 'node:fs/promises';

import { RequestError, SurroundingsError } from '@pmx-cli/kit';

import { FaultRuleError, type FaultRule, parseRules } from '../server/faults/rule.js';

/** Flags of `fault add` that hold one rule; all texts, so that a message can quote what was given. */
export interface RuleFlags {
  id?: string;
  method?: string;
  path?: string;
  nth?: string;
  times?: string;
  probability?: string;
  seed?: string;
  action?: string;
  after?: boolean;
  status?: string;
  percent?: string;
  message?: string;
  seconds?: string;
  storage?: string;
  node?: string;
  bytes?: string;
  vmid?: string;
}

/** @throws RequestError `PMX_INVALID_FAULT` */
export function rulesOfFlags(flags: RuleFlags, taken: readonly string[]): FaultRule[] {
  const { id, method, path, message, storage, node, action, after } = flags;
  const rule = {
    id,
    match: {
      method,
      path,
      nth: numeric(flags.nth),
      times: numeric(flags.times),
      probability: numeric(flags.probability),
      seed: numeric(flags.seed),
    },
    action: {
      type: action,
      after: after === true ? true : undefined,
      status: numeric(flags.status),
      percent: numeric(flags.percent),
      message,
      seconds: numeric(flags.seconds),
      storage,
      node,
      bytes: numeric(flags.bytes),
      vmid: numeric(flags.vmid),
    },
  };
  return checked([rule], taken);
}

/**
 * Reads a YAML (or JSON) file with a list of rules.
 * @throws RequestError `PMX_INVALID_FAULT`, SurroundingsError `PMX_FILE_UNREADABLE`
 */
export async function rulesOfFile(file: string, taken: readonly string[]): Promise<FaultRule[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new SurroundingsError({
      code: 'PMX_FILE_UNREADABLE',
      message: `${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      hints: ['Give the file with the rules: -f faults.yaml'],
      cause: error,
    });
  }
  // Loaded here only: no other command pays for it.
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new RequestError({
      code: 'PMX_INVALID_FAULT',
      message: `${file} is no YAML: ${(error as Error).message.trimEnd().split('\n')[0]}`,
      hints: ['Correct the file. It holds a list: - action: {type: reset}'],
    });
  }
  return checked(value, taken, file);
}

function checked(value: unknown, taken: readonly string[], file?: string): FaultRule[] {
  try {
    return parseRules(value, taken);
  } catch (error) {
    if (!(error instanceof FaultRuleError)) throw error;
    throw new RequestError({
      code: 'PMX_INVALID_FAULT',
      message: file === undefined ? error.message : `${file}: ${error.message}`,
      hints: [...error.hints, 'Nothing was changed.'],
    });
  }
}

/** What is no number stays text: the check then quotes it. */
function numeric(value: string | undefined): string | number | undefined {
  if (value === undefined) return undefined;
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Names that the server does not have. @throws RequestError `PMX_INVALID_FAULT` */
export function checkNames(
  rules: readonly FaultRule[],
  kind: 'node' | 'storage',
  known: readonly string[],
): void {
  for (const { id, action } of rules) {
    const name = action[kind];
    if (name === undefined || known.includes(name)) continue;
    throw new RequestError({
      code: 'PMX_INVALID_FAULT',
      message: `Rule '${id}': ${kind} '${name}' is not valid: the sandbox has no such ${kind}.`,
      hints: [`There are: ${known.join(', ')}.`, 'Nothing was changed.'],
    });
  }
}
