import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { readRecord } from '../../time/record.js';

/** A process of its own, started by `process.spawn`: waits, then has pmx restore what is due. */

const entry = fileURLToPath(new URL('../../../../../bin/run.js', import.meta.url));
/** Clocks jump and laptops sleep, so it looks again and again instead of one long wait. */
const lookMillis = 1000;
/** When a restore failed: the server or the guest may come back. */
const retryMillis = 30_000;

const {
  PMX_TIME_RECORD: path = '',
  PMX_TIME_READY: ready = '',
  PMX_TIME_CONTEXT: context,
} = process.env;

function restore(vmid: number): Promise<number | null> {
  const words = ['time', 'restore', String(vmid), '--yes', '--no-input'];
  // Not its group's: the last step of the restore stops this process.
  const child = spawn(
    process.execPath,
    [entry, ...words, ...(context === undefined ? [] : ['--context', context])],
    { detached: true, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
}

async function watch(): Promise<void> {
  for (;;) {
    const record = readRecord(path);
    // Somebody else has restored it.
    if (!record) return;
    if (record.restoreAt !== null && Date.parse(record.restoreAt) <= Date.now()) {
      process.stdout.write(`${new Date().toISOString()} restoring VM ${record.vmid}\n`);
      if ((await restore(record.vmid)) === 0) return;
      await sleep(retryMillis);
    }
    await sleep(lookMillis);
  }
}

writeFileSync(ready, JSON.stringify({ pid: process.pid }), { mode: 0o600 });
void watch();
