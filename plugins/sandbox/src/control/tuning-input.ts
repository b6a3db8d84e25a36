import { invalid } from '@pmx-cli/kit';

const fastest = 1000;

/**
 * Reads `0`, `1x`, `10x`, `0.5x`; the x may be left out.
 * @throws RequestError `PMX_INVALID_SPEED`
 */
export function parseSpeed(text: string): number {
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text.trim())?.[1] ?? NaN);
  if (speed <= fastest) return speed;
  throw invalid(
    'PMX_INVALID_SPEED',
    'speed',
    text,
    `it must be a number from 0 to ${fastest}, with or without an x`,
    'For example: --speed 1x (an ordinary server), --speed 10x, --speed 0 (as fast as it goes)',
  );
}

/** @throws RequestError `PMX_INVALID_SEED` */
export function parseSeed(text: string): string {
  if (text.trim() !== '') return text;
  throw invalid(
    'PMX_INVALID_SEED',
    'seed',
    text,
    'it must be a text or a number',
    'For example: --seed 42',
  );
}
