/** How long a task takes on an ordinary server with a local SSD, in milliseconds, before any data is moved. */
const BASE_MILLIS: Readonly<Record<string, number>> = {
  qmstart: 1000,
  qmstop: 700,
  qmshutdown: 4000,
  qmreboot: 4000,
  qmreset: 200,
  qmpause: 200,
  qmsuspend: 4000,
  qmresume: 200,
  qmcreate: 600,
  qmclone: 500,
  qmtemplate: 400,
  qmdestroy: 600,
  qmconfig: 100,
  qmsnapshot: 800,
  qmdelsnapshot: 700,
  qmrollback: 900,
  qmmove: 500,
  qmigrate: 3000,
  resize: 300,
  imgcopy: 300,
  imgdel: 300,
  download: 1000,
  vzdump: 2000,
};
const OTHER_MILLIS = 500;
/** What such a disk copies in a second. */
const BYTES_PER_SECOND = 400 * 1024 * 1024;
/** Nothing takes exactly as long twice. */
const JITTER = 0.1;

export interface Pace {
  /** What every task takes when there is no speed. */
  taskMillis: number;
  /** 1 is an ordinary server, 10 is ten times as fast, 0 is as fast as it goes. */
  speed: number | undefined;
}

/** How long a task takes at least. `chance` is from 0 to below 1. */
export function taskDuration(
  pace: Pace,
  task: { type: string; bytes?: number | undefined },
  chance: () => number,
): number {
  if (pace.speed === undefined) return pace.taskMillis;
  if (pace.speed === 0) return 0;
  const base = BASE_MILLIS[task.type] ?? OTHER_MILLIS;
  const moving = ((task.bytes ?? 0) / BYTES_PER_SECOND) * 1000;
  const jitter = 1 + (chance() * 2 - 1) * JITTER;
  return Math.round(((base + moving) * jitter) / pace.speed);
}

const BOOT_MILLIS = 12_000;
const DEFAULT_BOOT_MILLIS = 2000;

/** How long a guest boots until its agent answers. */
export function bootDuration(speed: number | undefined): number {
  if (speed === undefined) return DEFAULT_BOOT_MILLIS;
  return speed === 0 ? 0 : Math.round(BOOT_MILLIS / speed);
}
