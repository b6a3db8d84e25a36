import { lstatSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { lasting } from '../config/place.js';

/** Where the kit of this pmx is; of one that updates itself by the way that stays. */
export function ownKit(): string {
  const kit = dirname(dirname(createRequire(import.meta.url).resolve('@pmx-cli/kit')));
  const stays = lasting(kit);
  // Another version may be in use by now, and its kit is not this one's.
  return stays !== kit && realpathSync(stays) === kit ? stays : kit;
}

/**
 * Lets the plugins of the store find the kit of this pmx, so that there is one copy of it, as their
 * peerDependency says. npm removes the link with each change, and pmx may have moved since.
 */
export function refreshKit(store: string): void {
  const path = kitOf(store);
  const target = ownKit();
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    // There is none, or something else.
  }
  try {
    linkKit(path, target);
  } catch {
    // Read-only: a plugin that needs it says so when it is loaded.
  }
}

/** A linked plugin takes the kit of this pmx unless it has one. @returns whether a link was made */
export function giveKit(root: string): boolean {
  try {
    createRequire(join(root, 'package.json')).resolve('@pmx-cli/kit');
    return false;
  } catch {
    linkKit(kitOf(root), ownKit());
    return true;
  }
}

/** Takes a link away again that `giveKit` made. */
export function takeKit(root: string): void {
  rmSync(kitOf(root), { force: true });
}

function kitOf(root: string): string {
  return join(root, 'node_modules', '@pmx-cli', 'kit');
}

function linkKit(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false })) rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path, process.platform === 'win32' ? 'junction' : 'dir');
}
