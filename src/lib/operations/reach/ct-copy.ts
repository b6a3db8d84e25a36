import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { type Guest, type Plan, type ProcessRunArgs, type PveReader, ref } from '@pmx-cli/kit';

import { guestLabel } from '../guest/kind.js';
import { type CopyResult, type CopyWords, invalidCopy, localFile } from './copy.js';
import { nodeSshMissing, requireRunning, sshFailed, wayThroughNode } from './ct-exec.js';
import { quoted, type SshOptions } from './ssh.js';

/**
 * Nothing but what every container has. What is there before stays whole until the end, and keeps its
 * owner and mode; whatever goes wrong, a broken connection too, leaves nothing behind.
 */
const receive = `set -eu; t=$1 d=$2 n=$3 s=$4 m=$5
if [ -d "$d" ]; then echo "$d is a folder: end it with /" >&2; exit 1; fi
trap 'rm -f "$t"' EXIT
trap 'exit 1' HUP INT TERM
if [ -f "$d" ]; then cp -p "$d" "$t"; else (umask 077; : > "$t"); chmod "$m" "$t"; fi
cat > "$t"
[ "$(wc -c < "$t")" -eq "$n" ] || { echo "not all of it arrived" >&2; exit 1; }
[ "$(sha256sum < "$t" | cut -d " " -f 1)" = "$s" ] || { echo "the checksum differs" >&2; exit 1; }
mv -f "$t" "$d"`;

export interface ContainerCopyRequest extends CopyWords, SshOptions {
  guest: Guest;
  mode: string;
  /** Only say how. */
  print: boolean;
}

export interface ContainerCopyResult extends CopyResult {
  /** What ssh is called with, to paste into a shell; only through the node. */
  line?: string;
}

/** A file through the container's node, as `pct exec` takes and gives it. */
export async function planContainerCopy(
  pve: PveReader,
  request: ContainerCopyRequest,
): Promise<Plan> {
  const { guest, source, destination } = request;
  const inGuest = source.guest === undefined ? destination : source;
  if (!inGuest.path.startsWith('/'))
    throw invalidCopy(
      `'${inGuest.path}' is no whole path in the container.`,
      `For example: ${guest.name}:/tmp/${basename(inGuest.path) || 'file'}`,
    );
  if (!request.print) requireRunning(guest);
  const { address, front } = await wayThroughNode(pve, guest, request);
  const copy = await (source.guest === undefined ? putStep : fetchStep)(request, front);
  const { from, to, size, ...step } = copy;
  const { vmid, name, node } = guest;
  return {
    operation: 'ct.cp',
    target: guestLabel(guest),
    title: step.title,
    local: true,
    steps: request.print ? [] : [step],
    notes: [`It goes through node ${node} (${address}), over SSH.`],
    result: {
      vmid,
      name,
      node,
      source: from,
      destination: to,
      via: 'node',
      bytes: size ?? (request.print ? null : ref('bytes')),
      checked: size !== undefined && !request.print,
      line: lineOf(step.args as ProcessRunArgs),
    },
  };
}

function lineOf({ program, arguments: words, input, output }: ProcessRunArgs): string {
  return [
    ...[program, ...words].map((word) => quoted(String(word))),
    ...(input === undefined ? [] : ['<', quoted(input)]),
    ...(output === undefined ? [] : ['>', quoted(output.path)]),
  ].join(' ');
}

type CopyStep = Exclude<Plan['steps'][number], { parallel: unknown }> & {
  from: string;
  to: string;
  /** Known before, and compared. */
  size?: number;
};

async function putStep(
  { guest, source, destination, mode }: ContainerCopyRequest,
  front: readonly string[],
): Promise<CopyStep> {
  const from = resolve(source.path);
  const { size } = await localFile(from, 'pmx ct cp FOLDER CT:/path --via ssh');
  const given = destination.path;
  const to = given.endsWith('/') ? `${given}${basename(from)}` : given;
  const name = `.${posix.basename(to)}.pmx-${randomBytes(5).toString('hex')}`;
  const temporary = posix.join(posix.dirname(to), name);
  const words = [temporary, to, String(size), await sha256Of(from), mode];
  return {
    from,
    to,
    size,
    id: 'write',
    title: `Copy ${from} to ${to} in ${guestLabel(guest)}`,
    kind: 'process.run',
    args: {
      program: 'ssh',
      arguments: [...front, ...['sh', '-c', receive, 'pmx', ...words].map(quoted)],
      hint: nodeSshMissing,
      input: from,
      mustSucceed: true,
      unknownCode: sshFailed,
    },
  };
}

async function fetchStep(
  { guest, source, destination }: ContainerCopyRequest,
  front: readonly string[],
): Promise<CopyStep> {
  const name = posix.basename(source.path);
  if (name === '' || source.path.endsWith('/'))
    throw invalidCopy(
      `${source.path} is a folder; through the node go files.`,
      'Copy folders over SSH: pmx ct cp CT:/folder . --via ssh',
    );
  const given = resolve(destination.path);
  const folder = (await stat(given).catch(() => undefined))?.isDirectory() === true;
  const to = folder || destination.path.endsWith('/') ? join(given, name) : given;
  const hidden = `.${basename(to)}.pmx-${randomBytes(5).toString('hex')}`;
  const temporary = join(dirname(to), hidden);
  return {
    from: source.path,
    to,
    id: 'read',
    title: `Copy ${source.path} in ${guestLabel(guest)} to ${to}`,
    kind: 'process.run',
    args: {
      program: 'ssh',
      arguments: [...front, ...['cat', '--', source.path].map(quoted)],
      hint: nodeSshMissing,
      output: { path: to, temporary },
      mustSucceed: true,
    },
    bind: { bytes: 'bytes' },
    undo: [{ title: `Remove ${temporary}`, kind: 'path.remove', args: { path: temporary } }],
  };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
