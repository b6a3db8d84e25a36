import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { PluginSetting } from '@pmx-cli/kit';

/** What pmx reads of a plugin's package.json. */
export interface PluginPackage {
  name: string;
  version: string;
  description?: string;
  type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  engines?: { pmx?: string; node?: string };
  oclif?: {
    commands?: string | { strategy?: string; target?: string };
    hooks?: Record<string, string | object | Array<string | object>>;
    topics?: Record<string, { description?: string }>;
  };
  pmx?: {
    /** Privilege of Proxmox VE → what for. */
    permissions?: Record<string, string>;
    settings?: Record<string, PluginSetting>;
    /** Names of arguments and placeholders of flags that the hook `pmx:completion` knows values for. */
    completions?: string[];
  };
}

/** @throws when it cannot be read, or is none of a plugin */
export function readPackage(root: string): PluginPackage {
  return checkPackage(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
}

/** @throws Error that says what is wrong with it */
export function checkPackage(given: unknown): PluginPackage {
  const pack = given as Partial<PluginPackage> | null;
  if (typeof pack !== 'object' || pack === null) throw new Error('package.json is no object');
  if (typeof pack.name !== 'string' || !validName.test(pack.name))
    throw new Error('package.json has no proper name');
  if (typeof pack.version !== 'string') throw new Error('package.json has no version');
  if (typeof pack.oclif !== 'object')
    throw new Error('package.json has no section "oclif", so this is no plugin');
  return pack as PluginPackage;
}

/** Names as npm has them: they become folders and words of commands. */
export const validName = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
