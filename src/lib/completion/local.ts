import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Contexts, Paths } from '@pmx-cli/kit';

import type { Item } from './items.js';

const newestOperations = 50;

/** What is known on this machine: no network, no keychain. */
export async function localItems(
  what: 'contexts' | 'operations' | 'codes' | 'settings',
  paths: Paths,
  contexts: () => Promise<Contexts>,
): Promise<Item[]> {
  switch (what) {
    case 'contexts':
      return Object.entries(await (await contexts()).list()).map(([value, { endpoint }]) => ({
        value,
        description: endpoint,
      }));
    case 'operations':
      return operations(join(paths.state, 'operations'));
    case 'codes': {
      const { catalogue } = await import('../explain/catalogue/index.js');
      return catalogue.map(({ code, title }) => ({ value: code, description: title }));
    }
    case 'settings': {
      const { settings } = await import('../config/schema/settings.js');
      return Object.entries(settings).map(([value, { description }]) => ({ value, description }));
    }
  }
}

function operations(folder: string): Item[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .reverse()
    .slice(0, newestOperations)
    .map((name) => ({ value: name.slice(0, -'.jsonl'.length), ...titleOf(join(folder, name)) }));
}

function titleOf(path: string): { description?: string } {
  try {
    const [first = ''] = readFileSync(path, 'utf8').split('\n', 1);
    const { plan } = JSON.parse(first) as { plan?: { title?: string } };
    return plan?.title === undefined ? {} : { description: plan.title };
  } catch {
    return {};
  }
}
