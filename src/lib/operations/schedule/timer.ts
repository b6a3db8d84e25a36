import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { TimerUnits } from '@pmx-cli/kit';

import { type Launch, markOf, readMark, type Schedule } from './entry.js';
import type { When } from './when.js';

const prefix = 'pmx-schedule-';

export const unitName = (name: string): string => `${prefix}${name}`;

/** Where systemd looks for units of the user. */
export function unitFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'systemd', 'user');
}

/** `%` and `$` mean something to systemd even between quotation marks. */
function quoted(word: string): string {
  const escaped = word
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

export function timerUnits(
  schedule: Omit<Schedule, 'by'>,
  when: When,
  { program, env }: Launch,
): TimerUnits {
  const about = `Description=pmx schedule ${schedule.name}`;
  const command = [...program, '--no-input', ...schedule.command].map(quoted).join(' ');
  return {
    service: [
      markOf(schedule),
      '[Unit]',
      about,
      '',
      '[Service]',
      'Type=oneshot',
      ...Object.entries(env).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`),
      `ExecStart=${command}`,
      '',
    ].join('\n'),
    timer: [
      markOf(schedule),
      '[Unit]',
      about,
      '',
      '[Timer]',
      `OnCalendar=${when.calendar}`,
      // What was missed while this machine was off is made up for.
      'Persistent=true',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ].join('\n'),
  };
}

export function timerSchedules(folder: string): Schedule[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.timer'))
    .sort()
    .flatMap((file): Schedule[] => {
      const said = readMark(readFileSync(join(folder, file), 'utf8'));
      return said ? [{ ...said, by: 'systemd' }] : [];
    });
}

export function unitsOf(folder: string, name: string): TimerUnits | undefined {
  const path = (kind: string): string => join(folder, `${unitName(name)}.${kind}`);
  if (!existsSync(path('timer')) || !existsSync(path('service'))) return undefined;
  return {
    service: readFileSync(path('service'), 'utf8'),
    timer: readFileSync(path('timer'), 'utf8'),
  };
}
