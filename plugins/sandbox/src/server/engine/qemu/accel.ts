import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A kernel under KVM gets to the end of its boot within a second or two; what cannot is of no use. */
const DEADLINE_MILLIS = 8000;

export interface Acceleration {
  accel: 'kvm' | 'tcg';
  reason: string;
}

async function usable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

async function readableKernel(): Promise<string | undefined> {
  const names = (await readdir('/boot').catch(() => [])).filter((name) => /^vmlinuz/.test(name));
  for (const name of names.sort().reverse())
    if (await usable(join('/boot', name), constants.R_OK)) return join('/boot', name);
  return undefined;
}

/** Boots a kernel without a root file system: it has come through when it complains about that. */
function boots(binary: string, kernel: string): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['-accel', 'kvm', '-cpu', 'host', '-m', '256', '-nodefaults', '-display', 'none'];
    args.push('-no-user-config', '-no-reboot', '-serial', 'stdio', '-kernel', kernel);
    args.push('-append', 'console=ttyS0 panic=-1');
    const child = spawn(binary, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: DEADLINE_MILLIS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    let done = false;
    child.stdout.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-4096);
      if (!/Kernel panic - not syncing/.test(text)) return;
      done = true;
      child.kill('SIGKILL');
    });
    child.once('error', () => resolve(false));
    child.once('close', () => resolve(done));
  });
}

/** KVM is taken only when it has been seen to boot a kernel: that its device opens proves nothing. */
export async function probeAcceleration(binary: string): Promise<Acceleration> {
  if (!(await usable('/dev/kvm', constants.R_OK | constants.W_OK)))
    return { accel: 'tcg', reason: '/dev/kvm cannot be opened' };
  const kernel = await readableKernel();
  if (kernel === undefined)
    return { accel: 'tcg', reason: 'no kernel in /boot can be read to try KVM with' };
  return (await boots(binary, kernel))
    ? { accel: 'kvm', reason: `${kernel} boots under KVM` }
    : {
        accel: 'tcg',
        reason: `${kernel} does not boot under KVM within ${DEADLINE_MILLIS / 1000} s`,
      };
}
