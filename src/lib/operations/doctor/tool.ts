import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import type { Paths, Session } from '@pmx-cli/kit';

import { type Check, failed, ok, warning } from './check.js';

const oldest = [22, 20] as const;
const ended = new Set(['completed', 'rolled-back', 'running']);

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))
    return ok('tool', 'Node', `Node ${version}.`);
  const detail = `Node ${version} is older than ${oldest.join('.')}.`;
  return failed('tool', 'Node', 2, detail, 'Install a newer Node: https://nodejs.org');
}

/** Changes are journaled before they begin, so where no journal can be written nothing is changed. */
export function checkFolders({ state, cache }: Paths): Check[] {
  const hint = 'Make it writable, or name another place: PMX_HOME=FOLDER';
  return [
    isWritable(state)
      ? ok('tool', 'Journals', `Kept in ${state}.`)
      : failed('tool', 'Journals', 2, `${state} cannot be written, so no change is begun.`, hint),
    isWritable(cache)
      ? ok('tool', 'Cache', `Kept in ${cache}.`)
      : warning('tool', 'Cache', `${cache} cannot be written: everything is slower.`, hint),
  ];
}

function isWritable(folder: string): boolean {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Operations that neither ended nor were taken back. */
export async function checkOperations(session: Pick<Session, 'operations'>): Promise<Check> {
  const open = (await session.operations.list()).filter(({ status }) => !ended.has(status));
  if (open.length === 0) return ok('tool', 'Operations', 'None was left half done.');
  const which = open.length === 1 ? `${open[0]!.title} (${open[0]!.id})` : `${open.length} of them`;
  const hint = 'pmx op list --open, then pmx op rollback ID or pmx op resume ID';
  return warning('tool', 'Operations', `Left half done: ${which}.`, hint);
}

/** What commands start besides themselves. */
export function checkPrograms(path: string = process.env['PATH'] ?? ''): Check {
  const there = path.split(delimiter).some((folder) => existsSync(join(folder, 'ssh')));
  return there || process.platform === 'win32'
    ? ok('tool', 'ssh', 'Found.')
    : warning(
        'tool',
        'ssh',
        'Not found: vm ssh, vm cp and ct exec need it.',
        'Install it: apt install openssh-client',
      );
}
