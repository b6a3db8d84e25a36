import type { Guest } from '../pve/index.js';
import { invalid } from './invalid.js';
import { globToRegExp } from './targets.js';

interface Condition {
  key: Key;
  negated: boolean;
  wanted: RegExp;
}

/** What `-l` may speak of; a guest has several tags, so one that fits is enough. */
const values = {
  tag: (guest: Guest) => guest.tags,
  status: (guest: Guest) => [guest.status],
  node: (guest: Guest) => [guest.node],
  pool: (guest: Guest) => [guest.pool ?? ''],
  name: (guest: Guest) => [guest.name],
  lock: (guest: Guest) => [guest.lock ?? ''],
} as const;

type Key = keyof typeof values;

const keys = Object.keys(values) as Key[];

/** Conditions that must all hold. */
export class Selector {
  readonly #conditions: readonly Condition[];

  constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
  }

  /** Lists of the nodes do not tell pools, so whoever matches has to ask for them. */
  get needsPools(): boolean {
    return this.#conditions.some(({ key }) => key === 'pool');
  }

  matches(guest: Guest): boolean {
    return this.#conditions.every(({ key, negated, wanted }) => {
      const found = values[key](guest).some((value) => wanted.test(value));
      return found !== negated;
    });
  }
}

/**
 * `tag=web,status=running,node!=pve2,name=web-*`: all must hold, also those of several texts.
 * @throws RequestError `PMX_INVALID_SELECTOR`
 */
export function parseSelector(texts: readonly string[]): Selector {
  return new Selector(
    texts.flatMap((text) => text.split(',').map((part) => condition(part, text))),
  );
}

function condition(part: string, text: string): Condition {
  const [, key, operator, wanted] = /^\s*([\w-]+)\s*(!=|==?)\s*(.*?)\s*$/.exec(part) ?? [];
  if (key === undefined || wanted === undefined) {
    throw refusal(text, 'it takes KEY=VALUE and KEY!=VALUE, separated by commas');
  }
  if (!keys.includes(key as Key)) {
    throw refusal(text, `there is no key '${key}'; there are ${keys.join(', ')}`);
  }
  return { key: key as Key, negated: operator === '!=', wanted: globToRegExp(wanted) };
}

function refusal(text: string, rule: string): ReturnType<typeof invalid> {
  return invalid(
    'PMX_INVALID_SELECTOR',
    'Selector',
    text,
    rule,
    "For example: -l 'tag=web,status=running,node!=pve2'",
  );
}
