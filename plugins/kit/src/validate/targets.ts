import { invalid } from './invalid.js';

/** One word that names guests. */
export type TargetExpression =
  | { kind: 'id'; vmid: number }
  | { kind: 'range'; from: number; to: number }
  | { kind: 'glob'; pattern: RegExp }
  | { kind: 'name'; name: string };

const maxRange = 10_000;

/**
 * `101` · `110-120` · `web-*` · `web-01`.
 * @throws RequestError `PMX_INVALID_TARGET`
 */
export function parseTarget(value: string): TargetExpression {
  if (/^\d+$/.test(value)) return { kind: 'id', vmid: Number(value) };
  const range = /^(\d+)-(\d+)$/.exec(value);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (from > to || to - from >= maxRange) {
      throw invalid(
        'PMX_INVALID_TARGET',
        'Range',
        value,
        `it must rise and span at most ${maxRange} ids`,
        'For example: 110-120',
      );
    }
    return { kind: 'range', from, to };
  }
  if (isPattern(value)) {
    return { kind: 'glob', pattern: globToRegExp(value) };
  }
  if (value.trim() === '') {
    throw invalid(
      'PMX_INVALID_TARGET',
      'Target',
      value,
      'it is empty',
      "Give a name, an id, a range (110-120) or a pattern ('web-*').",
    );
  }
  return { kind: 'name', name: value };
}

/** Whether it stands for whatever it matches, and names nobody. */
export function isPattern(value: string): boolean {
  return /[*?]/.test(value);
}

/** `web-*` → what matches it as a whole, in any case. */
export function globToRegExp(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
