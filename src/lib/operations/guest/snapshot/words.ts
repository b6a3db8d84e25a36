import type { Snapshot } from './read.js';

/** `2026-11-20 10:42, with memory, "before the upgrade"`. */
export function snapshotDetail({ takenSeconds, vmstate, description }: Snapshot): string {
  const [firstLine = ''] = description.split('\n');
  return [
    takenSeconds === undefined ? 'not finished' : momentOf(takenSeconds),
    vmstate ? 'with memory' : '',
    firstLine === '' ? '' : `"${firstLine}"`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

export function momentOf(seconds: number): string {
  const at = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
