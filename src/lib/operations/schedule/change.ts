import type { Impact, Plan, Step } from '@pmx-cli/kit';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { readCrontab } from '../engine/handlers/crontab.js';
import { lingers, userSystemd } from '../engine/handlers/systemctl.js';
import { cronLine, cronLineOf, cronSchedules } from './cron.js';
import { type Launch, launchOf, type Schedule, type Scheduler } from './entry.js';
import { timerSchedules, timerUnits, unitFolder, unitsOf } from './timer.js';
import { parseWhen } from './when.js';

export interface ScheduleRequest {
  name: string;
  at: string;
  with: Scheduler | 'auto';
  command: readonly string[];
  replace: boolean;
}

/** Of this user on this machine, whichever of the two starts them. */
export async function readSchedules(): Promise<Schedule[]> {
  const crontab = await readCrontab();
  return [...timerSchedules(unitFolder()), ...cronSchedules(crontab ?? '')];
}

/** @throws RequestError `PMX_SCHEDULE_EXISTS`, SurroundingsError `PMX_NO_SCHEDULER` */
export async function planScheduleAdd(
  request: ScheduleRequest,
  launch: Launch = launchOf(process.argv, process.env),
): Promise<Plan> {
  const when = parseWhen(request.at);
  refuseLineBreaks(request.command);
  const before = (await readSchedules()).find(({ name }) => name === request.name);
  if (before && !request.replace) throw exists(before);
  const by = request.with === 'auto' ? (before?.by ?? (await choose())) : request.with;
  const schedule: Schedule = {
    name: request.name,
    at: request.at,
    by,
    command: [...request.command],
  };
  const make =
    by === 'cron'
      ? await cronStep(schedule.name, cronLine(schedule, when, launch))
      : timerStep(schedule.name, timerUnits(schedule, when, launch));
  return {
    operation: 'schedule.add',
    target: `schedule ${schedule.name}`,
    title: `Run "pmx ${schedule.command.join(' ')}" ${schedule.at}, by ${by}`,
    local: true,
    steps: [
      make,
      // Otherwise it would run twice.
      ...(before && before.by !== by ? [await removeStep(before)] : []),
    ],
    notes: [
      'Nobody is asked when it runs: a step that cannot be taken back needs --yes in the command.',
      ...(by === 'systemd' && !(await lingers())
        ? ['It runs only while you are logged in, until: loginctl enable-linger']
        : []),
    ],
    result: { ...schedule },
  };
}

/** @throws RequestError `PMX_SCHEDULE_NOT_FOUND` */
export async function planScheduleRemove(name: string): Promise<Plan> {
  const all = await readSchedules();
  const schedule = all.find((one) => one.name === name);
  if (!schedule) {
    throw new RequestError({
      code: 'PMX_SCHEDULE_NOT_FOUND',
      message: `There is no schedule '${name}'.`,
      hints: [
        all.length > 0 ? `There are: ${all.map((one) => one.name).join(', ')}.` : 'There is none.',
        'Only those that pmx made are found; others stand in: crontab -l, systemctl --user list-timers',
      ],
    });
  }
  const impact: Impact = {
    removes: [{ what: 'schedule', name, detail: `${schedule.at}, by ${schedule.by}` }],
    keeps: [],
  };
  return {
    operation: 'schedule.remove',
    target: `schedule ${name}`,
    title: `Remove schedule ${name}`,
    local: true,
    steps: [await removeStep(schedule)],
    impact,
    result: { ...schedule },
  };
}

async function removeStep({ name, by }: Schedule): Promise<Step> {
  return by === 'cron' ? cronStep(name, null) : timerStep(name, null);
}

async function cronStep(name: string, line: string | null): Promise<Step> {
  const crontab = await readCrontab();
  if (crontab === undefined) throw noScheduler('crontab cannot be used here');
  return {
    id: `cron-${name}`,
    title:
      line === null ? `Take the line of ${name} out of the crontab` : 'Write a line of the crontab',
    kind: 'schedule.cron',
    args: { name, line },
    undo: [
      {
        title: 'Put the crontab back as it was',
        kind: 'schedule.cron',
        args: { name, line: cronLineOf(crontab, name) ?? null },
      },
    ],
  };
}

function timerStep(name: string, units: ReturnType<typeof timerUnits> | null): Step {
  const folder = unitFolder();
  return {
    id: `timer-${name}`,
    title: units === null ? `Stop the timer ${name} and remove it` : 'Write a timer and start it',
    kind: 'schedule.timer',
    args: { name, folder, units },
    undo: [
      {
        title: 'Put the timer back as it was',
        kind: 'schedule.timer',
        args: { name, folder, units: unitsOf(folder, name) ?? null },
      },
    ],
  };
}

async function choose(): Promise<Scheduler> {
  const reason = await userSystemd();
  if (reason === undefined) return 'systemd';
  if ((await readCrontab()) !== undefined) return 'cron';
  throw noScheduler(`${reason}, and crontab cannot be used either`);
}

function noScheduler(reason: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_NO_SCHEDULER',
    message: `Nothing here starts commands by itself: ${reason}.`,
    hints: ['Install one of them: apt install cron', 'Or see docs/schedule.md for other ways.'],
  });
}

function exists({ name, at, by, command }: Schedule): RequestError {
  return new RequestError({
    code: 'PMX_SCHEDULE_EXISTS',
    message: `There is a schedule '${name}' already: pmx ${command.join(' ')}, ${at}, by ${by}.`,
    hints: ['Choose another name, or add --replace.'],
  });
}

/** Neither a crontab nor a unit has a place for them. */
function refuseLineBreaks(command: readonly string[]): void {
  const word = command.find((one) => /[\n\r\0]/.test(one));
  if (word === undefined) return;
  throw new RequestError({
    code: 'PMX_INVALID_COMMAND_LINE',
    message: `A word of the command has a line break in it: ${JSON.stringify(word)}.`,
    hints: ['Put it into a file, and name that: --user-data FILE'],
  });
}
