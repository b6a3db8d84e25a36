import { execFile } from 'node:child_process';
import { copyFile, constants } from 'node:fs/promises';
import { failure } from '../errors.js';

/** No disk of a sandbox should take longer than this to copy. */
const TIMEOUT_MILLIS = 10 * 60 * 1000;

interface Ran {
  code: number | string;
  stderr: string;
}

/** Runs qemu-img where it is installed; elsewhere files are copied as they are. */
export class QemuImg {
  #present: Promise<boolean> | undefined;
  readonly #close = new AbortController();

  /** Is qemu-img there? Looked up once. */
  present(): Promise<boolean> {
    this.#present ??= this.#run(['--version']).then((ran) => ran.code === 0);
    return this.#present;
  }

  #run(args: readonly string[], signal?: AbortSignal): Promise<Ran> {
    const signals = signal ? AbortSignal.any([signal, this.#close.signal]) : this.#close.signal;
    return new Promise((resolve) => {
      execFile(
        'qemu-img',
        args,
        { timeout: TIMEOUT_MILLIS, killSignal: 'SIGKILL', signal: signals, maxBuffer: 1024 * 1024 },
        (error, _stdout, stderr) => {
          resolve({ code: error ? (error.code ?? 'killed') : 0, stderr });
        },
      );
    });
  }

  /** Copies a disk into another format, together with everything below it. */
  async convert(
    source: { path: string; format: string; backing: boolean; snapshot?: string },
    target: { path: string; format: string },
    signal: AbortSignal,
  ): Promise<void> {
    if (await this.present()) {
      const { snapshot } = source;
      const of = snapshot === undefined ? [] : ['-l', `snapshot.name=${snapshot}`];
      const ran = await this.#run(
        // A running guest holds a lock on its disk; who copies that sees to it that it does not change.
        [
          'convert',
          '-U',
          ...of,
          '-f',
          source.format,
          '-O',
          target.format,
          source.path,
          target.path,
        ],
        signal,
      );
      if (signal.aborted) throw failure('interrupted by signal');
      if (ran.code !== 0)
        throw failure(ran.stderr.trim().split('\n').at(-1) || `exit code ${ran.code}`);
      return;
    }
    if (source.format !== target.format || source.backing)
      throw failure("can't convert this disk: qemu-img is not installed");
    await copyFile(source.path, target.path, constants.COPYFILE_FICLONE);
    if (signal.aborted) throw failure('interrupted by signal');
  }

  /** Runs qemu-img for what only it can do. @throws in its own words */
  async command(args: readonly string[], signal?: AbortSignal): Promise<void> {
    const ran = await this.#run(args, signal);
    if (signal?.aborted) throw failure('interrupted by signal');
    if (ran.code !== 0) throw failure(ran.stderr.trim() || `qemu-img: exit code ${ran.code}`);
  }

  /** Makes a disk bigger; false when qemu-img is not there. */
  async resize(path: string, format: string, size: number): Promise<boolean> {
    if (!(await this.present())) return false;
    const ran = await this.#run(['resize', '-q', '-f', format, path, String(size)]);
    if (ran.code !== 0) throw failure(ran.stderr.trim() || `exit code ${ran.code}`);
    return true;
  }

  /** Ends what still runs. */
  close(): void {
    this.#close.abort();
  }
}
