import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { ProgramFetchArgs, ProgramSwitchArgs } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { openRemote } from '../../../catalog/fetch/resumed.js';
import { updateError } from '../../program/newest.js';
import { releaseLock, takeLock } from '../owner-lock.js';
import { mismatch } from './download-errors.js';
import type { StepContext, StepHandler } from './handler.js';
import { repeatable } from './handler.js';
import { unpackProgram } from './program-archive.js';

/** More is no pmx. */
const mostBytes = 2 ** 30;
/** For its first start, which compiles everything. */
const tryMillis = 60_000;
/** What an update that did not come to its end leaves in `versions`. */
const halfMade = '.new-';

/**
 * Everything is done beside, under a name that nothing starts from; the version has its own name only once it
 * is whole and was seen to run here.
 */
export const programFetch: StepHandler<'program.fetch'> = {
  async run(args, context) {
    const { root, version } = args;
    await alone(root, async () => {
      if (isThere(root, version)) return;
      await removeHalfMade(root);
      const work = join(versionsOf(root), `${halfMade}${context.operationId}`);
      const archive = join(work, 'archive.tar.gz');
      const tree = join(work, 'tree');
      try {
        await mkdir(tree, { recursive: true, mode: 0o755 });
        await download(args, archive, context);
        context.report('unpacking');
        await unpackProgram(archive, tree, version, context.signal);
        context.report('trying it');
        await tryIt(tree, version, context.signal);
        await rename(tree, join(versionsOf(root), version));
        await syncFolder(versionsOf(root));
      } catch (error) {
        throw told(error, args, context);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
    return { version };
  },
  recover: async ({ root, version }) => (isThere(root, version) ? { version } : undefined),
};

/** A symbolic link takes the place of another in one step: a start finds the one or the other. */
export const programSwitch: StepHandler<'program.switch'> = {
  async run(args, context) {
    const { root, from, to, remember } = args;
    await alone(root, async () => {
      const now = await inUse(root);
      if (now === to) return;
      if (now !== from || !isThere(root, to)) throw changedMeanwhile(args, now);
      if (remember) await writeFile(join(versionsOf(root), to, 'previous'), `${from}\n`);
      const beside = join(root, `.lib-${context.operationId}`);
      await rm(beside, { force: true });
      await symlink(join('versions', to), beside);
      await rename(beside, join(root, 'lib'));
      await syncFolder(root);
      if (remember) await removeOlder(root, new Set([from, to]));
    });
    return { version: to };
  },
  recover: async ({ root, to }) => ((await inUse(root)) === to ? { version: to } : undefined),
};

/** A version that something still runs from stays until the next update. */
export const programDiscard = repeatable<'program.discard'>(async ({ root, version }) => {
  await alone(root, async () => {
    await removeHalfMade(root);
    if ((await inUse(root)) !== version && !runningFrom(root).has(version))
      await rm(join(versionsOf(root), version), { recursive: true, force: true });
  });
  return { version };
});

/** Of two updates at once the second is told: what it would do is being done. */
async function alone(root: string, job: () => Promise<void>): Promise<void> {
  const lock = join(versionsOf(root), '.lock');
  const holder = takeLock(lock);
  if (holder) {
    throw new SurroundingsError({
      code: 'PMX_UPDATE_RUNNING',
      message: `Another pmx (process ${holder.owner?.pid ?? 'unknown'}) is changing ${root}.`,
      hints: ['Wait for its end, then: pmx update --check'],
    });
  }
  try {
    await job();
  } finally {
    releaseLock(lock);
  }
}

const versionsOf = (root: string): string => join(root, 'versions');

function isThere(root: string, version: string): boolean {
  return existsSync(join(versionsOf(root), version, 'node_modules/pmx-cli/package.json'));
}

async function inUse(root: string): Promise<string> {
  return basename(await readlink(join(root, 'lib')));
}

async function download(
  { url, sha256 }: ProgramFetchArgs,
  path: string,
  { signal, sleep, report }: StepContext,
): Promise<void> {
  const { length, chunks } = await openRemote(url, signal, (millis) => sleep(millis, signal));
  const hash = createHash('sha256');
  let done = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx', 0o600);
    for await (const chunk of chunks) {
      done += chunk.length;
      if (done > mostBytes) throw new Error(`it is larger than ${mostBytes / 2 ** 20} MiB`);
      hash.update(chunk);
      await file.write(chunk);
      if (length) report(`${Math.floor((100 * done) / length)} %`);
    }
  } finally {
    await file?.close();
  }
  const got = hash.digest('hex');
  if (got !== sha256) throw mismatch(url, { algorithm: 'sha256', value: sha256 }, got);
}

/** On this machine, with its libraries: what does not start here is not switched to. */
async function tryIt(tree: string, version: string, signal: AbortSignal): Promise<void> {
  const main = join(tree, 'node_modules/pmx-cli/bin/run.js');
  const said = await new Promise<string>((resolve) => {
    const child = spawn(join(tree, 'node/node'), [main, '--version'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Not `timeout`: that would be waited for where nothing could be started.
      signal: AbortSignal.any([signal, AbortSignal.timeout(tryMillis)]),
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(text));
  });
  if (signal.aborted) throw new InterruptedError();
  if (said === `pmx ${version}\n`) return;
  throw new SurroundingsError({
    code: 'PMX_UPDATE_BROKEN',
    message: `pmx ${version} does not run on this machine (${said.trim().split('\n')[0] || 'it says nothing'}), so the one in use stays.`,
    hints: ['An older one may: pmx update --to VERSION'],
  });
}

/** Nobody else is at it while the lock is held. */
async function removeHalfMade(root: string): Promise<void> {
  for (const name of readdirSync(versionsOf(root)))
    if (name.startsWith(halfMade))
      await rm(join(versionsOf(root), name), { recursive: true, force: true });
}

/** The update is done by now: what cannot be removed only takes room. */
async function removeOlder(root: string, kept: ReadonlySet<string>): Promise<void> {
  const running = runningFrom(root);
  for (const name of readdirSync(versionsOf(root)))
    if (!name.startsWith('.') && !kept.has(name) && !running.has(name))
      await rm(join(versionsOf(root), name), { recursive: true, force: true }).catch(
        () => undefined,
      );
}

/** Versions that a process was started from, a sandbox or this very update; all where nobody can tell. */
function runningFrom(root: string): Set<string> {
  const found = new Set<string>();
  const own = `${versionsOf(root)}/`;
  if (!existsSync('/proc')) return new Set(readdirSync(versionsOf(root)));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const word of readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'))
        if (word.startsWith(own)) found.add(word.slice(own.length).split('/')[0]!);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function told(error: unknown, { url }: ProgramFetchArgs, { signal }: StepContext): unknown {
  if (signal.aborted) return new InterruptedError();
  if (isPmxError(error)) return updateError(error);
  return new SurroundingsError({
    code: 'PMX_UPDATE_FAILED',
    message: `${url} cannot be put in place: ${(error as Error).message}. The version in use stays.`,
    hints: ['See whether there is room: df -h', 'Then once more: pmx update'],
    cause: error,
  });
}

function changedMeanwhile({ root, from, to }: ProgramSwitchArgs, now: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_UPDATE_CHANGED',
    message:
      now === from
        ? `${join(versionsOf(root), to)} is not there any more, so pmx ${from} stays in use.`
        : `pmx ${now} is in use by now, not ${from}: somebody else changed it meanwhile.`,
    hints: ['See what there is: pmx update --check'],
  });
}
