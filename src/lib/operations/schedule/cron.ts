import { type Launch, markOf, readMark, type Schedule } from './entry.js';
import type { When } from './when.js';

/** cron takes a bare % for the end of the line. */
const forCron = (text: string): string => text.replaceAll('%', String.raw`\%`);
const fromCron = (line: string): string => line.replaceAll(String.raw`\%`, '%');

const quoted = (word: string): string =>
  /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export function cronLine(schedule: Omit<Schedule, 'by'>, when: When, launch: Launch): string {
  const env = Object.entries(launch.env).map(([name, value]) => `${name}=${quoted(value)}`);
  const words = [...launch.program, '--no-input', ...schedule.command].map(quoted);
  return `${when.cron} ${forCron([...env, ...words, markOf(schedule)].join(' '))}`;
}

export function cronSchedules(crontab: string): Schedule[] {
  return crontab.split('\n').flatMap((line): Schedule[] => {
    const said = /^\s*#/.test(line) ? undefined : readMark(fromCron(line));
    return said ? [{ ...said, by: 'cron' }] : [];
  });
}

/** The line of a schedule as it stands there; other lines are never touched. */
export function cronLineOf(crontab: string, name: string): string | undefined {
  return crontab.split('\n').find((line) => cronSchedules(line)[0]?.name === name);
}

export function withCronLine(crontab: string, name: string, line: string | null): string {
  const lines = crontab.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const at = lines.findIndex((one) => cronSchedules(one)[0]?.name === name);
  if (at >= 0) lines.splice(at, 1, ...(line === null ? [] : [line]));
  else if (line !== null) lines.push(line);
  return lines.map((one) => `${one}\n`).join('');
}
