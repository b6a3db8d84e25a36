import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, messageOf } from '../../errors.js';
import type { Task } from '../../tasks/manager.js';
import { Qga } from './qga.js';
import { Qmp } from './qmp.js';

const QUIT_MILLIS = 5000;

/** One running QEMU. */
export class QemuProcess {
  readonly vmid: number;
  readonly pid: number;
  readonly memoryMib: number;
  readonly qga: Qga;
  readonly #child: ChildProcess;
  qmp!: Qmp;
  /** How QEMU ended; fulfilled when it is gone. */
  readonly ended: Promise<string>;
  running = true;

  private constructor(child: ChildProcess, launch: Launch) {
    this.#child = child;
    this.vmid = launch.vmid;
    this.memoryMib = launch.memoryMib;
    this.pid = child.pid ?? 0;
    this.qga = new Qga(`${launch.runtimeDir}/${launch.vmid}.qga`);
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.running = false;
        resolve(how);
      };
      child.once('error', (error) => end(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        end(signal === null ? `exited with code ${code}` : `got signal ${signal}`),
      );
    });
  }

  /** Starts QEMU and waits until its monitor answers. @throws PVE's `start failed`, with QEMU's own words in the task's log */
  static async launch(launch: Launch, task: Task): Promise<QemuProcess> {
    const log = await open(launch.logFile, 'w', 0o600);
    let own: QemuProcess;
    try {
      const child = spawn(launch.binary, launch.args, {
        stdio: ['ignore', 'ignore', log.fd],
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C' },
        cwd: launch.runtimeDir,
      });
      own = new QemuProcess(child, launch);
    } finally {
      await log.close();
    }
    const aborted = (): void => void own.kill();
    task.signal.addEventListener('abort', aborted);
    try {
      if (task.signal.aborted) own.kill();
      own.qmp = await Qmp.open(`${launch.runtimeDir}/${launch.vmid}.qmp`, () => own.running);
      own.#watch();
      return own;
    } catch (error) {
      own.kill();
      const how = await own.ended;
      if (task.signal.aborted) throw failure('interrupted by signal');
      const said = (await readFile(launch.logFile, 'utf8').catch(() => '')).trim();
      task.log(said === '' ? messageOf(error) : launch.disguise(said));
      throw failure(`start failed: QEMU ${how}`);
    } finally {
      task.signal.removeEventListener('abort', aborted);
    }
  }

  /** A guest that powers off by itself leaves QEMU waiting, so that somebody can clean up: this is the one. */
  #watch(): void {
    this.qmp.on('SHUTDOWN', () => void this.qmp.run('quit').catch(() => undefined));
    void this.ended.then(() => this.qmp.close());
  }

  /** Waits for the end, but not longer than this. */
  async endsWithin(millis: number, signal?: AbortSignal): Promise<boolean> {
    const timer = new AbortController();
    const stop = (): void => timer.abort();
    signal?.addEventListener('abort', stop);
    try {
      await Promise.race([
        this.ended,
        sleep(millis, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
    } finally {
      signal?.removeEventListener('abort', stop);
      timer.abort();
    }
    if (this.running && signal?.aborted) throw failure('interrupted by signal');
    return !this.running;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends QEMU: asks it, so that it writes its disks, and kills it when it does not. */
  async stop(millis = QUIT_MILLIS): Promise<void> {
    if (!this.running) return;
    void this.qmp.run('quit').catch(() => undefined);
    if (await this.endsWithin(millis)) return;
    this.kill();
    await this.ended;
  }
}

export interface Launch {
  vmid: number;
  memoryMib: number;
  binary: string;
  args: string[];
  runtimeDir: string;
  logFile: string;
  /** Paths as a real server would show them. */
  disguise: (text: string) => string;
}
