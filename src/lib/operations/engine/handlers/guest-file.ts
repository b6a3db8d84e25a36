import { createHash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';

import type { GuestPlace, GuestReadFileArgs, GuestWriteFileArgs, StepResult } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { isAnswerLost, type PveClient } from '../../../api/index.js';
import { agentPath, explained } from '../../reach/agent.js';
import { throwIfInterrupted } from '../retry.js';
import { guestBytes } from '../../reach/file-read.js';
import { type Ended, runProgram } from './guest-agent.js';
import { repeatable, type StepContext } from './handler.js';

/** What fits into the 61440 characters that `file-write` takes, in base64. */
export const pieceBytes = 46_080;
/** What one `file-read` is asked for; PVE itself reads from the agent in such pieces. */
const readBytes = 1_048_576;

interface Guest extends GuestPlace {
  pve: PveClient;
  context: StepContext;
}

/**
 * Local file → guest. Doing it again writes the same file, so there is nothing to find out after a
 * crash; until the rename at the end nothing but the temporary file has changed.
 */
export const guestWriteFile = repeatable<'guest.write-file'>(async (args, context) => {
  const vmid = context.resolve<unknown>(args.vmid) as number;
  const guest: Guest = { node: args.node, vmid, pve: await context.pve(), context };
  const temporary = context.resolve(args.temporary) as string;
  await refuseChanged(args);
  if (args.direct) {
    const content = await readPiece(args.source, 0, args.size);
    await writePiece(guest, args.destination, content);
    return { bytes: args.size, checked: false };
  }
  await beginFile(guest, args, temporary);
  const sha256 = await sendPieces(guest, args, temporary);
  await mustRun(guest, ['sh', '-c', 'cat "$1".part.* > "$1"', 'sh', temporary]);
  const seen = await hashInGuest(guest, temporary);
  if (seen !== sha256) throw differs(args.destination, vmid);
  throwIfInterrupted(context.signal);
  await mustRun(guest, ['mv', '-f', temporary, args.destination], async () => {
    return (await hashInGuest(guest, args.destination).catch(() => undefined)) === sha256;
  });
  await discard(guest, temporary);
  return { bytes: args.size, checked: true };
});

/** Runs in an undo, and at the end of a copy: what is not there is as it should be. */
export const guestDiscardFile = repeatable<'guest.discard-file'>(async (args, context) => {
  const guest: Guest = { ...args, pve: await context.pve(), context };
  await discard(guest, context.resolve(args.temporary) as string);
  return {};
});

/** Guest → local file: written beside it, and put in its place when all of it is there. */
export const guestReadFile = repeatable<'guest.read-file'>(async (args, context) => {
  const guest: Guest = { ...args, pve: await context.pve(), context };
  const { destination, temporary } = args;
  try {
    const result = await fetchInto(guest, args);
    await rename(temporary, destination);
    return result;
  } catch (error) {
    throw isPmxError(error) ? error : unwritable(destination, error);
  } finally {
    await rm(temporary, { force: true });
  }
});

async function fetchInto(
  guest: Guest,
  { source, vmid, temporary }: GuestReadFileArgs,
): Promise<StepResult> {
  const file = await open(temporary, 'w', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  let pieces = 0;
  try {
    for (let more = true; more;) {
      throwIfInterrupted(guest.context.signal);
      const piece = await readFromGuest(guest, source, bytes);
      more = piece.more && piece.content.length > 0;
      await file.write(piece.content);
      hash.update(piece.content);
      bytes += piece.content.length;
      pieces++;
      guest.context.report(`${bytes} bytes`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  // One answer is one look at the file; several may be looks at different files.
  const checked = pieces > 1 ? await isSame(guest, source, hash.digest('hex')) : true;
  if (checked === false) throw differs(source, vmid);
  return { bytes, checked: checked === true };
}

/** @returns undefined when nobody can tell */
async function isSame(guest: Guest, path: string, sha256: string): Promise<boolean | undefined> {
  try {
    return (await hashInGuest(guest, path)) === sha256;
  } catch (error) {
    if (isPmxError(error) && error.exitCode !== 3) throw error;
    guest.context.warn(
      'The copy was not compared with the file: that needs sha256sum in the guest, and the right to run it.',
    );
    return undefined;
  }
}

async function readFromGuest(
  { pve, ...guest }: Guest,
  file: string,
  offset: number,
): Promise<{ content: Buffer; more: boolean }> {
  const path = `${agentPath(guest)}/file-read`;
  type Read = { content: string; truncated?: number | boolean };
  try {
    const { content, truncated } = await pve.get<Read>(path, { file, offset, count: readBytes });
    return { content: guestBytes(content), more: Boolean(Number(truncated ?? 0)) };
  } catch (error) {
    if (!knowsNoParts(error)) throw explained(error, guest);
  }
  // A server before 9.1: one answer of 16 MiB is all that there is.
  const { content, truncated } = await pve.get<Read>(path, { file });
  if (!truncated) return { content: guestBytes(content), more: false };
  throw new RequestError({
    code: 'PMX_COPY_TOO_LARGE',
    message: `${file} is larger than the 16 MiB that this Proxmox VE reads from a guest.`,
    hints: ['Copy it over SSH: pmx vm cp VM:FILE FILE --via ssh'],
  });
}

function knowsNoParts(error: unknown): boolean {
  const errors = isPmxError(error) ? (error.data?.['errors'] as object | undefined) : undefined;
  return errors !== undefined && ('offset' in errors || 'count' in errors);
}

/** The new file gets the mode and the owner of the one that it replaces. */
async function beginFile(
  guest: Guest,
  { destination, mode }: GuestWriteFileArgs,
  temporary: string,
): Promise<void> {
  const test = async (option: string): Promise<boolean> =>
    (await run(guest, ['test', option, destination])).exitCode === 0;
  if (await test('-d'))
    throw new RequestError({
      code: 'PMX_INVALID_COPY',
      message: `${destination} is a folder in VM ${guest.vmid}.`,
      hints: [`To put the file into it: VM:${destination}/`],
    });
  if (await test('-f')) return mustRun(guest, ['cp', '-p', destination, temporary]);
  await mustRun(guest, ['touch', temporary]);
  await mustRun(guest, ['chmod', mode, temporary]);
}

async function sendPieces(
  guest: Guest,
  { source, size }: GuestWriteFileArgs,
  temporary: string,
): Promise<string> {
  const hash = createHash('sha256');
  const count = Math.max(1, Math.ceil(size / pieceBytes));
  for (let index = 0; index < count; index++) {
    throwIfInterrupted(guest.context.signal);
    const at = index * pieceBytes;
    const content = await readPiece(source, at, Math.min(pieceBytes, size - at));
    hash.update(content);
    await writePiece(guest, `${temporary}.part.${String(index).padStart(6, '0')}`, content);
    guest.context.report(`${Math.round(((index + 1) / count) * 100)} %`);
  }
  return hash.digest('hex');
}

/** The same bytes into the same file: a lost answer is asked for again. */
async function writePiece(guest: Guest, file: string, content: Buffer): Promise<void> {
  const send = (): Promise<unknown> =>
    guest.pve.send('POST', `${agentPath(guest)}/file-write`, {
      file,
      content: content.toString('base64'),
      encode: false,
    });
  try {
    await send().catch((error: unknown) => {
      if (isAnswerLost(error)) return send();
      throw error;
    });
  } catch (error) {
    throw explained(error, guest);
  }
}

async function readPiece(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await file.read(buffer, 0, length, position);
    if (bytesRead === length) return buffer;
    throw changed(path);
  } finally {
    await file.close();
  }
}

async function refuseChanged({ source, size, modifiedMillis }: GuestWriteFileArgs): Promise<void> {
  const now = await stat(source).catch(() => undefined);
  if (now?.size !== size || Math.floor(now.mtimeMs) !== modifiedMillis) throw changed(source);
}

async function hashInGuest(guest: Guest, path: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(guest, ['sha256sum', path]);
  if (exitCode === 0) return stdout.toString('latin1').replace(/^\\/, '').slice(0, 64);
  throw failed(guest, ['sha256sum', path], stderr);
}

function run(guest: Guest, command: readonly string[]): Promise<Ended> {
  return runProgram(guest.pve, guest, command, guest.context);
}

/**
 * A program that does the same when it runs twice.
 * @param happened finds out after a lost answer, for one that does not
 */
async function mustRun(
  guest: Guest,
  command: readonly string[],
  happened?: () => Promise<boolean>,
): Promise<void> {
  let ended: Ended;
  try {
    ended = await run(guest, command);
  } catch (error) {
    if (!isPmxError(error) || error.code !== 'PMX_OUTCOME_UNKNOWN') throw error;
    if (await happened?.()) return;
    ended = await run(guest, command);
  }
  if (ended.exitCode !== 0) throw failed(guest, command, ended.stderr);
}

async function discard(guest: Guest, temporary: string): Promise<void> {
  await mustRun(guest, ['sh', '-c', 'rm -f "$1" "$1".part.*', 'sh', temporary]);
}

function failed({ vmid }: Guest, [program]: readonly string[], stderr: Buffer): ProxmoxError {
  const said = stderr.toString('utf8').trim().split('\n').join(' / ');
  return new ProxmoxError({
    code: 'PMX_COPY_FAILED',
    message: `${program} in VM ${vmid} failed${said === '' ? '.' : `: ${said}`}`,
    hints: ['Is there room, is the folder there, and is it no read-only file system?'],
  });
}

function differs(path: string, vmid: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_COPY_DIFFERS',
    message: `The copy of ${path} of VM ${vmid} is not what was read: its checksum is another one.`,
    hints: ['Somebody wrote to it meanwhile: copy it again when nobody does.'],
  });
}

function changed(path: string): RequestError {
  return new RequestError({
    code: 'PMX_FILE_CHANGED',
    message: `${path} has changed since this was planned.`,
    hints: ['Run the command again when nobody writes to it.'],
  });
}

function unwritable(path: string, error: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_FILE_UNWRITABLE',
    message: `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    hints: ['Check the folder, its rights and the free space.'],
    cause: error,
  });
}
