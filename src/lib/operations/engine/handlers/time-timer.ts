import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { TimeTimerFiles } from '@pmx-cli/kit';

import { lasting } from '../../../config/place.js';
import { readRecord } from '../../time/record.js';
import { repeatable } from './handler.js';
import { userSystemctl } from './systemctl.js';

const entry = fileURLToPath(new URL('../../../../../bin/run.js', import.meta.url));
/** Where pmx finds its files; nothing secret is among them. */
const places = /^(?:PMX_HOME|PMX_CONFIG|XDG_(?:CONFIG|STATE|DATA|CACHE)_HOME|NODE_EXTRA_CA_CERTS)$/;
/** The server or the guest may come back. */
const retrySeconds = 60;

export const timeTimer = repeatable<'time.timer'>(async ({ record, vmid, context, ...files }) => {
  const { restoreAt, name } = readRecord(record) ?? {};
  // Restored meanwhile, or nobody asked for it.
  if (restoreAt === undefined || restoreAt === null) return { set: false };
  const words = ['time', 'restore', String(vmid), '--yes', '--no-input'];
  const command = [
    lasting(process.execPath),
    lasting(entry),
    ...words,
    ...(context === undefined ? [] : ['--context', context]),
  ];
  mkdirSync(dirname(files.timer), { recursive: true, mode: 0o700 });
  const about = `Description=pmx: bring the clock of VM ${vmid} (${name}) home`;
  writeFileSync(
    files.service,
    unit({
      Unit: [about],
      Service: [
        'Type=oneshot',
        ...surroundings(),
        `ExecStart=${command.map(quoted).join(' ')}`,
        'Restart=on-failure',
        `RestartSec=${retrySeconds}`,
      ],
    }),
    { mode: 0o600 },
  );
  writeFileSync(
    files.timer,
    unit({
      Unit: [about],
      // What was missed while this machine was off is made up for.
      Timer: [`OnCalendar=${calendar(restoreAt)}`, 'AccuracySec=1s', 'Persistent=true'],
      Install: ['WantedBy=timers.target'],
    }),
    { mode: 0o600 },
  );
  try {
    await userSystemctl('daemon-reload');
    await userSystemctl('enable', '--now', basename(files.timer));
  } catch (error) {
    removeUnits(files);
    throw error;
  }
  return { set: true };
});

/**
 * The service is left alone: it may be what is doing this. A timer that systemd still has in memory
 * would find nothing to restore.
 */
export const timeTimerOff = repeatable<'time.timer-off'>(async (files, context) => {
  if (!existsSync(files.timer)) return { removed: false };
  try {
    await userSystemctl('disable', '--now', basename(files.timer));
  } catch (error) {
    context.warn((error as Error).message);
  }
  removeUnits(files);
  await userSystemctl('daemon-reload').catch(() => undefined);
  return { removed: true };
});

/** Also what `enable` has made, should systemd not be there to take it away. */
function removeUnits({ timer, service }: TimeTimerFiles): void {
  const wanted = join(dirname(timer), 'timers.target.wants', basename(timer));
  for (const path of [wanted, timer, service]) rmSync(path, { force: true });
}

function unit(sections: Readonly<Record<string, readonly string[]>>): string {
  const texts = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines].join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function surroundings(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    places.test(name) && value ? [`Environment=${quoted(`${name}=${value}`)}`] : [],
  );
}

/** `%` and `$` mean something to systemd even between quotation marks. */
function quoted(word: string): string {
  const escaped = word
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('%', '%%')
    .replaceAll('$', '$$$$')
    .replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** Whole seconds, not before the moment. */
function calendar(iso: string): string {
  const whole = new Date(Math.ceil(Date.parse(iso) / 1000) * 1000).toISOString();
  return `${whole.slice(0, 10)} ${whole.slice(11, 19)} UTC`;
}
