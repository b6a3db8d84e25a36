import { ACTION_TYPES, ACTIONS, actionText } from './actions.js';
import type { ActionKind, ActionType, Detail, FaultAction } from './actions.js';
import { compileGlob } from './glob.js';

/** Which requests a rule is about; each part that is left out fits all. */
export interface FaultMatch {
  method?: string;
  path?: string;
  /** Begins with this matching request, counted from 1; once only, unless `times` says more. */
  nth?: number;
  /** Happens to this share of the matching requests. */
  probability?: number;
  /** Decides which ones these are: the same seed gives the same ones. */
  seed?: number;
  /** Happens that often at most. */
  times?: number;
}

export interface FaultRule {
  id: string;
  match: FaultMatch;
  action: FaultAction;
}

/** A rule that cannot be: which one, what about it, and what to write instead. */
export class FaultRuleError extends Error {
  readonly hints: readonly string[];

  constructor(message: string, ...hints: string[]) {
    super(message);
    this.name = 'FaultRuleError';
    this.hints = hints;
  }
}

interface Check {
  accepts: (value: unknown) => boolean;
  rule: string;
  example: string;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
/** A reason phrase is one line, and PVE sends nothing beyond Latin-1. */
const LINE = /^[\x20-\x7e\xa0-\xff]{1,200}$/;

const integer = (minimum: number, maximum: number, example: string): Check => ({
  accepts: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum,
  rule: `it must be a whole number from ${minimum} to ${maximum}`,
  example,
});
const number = (minimum: number, maximum: number, example: string): Check => ({
  accepts: (value) => typeof value === 'number' && value >= minimum && value <= maximum,
  rule: `it must be a number from ${minimum} to ${maximum}`,
  example,
});
const word = (pattern: RegExp, rule: string, example: string): Check => ({
  accepts: (value) => typeof value === 'string' && pattern.test(value),
  rule,
  example,
});

const ID = word(
  /^[A-Za-z0-9][\w.-]{0,63}$/,
  'it must be letters, digits, _ . and -, at most 64 of them',
  'lost-clone',
);

const MATCH_CHECKS: Record<keyof FaultMatch, Check> = {
  method: {
    accepts: (value) => METHODS.includes(value as string),
    rule: `it must be one of ${METHODS.join(', ')}`,
    example: 'POST',
  },
  path: {
    accepts: (value) => typeof value === 'string' && compileGlob(value) !== undefined,
    rule: 'it must be an API path that begins with / and goes without /api2/json and query; * stands for one part, ** for any number of them',
    example: '/nodes/*/qemu/*/clone',
  },
  nth: integer(1, 1_000_000, '2'),
  probability: number(0, 1, '0.2'),
  seed: integer(0, 2 ** 31, '42'),
  times: integer(1, 1_000_000, '1'),
};

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
const DAY = 86_400;

function detailCheck(type: ActionType, detail: Detail): Check {
  switch (detail) {
    case 'after':
      return {
        accepts: (value) => typeof value === 'boolean',
        rule: 'it must be true or false',
        example: 'true',
      };
    case 'status':
      return integer(400, 599, '596');
    case 'percent':
      return number(0, 100, '50');
    case 'message':
      return word(LINE, 'it must be one line of at most 200 Latin-1 characters', 'disk is broken');
    case 'seconds':
      // A clock may be wrong in both directions.
      return type === 'clock-skew'
        ? number(-3650 * DAY, 3650 * DAY, '-3600')
        : number(0, DAY, '0.5');
    case 'storage':
      return word(NAME, 'it must be the name of a storage', 'local');
    case 'node':
      return word(/^[a-zA-Z0-9-]{1,63}$/, 'it must be the name of a node', 'pve2');
    case 'bytes':
      return integer(0, 2 ** 50, '1048576');
    case 'vmid':
      return integer(100, 999_999_999, '101');
  }
}

function check(
  where: string,
  name: string,
  value: unknown,
  { accepts, rule, example }: Check,
): void {
  if (accepts(value)) return;
  throw new FaultRuleError(
    `${where}: ${name} '${typeof value === 'string' && !/[\n\r\t]/.test(value) ? value : JSON.stringify(value)}' is not valid: ${rule}.`,
    `For example: ${name} ${example}`,
  );
}

function onlyKnown(where: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new FaultRuleError(
      `${where}: there is no '${name}' here.`,
      `There are: ${known.join(', ')}.`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

/**
 * Checks one rule and fills in what was left out.
 * @param where names the rule in messages
 * @throws FaultRuleError
 */
export function parseRule(value: unknown, where: string, id: string): FaultRule {
  if (!isRecord(value)) {
    throw new FaultRuleError(
      `${where}: this is no rule: ${JSON.stringify(value)}.`,
      'A rule is {match: {method, path …}, action: {type …}}.',
    );
  }
  onlyKnown(where, value, ['id', 'match', 'action']);
  const given = value['id'] ?? id;
  check(where, 'id', given, ID);
  const match = value['match'] ?? {};
  if (!isRecord(match))
    throw new FaultRuleError(
      `${where}: match ${JSON.stringify(match)} is not a group of settings.`,
      'For example: match: {method: POST, path: /nodes/*/qemu}',
    );
  const names = Object.keys(MATCH_CHECKS) as (keyof FaultMatch)[];
  onlyKnown(`${where}, match`, match, names);
  const wanted = withoutUndefined(match);
  if (typeof wanted['method'] === 'string') wanted['method'] = wanted['method'].toUpperCase();
  for (const name of names)
    if (wanted[name] !== undefined) check(where, name, wanted[name], MATCH_CHECKS[name]);
  return { id: String(given), match: wanted, action: parseAction(value['action'], where) };
}

function parseAction(value: unknown, where: string): FaultAction {
  const action = typeof value === 'string' ? { type: value } : (value ?? {});
  if (!isRecord(action))
    throw new FaultRuleError(
      `${where}: action ${JSON.stringify(action)} is not a group of settings.`,
      'For example: action: {type: reset, after: true}',
    );
  const { type, ...rest } = action;
  if (type === undefined)
    throw new FaultRuleError(
      `${where}: the action is missing.`,
      `There are: ${ACTION_TYPES.join(', ')}.`,
    );
  if (!ACTION_TYPES.includes(type as ActionType))
    throw new FaultRuleError(
      `${where}: action '${String(type)}' is not known.`,
      `There are: ${ACTION_TYPES.join(', ')}.`,
    );
  const known = type as ActionType;
  const kind: ActionKind = ACTIONS[known];
  const details = withoutUndefined(rest);
  onlyKnown(`${where}, action ${known}`, details, [...kind.needs, ...kind.takes]);
  for (const name of kind.needs) {
    if (details[name] !== undefined) continue;
    throw new FaultRuleError(
      `${where}: action ${known} needs ${name}.`,
      `For example: ${name} ${detailCheck(known, name).example}`,
    );
  }
  for (const [name, item] of Object.entries(details))
    check(where, name, item, detailCheck(known, name as Detail));
  return { type: known, ...details };
}

/**
 * Checks a list of rules; rules without an id get `fault-1`, `fault-2` … around those that are taken.
 * @throws FaultRuleError about the first that cannot be
 */
export function parseRules(value: unknown, taken: readonly string[] = []): FaultRule[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new FaultRuleError(
      'This is no list of rules.',
      'Write one rule an item: - action: {type: reset}',
    );
  const ids = new Set(taken);
  for (const item of value as unknown[])
    if (isRecord(item) && typeof item['id'] === 'string') ids.add(item['id']);
  const seen = new Set(taken);
  let number = 1;
  return (value as unknown[]).map((item, index) => {
    while (ids.has(`fault-${number}`)) number++;
    const rule = parseRule(
      item,
      value.length === 1 ? 'Rule' : `Rule ${index + 1}`,
      `fault-${number}`,
    );
    ids.add(rule.id);
    if (seen.has(rule.id))
      throw new FaultRuleError(
        `Rule ${index + 1}: there is a rule '${rule.id}' already.`,
        `Clear it first (pmx sandbox fault clear ${rule.id}), or give another id.`,
      );
    seen.add(rule.id);
    return rule;
  });
}

/** A whole rule, as a person reads it; without requests it is in force by itself. */
export function ruleText({ match, action }: FaultRule): string {
  return startsAtOnce({ match, action })
    ? actionText(action)
    : `${actionText(action)} on ${matchText(match)}`;
}

/** A lasting fault begins with a request, if its rule names one; else at once. */
export function startsAtOnce({ match, action }: Omit<FaultRule, 'id'>): boolean {
  return ACTIONS[action.type].lasting && Object.keys(match).length === 0;
}

/** Which requests, as a person reads it: `POST /nodes/*`. */
export function matchText({ method, path, nth, times, probability }: FaultMatch): string {
  return [
    method ?? 'any',
    path ?? '**',
    ...(nth === undefined ? [] : [`nth=${nth}`]),
    ...(times === undefined ? [] : [`times=${times}`]),
    ...(probability === undefined ? [] : [`probability=${probability}`]),
  ].join(' ');
}
