import { invalid, parseGuestName } from '@pmx-cli/kit';

const most = 1000;
const counter = /\{(n+)\}/;
const range = /^(.*?)(\d+)\.\.(\d+)(.*)$/;

/**
 * `web-01..05` and `web-{n}` with a count → names; a plain name stands for itself.
 * @throws RequestError `PMX_INVALID_NAME`, `PMX_INVALID_BULK`
 */
export function expandNames(pattern: string, count: number | undefined): string[] {
  return numbered(pattern, count).map((name) => parseGuestName(name));
}

/** Whether a word stands for several names. */
export function isNamePattern(word: string): boolean {
  return counter.test(word) || range.test(word);
}

function numbered(pattern: string, count: number | undefined): string[] {
  const spread = range.exec(pattern);
  if (spread) {
    const [, before = '', first = '', last = '', behind = ''] = spread;
    const length = Number(last) - Number(first) + 1;
    if (length < 1) throw refuse(pattern, `the range ${first}..${last} runs backwards`);
    requireFew(pattern, length);
    if (count !== undefined && count !== length)
      throw refuse(pattern, `it names ${length}, but --count says ${count}`);
    return Array.from(
      { length },
      (_, index) =>
        `${before}${String(Number(first) + index).padStart(first.length, '0')}${behind}`,
    );
  }
  const place = counter.exec(pattern);
  if (place) {
    if (count === undefined) throw refuse(pattern, `it needs --count to know how many`);
    requireFew(pattern, count);
    return Array.from({ length: count }, (_, index) =>
      pattern.replace(counter, String(index + 1).padStart(place[1]!.length, '0')),
    );
  }
  if (count === undefined || count === 1) return [pattern];
  throw refuse(pattern, `${count} guests cannot all have this name`);
}

function requireFew(pattern: string, count: number): void {
  if (count > most) throw refuse(pattern, `${count} at once are more than ${most}`);
}

function refuse(pattern: string, rule: string): Error {
  return invalid(
    'PMX_INVALID_BULK',
    'Name',
    pattern,
    rule,
    "For example: web-01..05, or 'web-{n}' --count 5 ({nn} gives 01, 02 …)",
  );
}
