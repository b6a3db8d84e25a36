import { RequestError } from '../errors/index.js';
import type { Column } from '../host/index.js';
import { findKey, type Key } from './keys.js';

type Operator = '!=' | '!~' | '>=' | '<=' | '=' | '~' | '>' | '<';

interface Condition {
  key: string;
  operator: Operator;
  wanted: string;
}

const grammar = /^([\w.-]+)(!=|!~|>=|<=|=|~|>|<)(.*)$/s;

/** `status=running,memory>1G` → conditions that must all hold. A comma is written `\,`. */
function parseFilter(text: string): Condition[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, key, operator, wanted] = grammar.exec(part) ?? [];
      if (key === undefined || wanted === undefined) throw wrongFilter(part);
      return { key, operator: operator as Operator, wanted };
    });
}

/** @throws RequestError `PMX_FILTER`, `PMX_UNKNOWN_COLUMN` */
export function filterRows<Row>(
  rows: readonly Row[],
  columns: ReadonlyArray<Column<Row>>,
  filters: readonly string[],
): Row[] {
  const tests = filters.flatMap(parseFilter).map((condition) => {
    const key = findKey(condition.key, rows, columns);
    const matches = testOf(condition);
    return (row: Row): boolean => matches(key.raw(row), shownOf(key, row));
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

type Test = (raw: unknown, shown: string) => boolean;

function testOf({ key, operator, wanted }: Condition): Test {
  switch (operator) {
    case '=':
      return (raw, shown) => equals(raw, shown, wanted);
    case '!=':
      return (raw, shown) => !equals(raw, shown, wanted);
    case '~':
    case '!~': {
      const glob = globOf(wanted);
      const hit: Test = (raw, shown) =>
        Array.isArray(raw) ? raw.some((item) => glob.test(String(item))) : glob.test(shown);
      return operator === '~' ? hit : (raw, shown) => !hit(raw, shown);
    }
    default: {
      const limit = quantity(wanted);
      if (limit === undefined) throw wrongFilter(`${key}${operator}${wanted}`);
      return (raw) => {
        if (raw === undefined || raw === null || raw === '') return false;
        const value = Number(raw);
        if (operator === '>') return value > limit;
        if (operator === '<') return value < limit;
        return operator === '>=' ? value >= limit : value <= limit;
      };
    }
  }
}

/** The raw value or the one that is seen; one of many, for tags. */
function equals(raw: unknown, shown: string, wanted: string): boolean {
  if (Array.isArray(raw)) return raw.map(String).includes(wanted) || (wanted === '' && !raw.length);
  if (String(raw ?? '') === wanted || shown === wanted) return true;
  const number = quantity(wanted);
  return typeof raw === 'number' && number !== undefined && raw === number;
}

function shownOf<Row>(key: Key<Row>, row: Row): string {
  const value = key.column.value(row);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined ? '' : String(value);
}

function globOf(pattern: string): RegExp {
  const parts = pattern
    .split(/([*?])/)
    .map((part) =>
      part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&'),
    );
  return new RegExp(`^${parts.join('')}$`, 'is');
}

/** Factors of bytes and of seconds; PVE counts sizes in powers of 1024. */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** `1.5G` → bytes, `2h` → seconds, `80%` → 0.8. */
function quantity(text: string): number | undefined {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)\s*(%|[KMGT](?:iB)?|[smhd])?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (unit === '%') return Number(digits) / 100;
  return Number(digits) * factors[unit.replace('iB', '')]!;
}

function wrongFilter(part: string): RequestError {
  return new RequestError({
    code: 'PMX_FILTER',
    message: `'${part}' is no filter: it takes KEY=VALUE, KEY~GLOB, KEY>NUMBER, or their opposites.`,
    hints: [
      "For example --filter 'status=running,memory>1G,name~web-*'",
      'Numbers may have a unit: K M G T (bytes), s m h d (time), %.',
    ],
  });
}
