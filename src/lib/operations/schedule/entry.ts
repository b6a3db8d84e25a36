import { invalid } from '@pmx-cli/kit';

import { lasting } from '../../config/place.js';

export interface Schedule {
  name: string;
  /** As typed: `Mon-Fri 03:30`. */
  at: string;
  by: Scheduler;
  /** Words behind `pmx`. */
  command: string[];
}

export type Scheduler = 'systemd' | 'cron';

/** What a schedule says about itself, in a comment that only pmx writes. */
const mark = '# pmx-schedule ';

export function markOf({ name, at, command }: Omit<Schedule, 'by'>): string {
  return `${mark}${JSON.stringify({ name, at, command })}`;
}

/** Undefined for a text that is none of ours. */
export function readMark(text: string): Omit<Schedule, 'by'> | undefined {
  const from = text.indexOf(mark);
  if (from < 0) return undefined;
  try {
    const { name, at, command } = JSON.parse(
      text.slice(from + mark.length).split('\n')[0]!,
    ) as Partial<Schedule>;
    const whole = typeof name === 'string' && typeof at === 'string' && Array.isArray(command);
    return whole ? { name, at, command: command.map(String) } : undefined;
  } catch {
    return undefined;
  }
}

/** @throws RequestError `PMX_INVALID_SCHEDULE_NAME` */
export function parseScheduleName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return name;
  throw invalid(
    'PMX_INVALID_SCHEDULE_NAME',
    'Name of a schedule',
    name,
    'it must be 1 to 40 small letters, digits and dashes, and not begin with a dash',
    'For example: nightly-backup',
  );
}

/** Where pmx finds its files; nothing secret is among them. */
const places = /^(?:PMX_HOME|XDG_(?:CONFIG|STATE|DATA|CACHE)_HOME|NODE_EXTRA_CA_CERTS)$/;

/** How the scheduler starts pmx: as it was started now, with the same folders, and never asking. */
export interface Launch {
  /** Node and the file of pmx. */
  program: readonly string[];
  env: Readonly<Record<string, string>>;
}

export function launchOf(argv: readonly string[], env: NodeJS.ProcessEnv): Launch {
  const kept = Object.entries(env).filter(([name, value]) => places.test(name) && value);
  return {
    program: argv.slice(0, 2).map((path) => lasting(path)),
    env: Object.fromEntries(kept) as Record<string, string>,
  };
}
