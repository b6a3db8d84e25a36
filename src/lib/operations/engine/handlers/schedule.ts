import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { withCronLine } from '../../schedule/cron.js';
import { unitName } from '../../schedule/timer.js';
import { readCrontab, writeCrontab } from './crontab.js';
import { repeatable } from './handler.js';
import { userSystemctl } from './systemctl.js';

/** Read right before it is written: other lines may have changed since the plan was made. */
export const scheduleCron = repeatable<'schedule.cron'>(async ({ name, line }) => {
  await writeCrontab(withCronLine((await readCrontab()) ?? '', name, line));
  return { name };
});

export const scheduleTimer = repeatable<'schedule.timer'>(async (args, context) => {
  const { name, folder, units } = args;
  const timer = `${unitName(name)}.timer`;
  if (units === null) {
    try {
      await userSystemctl('disable', '--now', timer);
    } catch (error) {
      context.warn((error as Error).message);
    }
    await removeUnits(folder, name);
    await userSystemctl('daemon-reload').catch(() => undefined);
    return { name };
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${unitName(name)}.service`), units.service, { mode: 0o600 });
  await writeFile(join(folder, timer), units.timer, { mode: 0o600 });
  try {
    await userSystemctl('daemon-reload');
    await userSystemctl('enable', timer);
    // One that runs already takes the new time only when it is started anew.
    await userSystemctl('restart', timer);
  } catch (error) {
    await removeUnits(folder, name);
    throw error;
  }
  return { name };
});

/** Also what `enable` has made, should systemd not be there to take it away. */
async function removeUnits(folder: string, name: string): Promise<void> {
  const timer = `${unitName(name)}.timer`;
  const files = [timer, `${unitName(name)}.service`, join('timers.target.wants', timer)];
  for (const file of files) await rm(join(folder, file), { force: true });
}
