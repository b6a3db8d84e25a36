import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Lab } from '../e2e/support.ts';

const guests = join(import.meta.dirname, '..', 'guests');

/** What is missing for real guests here; undefined when nothing is. */
export function missingPrograms(...more: string[]): string | undefined {
  const missing = ['qemu-system-x86_64', 'qemu-img', ...more].filter(
    (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  return missing.length > 0 ? `${missing.join(' and ')} not installed` : undefined;
}

/** Builds an image, or finds it in the cache. @returns its path, or why there is none on this host */
export function guestImage(script: string): { path: string } | { missing: string } {
  const { status, stdout, stderr } = spawnSync('bash', [join(guests, script)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return { path: stdout.trim() };
  if (status === 3) return { missing: stderr.trim() };
  throw new Error(`${script} ended with ${status}\n${stderr}`);
}

export function skipping(context: Mocha.Context, reason: string): never {
  console.log(`      skipped: ${reason}`);
  context.skip();
}

interface Ran {
  exitcode: number;
  out: string;
  err: string;
}

interface ExecStatus {
  exited: number;
  exitcode?: number;
  'out-data'?: string;
  'err-data'?: string;
}

/** A sandbox with real guests, driven through pmx alone. */
export class QemuLab {
  readonly lab: Lab;

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async start(...flags: string[]): Promise<QemuLab> {
    return new QemuLab(await Lab.start('--engine', 'qemu', ...flags));
  }

  path(vmid: number, rest = ''): string {
    return `/nodes/pve1/qemu/${vmid}${rest}`;
  }

  get<T>(vmid: number, rest: string, ...params: string[]): Promise<T> {
    return this.lab.json<T>('api', 'get', this.path(vmid, rest), ...params);
  }

  post<T>(vmid: number, rest: string, ...params: string[]): Promise<T> {
    return this.lab.json<T>('api', 'post', this.path(vmid, rest), ...params);
  }

  put(vmid: number, rest: string, ...params: string[]): Promise<unknown> {
    return this.lab.json('api', 'put', this.path(vmid, rest), ...params);
  }

  status(
    vmid: number,
  ): Promise<{ status: string; qmpstatus: string; pid?: number; cpu: number; mem: number }> {
    return this.get(vmid, '/status/current');
  }

  /** Waits until something holds; generous, since guests are computed on a shared machine. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 120): Promise<void> {
    const end = Date.now() + seconds * 1000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
      await sleep(300);
    }
  }

  async agentUp(vmid: number, seconds = 120): Promise<void> {
    await this.until(
      `agent of ${vmid}`,
      async () => (await this.lab.pmx(['api', 'post', this.path(vmid, '/agent/ping')])).code === 0,
      seconds,
    );
  }

  /** Runs a shell script in the guest and waits for its end. */
  async shell(vmid: number, script: string, seconds = 120): Promise<Ran> {
    const {
      data: { pid },
    } = await this.post<{ data: { pid: number } }>(
      vmid,
      '/agent/exec',
      'command=sh',
      `input-data=${script}`,
    );
    let status: ExecStatus = { exited: 0 };
    await this.until(
      script,
      async () => {
        status = await this.get<ExecStatus>(vmid, '/agent/exec-status', `pid=${pid}`);
        return status.exited === 1;
      },
      seconds,
    );
    return {
      exitcode: status.exitcode ?? -1,
      out: status['out-data'] ?? '',
      err: status['err-data'] ?? '',
    };
  }

  async readFile(vmid: number, file: string): Promise<string> {
    return (await this.get<{ content: string }>(vmid, '/agent/file-read', `file=${file}`)).content;
  }

  /** Every QEMU that has to do with this sandbox. */
  processes(): number[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return command.includes(`${this.lab.path}/`) && /qemu-system/.test(command.split('\0')[0]!)
          ? [Number(name)]
          : [];
      } catch {
        return [];
      }
    });
  }

  serialLog(vmid: number): string {
    const file = this.lab.file(`data/sandbox/qemu/${vmid}.serial0.log`);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  sandboxPid(): number {
    return (
      JSON.parse(readFileSync(this.lab.file('data/sandbox/ready.json'), 'utf8')) as { pid: number }
    ).pid;
  }

  stop(): Promise<void> {
    return this.lab.stop();
  }
}
