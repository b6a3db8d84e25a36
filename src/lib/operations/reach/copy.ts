import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { type Guest, type Plan, type PveReader, ref } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { queryAgent } from './agent-read.js';

/** `web-01:/etc/motd`, or a path of this machine. */
export interface CopySide {
  guest?: string;
  path: string;
}

export interface CopyWords {
  source: CopySide;
  destination: CopySide;
}

export interface CopyResult {
  vmid: number;
  name: string;
  node: string;
  source: string;
  destination: string;
  via: 'agent' | 'node' | 'ssh';
  /** Unknown with ssh. */
  bytes: number | null;
  /** Whether checksums of both sides were compared, or one answer held all of it. */
  checked: boolean;
}

const directBytes = 46_080;
const largest = 256 * 2 ** 20;

/** @throws RequestError `PMX_INVALID_COPY` unless exactly one side is in a guest */
export function parseCopy(
  source: string,
  destination: string,
  topic: 'vm' | 'ct' = 'vm',
): CopyWords {
  const words = { source: parseSide(source), destination: parseSide(destination) };
  const guests = [words.source, words.destination].filter(({ guest }) => guest !== undefined);
  if (guests.length !== 1)
    throw invalidCopy(
      guests.length === 0
        ? `Neither '${source}' nor '${destination}' is in a guest.`
        : 'Both sides are in a guest; a copy goes from or to this machine.',
      `Name the guest in front of its path: pmx ${topic} cp motd web-01:/etc/motd`,
    );
  return words;
}

/** A colon behind a slash belongs to a path: `./a:b`. */
function parseSide(word: string): CopySide {
  const [, guest, path] = /^([^/:\\]+):([^]*)$/.exec(word) ?? [];
  return guest === undefined ? { path: word } : { guest, path: path! };
}

/** @throws RequestError `PMX_INVALID_COPY` */
export function parseMode(text: string): string {
  if (/^[0-7]{3,4}$/.test(text)) return text;
  throw invalidCopy(
    `'${text}' is no mode of a file.`,
    'It is three or four octal digits: --mode 0600',
  );
}

export interface CopyRequest extends CopyWords {
  guest: Guest;
  mode: string;
  /** One call of the agent, no program in the guest. */
  direct: boolean;
}

export async function planCopy(pve: PveReader, request: CopyRequest): Promise<Plan> {
  const inGuest = request.source.guest === undefined ? request.destination : request.source;
  if (!/^(?:\/|[A-Za-z]:[\\/])/.test(inGuest.path))
    throw invalidCopy(
      `'${inGuest.path}' is no whole path in the guest.`,
      `For example: ${request.guest.name}:/tmp/${basename(inGuest.path) || 'file'}`,
    );
  return request.source.guest === undefined ? planPut(pve, request) : planFetch(request);
}

async function planPut(pve: PveReader, request: CopyRequest): Promise<Plan> {
  const { guest, mode } = request;
  const source = resolve(request.source.path);
  const { size, modifiedMillis } = await localFile(source);
  const given = request.destination.path;
  const destination = /[\\/]$/.test(given) ? `${given}${basename(source)}` : given;
  const direct = request.direct || (await isWindows(pve, guest));
  if (size > (direct ? directBytes : largest))
    throw new RequestError({
      code: 'PMX_COPY_TOO_LARGE',
      message: `${source} has ${size} bytes; ${direct ? 'one call of the guest agent takes' : 'over the guest agent pmx copies up to'} ${direct ? directBytes : largest}.`,
      hints: ['Copy it over SSH: pmx vm cp FILE VM:/path --via ssh'],
      data: { bytes: size },
    });
  const { vmid, node } = guest;
  const temporary = `${destination}.pmx-${randomBytes(5).toString('hex')}`;
  const target = `VM ${vmid} (${guest.name})`;
  return plan(guest, source, destination, {
    id: 'write',
    title: `Copy ${source} to ${destination} in ${target}`,
    kind: 'guest.write-file',
    args: { node, vmid, source, size, modifiedMillis, destination, mode, temporary, direct },
    bind: { bytes: 'bytes', checked: 'checked' },
    ...(!direct && {
      undo: [
        {
          title: `Remove what was copied of ${destination} in ${target}`,
          kind: 'guest.discard-file',
          args: { node, vmid, temporary },
        },
      ],
    }),
  });
}

async function planFetch({ guest, source, destination: to }: CopyRequest): Promise<Plan> {
  const name = source.path.split(/[\\/]/).at(-1)!;
  if (name === '')
    throw invalidCopy(
      `${source.path} is a folder; the guest agent reads files.`,
      'Copy folders over SSH: pmx vm cp VM:/folder . --via ssh',
    );
  const given = resolve(to.path);
  const folder = (await stat(given).catch(() => undefined))?.isDirectory() === true;
  const destination = folder || /[\\/]$/.test(to.path) ? join(given, name) : given;
  const temporary = join(
    dirname(destination),
    `.${basename(destination)}.pmx-${randomBytes(5).toString('hex')}`,
  );
  const { vmid, node } = guest;
  return plan(guest, source.path, destination, {
    id: 'read',
    title: `Copy ${source.path} in VM ${vmid} (${guest.name}) to ${destination}`,
    kind: 'guest.read-file',
    args: { node, vmid, source: source.path, destination, temporary },
    bind: { bytes: 'bytes', checked: 'checked' },
    undo: [{ title: `Remove ${temporary}`, kind: 'path.remove', args: { path: temporary } }],
  });
}

function plan(
  guest: Guest,
  source: string,
  destination: string,
  step: Plan['steps'][number] & { title: string },
): Plan {
  const { vmid, name, node } = guest;
  return {
    operation: 'vm.cp',
    target: `VM ${vmid} (${name})`,
    title: step.title,
    steps: [step],
    notes: ['It goes through the guest agent.'],
    result: {
      vmid,
      name,
      node,
      source,
      destination,
      via: 'agent',
      bytes: ref('bytes'),
      checked: ref('checked'),
    },
  };
}

export async function localFile(
  path: string,
  forFolders = 'pmx vm cp FOLDER VM:/path --via ssh',
): Promise<{ size: number; modifiedMillis: number }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: error.code === 'ENOENT' ? 'PMX_FILE_NOT_FOUND' : 'PMX_FILE_UNREADABLE',
      message:
        error.code === 'ENOENT'
          ? `There is no file ${path}.`
          : `${path} cannot be read (${error.code}).`,
      hints: ['Check the path.'],
      cause: error,
    });
  });
  if (found.isFile()) return { size: found.size, modifiedMillis: Math.floor(found.mtimeMs) };
  throw invalidCopy(
    `${path} is ${found.isDirectory() ? 'a folder' : 'no regular file'}; only files go this way.`,
    `Copy folders over SSH: ${forFolders}`,
  );
}

/** Who may not ask for it gets what nearly all guests are. */
async function isWindows(pve: PveReader, guest: Guest): Promise<boolean> {
  try {
    return (await queryAgent<{ id?: string }>(pve, guest, 'get-osinfo')).id === 'mswindows';
  } catch (error) {
    if (isPmxError(error) && error.code === 'PMX_AGENT_UNAVAILABLE') throw error;
    if (isPmxError(error) && error.exitCode === 3) return false;
    throw error;
  }
}

export function invalidCopy(message: string, hint: string): RequestError {
  return new RequestError({ code: 'PMX_INVALID_COPY', message, hints: [hint] });
}
