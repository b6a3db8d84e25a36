import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ChangeCommand, Flags, type Plan, RequestError, SurroundingsError } from '@pmx-cli/kit';

import { planRecord, planRecordStop } from '../../control/fault-plans.js';
import { contextFlag } from '../../control/flags.js';
import { askSandbox, recordingPath, type SandboxReport } from '../../control/steering.js';
import type { Exchange } from '../../server/faults/recorder.js';

interface Page {
  running: boolean;
  next: number;
  exchanges: Exchange[];
}

const pollMillis = 250;

export default class SandboxRecord extends ChangeCommand<{ out: string }> {
  static override summary = 'Write what clients and the sandbox say to each other to a file.';
  static override description = `One JSON document a line: name, method, path, auth, params, status, response … Placeholders such as
<password>, <ticket> and <uuid> stand in place of secrets. Ends with Ctrl-C, or after --count exchanges. If it is killed,
the sandbox stops recording by itself after half a minute.`;
  static override examples = [
    '<%= config.bin %> sandbox record --out session.jsonl',
    '<%= config.bin %> sandbox record --out clone.jsonl --count 20',
  ];
  static override flags = {
    context: contextFlag,
    out: Flags.string({
      char: 'o',
      description: 'File to write; it must not exist yet.',
      helpValue: 'FILE',
      required: true,
    }),
    count: Flags.integer({
      description: 'End after that many exchanges.',
      helpValue: 'N',
      min: 1,
      max: 1_000_000,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const out = resolve(this.flagsOf(SandboxRecord).out);
    if (existsSync(out)) throw exists(out);
    const { recording } = await askSandbox<SandboxReport>(this.session, '/sandbox/status');
    if (recording) {
      throw new RequestError({
        code: 'PMX_SANDBOX_RECORDING',
        message: 'Somebody is recording this sandbox already.',
        hints: ['End it with Ctrl-C there; one that was killed ends by itself within 30 seconds.'],
      });
    }
    return planRecord(out);
  }

  protected override view({ out }: { out: string }): void {
    const { count } = this.flagsOf(SandboxRecord);
    this.output.note(
      `Recording to ${out}. ${count === undefined ? 'Ctrl-C ends it.' : `Ends after ${count} exchanges.`}`,
    );
  }

  protected override async afterwards(): Promise<void> {
    const { out, count } = this.flagsOf(SandboxRecord);
    const path = resolve(out);
    const file = await create(path);
    try {
      const written = await this.#follow(file, count);
      this.output.print(`${written} exchanges are in ${path}.`);
    } finally {
      await file.close();
    }
    await this.session.operations.run(planRecordStop(), { quiet: true });
  }

  async #follow(file: FileHandle, count: number | undefined): Promise<number> {
    let interrupted = false;
    // With a count Ctrl-C is an ordinary interruption; waiting for it would outlive the last exchange.
    if (count === undefined) void this.session.untilInterrupted().then(() => (interrupted = true));
    let written = 0;
    for (let start = 0; ;) {
      const last = interrupted;
      const { next, exchanges } = await askSandbox<Page>(this.session, recordingPath, { start });
      start = next;
      const wanted = exchanges.slice(0, count === undefined ? undefined : count - written);
      await file.write(wanted.map((exchange) => `${JSON.stringify(exchange)}\n`).join(''));
      written += wanted.length;
      if (last || written === count) return written;
      await sleep(pollMillis);
    }
  }
}

function exists(path: string): RequestError {
  return new RequestError({
    code: 'PMX_FILE_EXISTS',
    message: `${path} exists already, and is not overwritten.`,
    hints: ['Take another name: --out FILE', 'Or remove it first.'],
  });
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw exists(path);
    throw new SurroundingsError({
      code: 'PMX_FILE_UNWRITABLE',
      message: `${path} cannot be written (${code}).`,
      hints: ['Take another place: --out FILE'],
      cause: error,
    });
  }
}
