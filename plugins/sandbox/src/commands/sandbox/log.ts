import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { Flags, PmxCommand, RequestError } from '@pmx-cli/kit';

import { dataFlag } from '../../control/flags.js';
import { locate } from '../../control/location.js';

/** A line of requests.jsonl; the sandbox took the secrets out when it wrote it. */
interface LoggedRequest {
  time: string;
  method: string;
  path: string;
  user: string;
  /** 0: no answer was sent. */
  status: number;
  millis: number;
  faults?: string[];
}

const followMillis = 250;
const chunkBytes = 64 * 1024;

export default class SandboxLog extends PmxCommand<LoggedRequest[]> {
  static override summary = 'Show the requests that the sandbox got.';
  static override description =
    'Values of secret parameters are not in it. A status of 0 means that no answer was sent, as a fault wanted it.';
  static override examples = [
    '<%= config.bin %> sandbox log --limit 20',
    '<%= config.bin %> sandbox log -f',
  ];
  static override flags = {
    data: dataFlag,
    follow: Flags.boolean({ char: 'f', description: 'Go on until Ctrl-C.' }),
    limit: Flags.integer({
      description: 'Show that many of the last requests.',
      default: 50,
      min: 0,
      max: 100_000,
      helpValue: 'N',
    }),
  };

  override async run(): Promise<LoggedRequest[]> {
    const { data, follow, limit } = this.flagsOf(SandboxLog);
    const { requestsFile } = locate(this.session.paths.data, data);
    const reader = new LineReader(requestsFile);
    try {
      let shown = limit === 0 ? [] : reader.next().slice(-limit);
      if (limit === 0) reader.next();
      this.#show(shown);
      if (shown.length === 0 && !follow) this.output.note('No requests.');
      if (!follow) return shown;
      let running = true;
      void this.session.untilInterrupted().then(() => (running = false));
      while (running) {
        await sleep(followMillis);
        const more = reader.next();
        this.#show(more);
        // One document at the end; without --json nothing has to be kept.
        if (this.output.machine) shown = [...shown, ...more];
      }
      return shown;
    } finally {
      reader.close();
    }
  }

  #show(requests: readonly LoggedRequest[]): void {
    for (const { time, method, path, user, status, millis, faults } of requests) {
      const fault = faults === undefined ? '' : `  [${faults.join(', ')}]`;
      this.output.print(
        `${time}  ${status === 0 ? '  -' : status}  ${method.padEnd(6)} ${path}  ${user || '-'}  ${millis} ms${fault}`,
      );
    }
  }
}

/** Reads a file of lines that grows. */
class LineReader {
  readonly #file: number;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'r');
    } catch (error) {
      throw new RequestError({
        code: 'PMX_SANDBOX_NO_DATA',
        message: `No sandbox has run on this data: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
        hints: ['pmx sandbox start --detach', 'Or name its folder: --data DIR'],
      });
    }
  }

  /** The whole lines that came since the last call. */
  next(): LoggedRequest[] {
    const chunks = [this.#rest];
    for (;;) {
      const chunk = Buffer.alloc(chunkBytes);
      const length = readSync(this.#file, chunk, 0, chunkBytes, this.#offset);
      if (length === 0) break;
      this.#offset += length;
      chunks.push(chunk.subarray(0, length));
    }
    const all = Buffer.concat(chunks);
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = Buffer.from(all.subarray(end));
    return all
      .toString('utf8', 0, end)
      .split('\n')
      .flatMap((line) => parseLine(line));
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A line that a crash has cut off is left out. */
function parseLine(line: string): LoggedRequest[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as LoggedRequest];
  } catch {
    return [];
  }
}
