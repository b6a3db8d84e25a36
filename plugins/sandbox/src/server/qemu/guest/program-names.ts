import type { Vm } from '../../state/model.js';
import { GuestFiles } from './inside.js';
import { programsOf } from './packages.js';
import { PROGRAMS } from './programs.js';

export const SHELLS = new Set(['sh', 'bash', 'dash']);

/** The name of a program without its directory. */
export function baseName(path: string): string {
  return path.replace(/^\/(?:usr\/)?s?bin\//, '');
}

/** Does the guest have this program? */
export function isProgram(path: string, vm: Vm): boolean {
  const name = baseName(path);
  if (SHELLS.has(name) || Object.hasOwn(PROGRAMS, name)) return true;
  if (path.includes('/') && new GuestFiles(vm).read(path) !== undefined) return true;
  return programsOf(vm).has(name);
}
