import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Step, TimePlace } from '@pmx-cli/kit';

import { lingers, userSystemd } from '../engine/handlers/systemctl.js';

/** What brings a clock home in time, whatever becomes of the shell. */
export interface AutoRestore {
  by: 'systemd-timer' | 'watcher';
  /** Of it, for the person who relies on it. */
  notes: string[];
}

const watcher = fileURLToPath(new URL('../engine/handlers/time-watcher.js', import.meta.url));
const watcherSeconds = 15;

export function watcherFiles(record: string): { readyFile: string; logFile: string } {
  return { readyFile: `${record}.watcher`, logFile: `${record}.log` };
}

/** `pmx-time-101-UUID`, both of the timer and of the service it starts. */
export function unitOf(record: string): string {
  return `pmx-time-${basename(record, '.json')}`;
}

export function unitFiles(record: string): { timer: string; service: string } {
  const config = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const folder = join(config, 'systemd', 'user');
  const unit = unitOf(record);
  return { timer: join(folder, `${unit}.timer`), service: join(folder, `${unit}.service`) };
}

/** What only this process has: a secret is written into no file, and a server that is named so has no context. */
const ownVariables = /^(?:PMX|PVE)_(?:HOST|USER|TOKEN_ID|TOKEN|TOKEN_SECRET|PASSWORD|PASSPHRASE)$/;

/** A timer of the user's systemd outlives a reboot of this machine, so it comes first. */
export async function chooseAutoRestore(): Promise<AutoRestore> {
  const own = Object.keys(process.env).find((name) => ownVariables.test(name));
  const missing =
    own === undefined ? await userSystemd() : `${own} is set here, and no timer has that`;
  if (missing !== undefined)
    return {
      by: 'watcher',
      notes: [
        `A process of this machine restores it by itself: there can be no timer of systemd (${missing}). The process does not outlive a reboot of this machine; for that put this into cron: pmx time restore --due --yes`,
      ],
    };
  return {
    by: 'systemd-timer',
    notes: [
      'A timer of your systemd restores it by itself, also after a reboot of this machine.',
      ...((await lingers())
        ? []
        : ['It waits while you are logged out; to have it run then, too: loginctl enable-linger']),
    ],
  };
}

/** What restores in time; a former one goes. */
export function autoRestoreSteps(
  place: TimePlace,
  auto: AutoRestore,
  restoreAfter: number,
  context: string | undefined,
): Step[] {
  const { record, vmid } = place;
  const files = watcherFiles(record);
  const former = forgetSteps(place);
  if (auto.by === 'systemd-timer')
    return [
      ...former,
      {
        id: 'timer',
        title: `Set a timer of systemd that restores VM ${vmid} in ${Math.round(restoreAfter / 1000)} s`,
        kind: 'time.timer',
        args: { ...place, ...unitFiles(record), ...(context !== undefined && { context }) },
        undo: [
          {
            title: 'Remove the timer that would have restored it',
            kind: 'time.timer-off',
            args: unitFiles(record),
          },
        ],
      },
    ];
  return [
    ...former,
    {
      id: 'watcher',
      title: `Start a process that restores VM ${vmid} in ${Math.round(restoreAfter / 1000)} s`,
      kind: 'process.spawn',
      args: {
        module: watcher,
        env: {
          PMX_TIME_RECORD: record,
          PMX_TIME_READY: files.readyFile,
          ...(context !== undefined && { PMX_TIME_CONTEXT: context }),
        },
        ...files,
        timeoutSeconds: watcherSeconds,
      },
      undo: [
        {
          title: 'Stop the process that would have restored it',
          kind: 'process.stop',
          args: { readyFile: files.readyFile, timeoutSeconds: watcherSeconds },
        },
      ],
    },
  ];
}

/** Whatever would have restored it goes; comes last, since it may be what is restoring it. */
export function forgetSteps({ record }: Pick<TimePlace, 'record'>): Step[] {
  const units = unitFiles(record);
  return [
    ...(existsSync(units.timer)
      ? [
          {
            id: 'old-timer',
            title: 'Remove the timer that would have restored it',
            kind: 'time.timer-off',
            args: units,
          } satisfies Step,
        ]
      : []),
    {
      id: 'old-watcher',
      title: 'Stop the process that would have restored it',
      kind: 'process.stop',
      args: { readyFile: watcherFiles(record).readyFile, timeoutSeconds: watcherSeconds },
    },
  ];
}
