import { setTimeout as sleep } from 'node:timers/promises';

import type { Contexts, Paths } from '@pmx-cli/kit';

import { type CachedData, cacheKey, CompletionCache } from './cache.js';
import { type DataName, lifeOf } from './data.js';
import {
  guestItems,
  type Item,
  nodeItems,
  poolItems,
  type ResourceRow,
  selectorItems,
  storageItems,
  tagItems,
} from './items.js';
import { type ParsedLine, parseLine, type Slot } from './line.js';
import { localItems } from './local.js';
import type { Known, KnownCommand } from './manifest.js';
import { type Source, sourceOf } from './source.js';

export interface CompletionHost {
  known: Known;
  paths: Paths;
  contexts(): Promise<Contexts>;
  /** Starts reading; the result turns up in the cache. */
  refresh(name: DataName, context: string | undefined): void;
  /** Milliseconds since this process began. */
  uptime(): number;
}

export interface Completion {
  items: Item[];
  /** The shell completes names of files itself. */
  files: boolean;
}

/** When the answer goes out at the latest, in milliseconds of this process. */
const deadline = 250;
/** A reading that failed is not tried again for so long. */
const failureLife = 10_000;
const pollMillis = 10;
const contextsLife = 300_000;

/**
 * What could stand at the cursor.
 * @param words behind `pmx`, up to the cursor; the last one is being typed
 */
export async function complete(
  words: readonly string[],
  host: CompletionHost,
): Promise<Completion> {
  const line = parseLine(host.known, words);
  const { slot, current } = line;
  if (slot.kind === 'words')
    return { items: matching(wordItems(host.known, slot), current), files: false };
  if (slot.kind === 'flags') return { items: matching(flagItems(slot), current), files: false };
  const source = sourceOf(slot);
  if (source.from === 'files') return { items: [], files: true };
  const prefix = slot.kind === 'flag-value' ? slot.prefix : '';
  const { head, tail } = isList(slot) ? splitList(current) : { head: '', tail: current };
  const items = matching(await valuesOf(source, tail, line, host), tail);
  return {
    items: items.map(({ value, ...rest }) => ({ value: `${prefix}${head}${value}`, ...rest })),
    files: false,
  };
}

/** `a,b,c|`: only the last one is being typed. */
function splitList(current: string): { head: string; tail: string } {
  const at = current.lastIndexOf(',') + 1;
  return { head: current.slice(0, at), tail: current.slice(at) };
}

function isList(slot: Slot): boolean {
  return slot.kind === 'flag-value' && /,…/.test(slot.flag.helpValue ?? '');
}

function matching(items: readonly Item[], typed: string): Item[] {
  const low = typed.toLowerCase();
  return items.filter(({ value }) => value.toLowerCase().startsWith(low));
}

function wordItems(known: Known, { path }: Extract<Slot, { kind: 'words' }>): Item[] {
  const start = path.map((word) => `${word}:`).join('');
  const found = new Map<string, string>();
  for (const command of known.commands) {
    if (command.hidden) continue;
    const { id, summary = '' } = command;
    if (!id.startsWith(start)) continue;
    const [word = '', ...more] = id.slice(start.length).split(':');
    const topic = known.topics[`${start}${word}`]?.description ?? '';
    // The description of a topic says more than that of one of its commands.
    if (more.length === 0) found.set(word, found.get(word) ?? summary);
    else found.set(word, topic);
  }
  return [...found]
    .filter(([word]) => word !== '')
    .map(([value, description]) => ({ value, description }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

function flagItems({
  command,
  used,
}: {
  command: KnownCommand;
  used: ReadonlySet<string>;
}): Item[] {
  return Object.values(command.flags)
    .filter(({ hidden, name, multiple }) => !hidden && (multiple || !used.has(name)))
    .flatMap(({ name, description = '', allowNo }): Item[] => [
      { value: `--${name}`, description },
      ...(allowNo ? [{ value: `--no-${name}`, description }] : []),
    ]);
}

async function valuesOf(
  source: Source,
  typed: string,
  line: ParsedLine,
  host: CompletionHost,
): Promise<Item[]> {
  const rows = <T>(name: DataName): Promise<T[]> => cached<T>(name, line.context, host);
  switch (source.from) {
    case 'options':
      return source.options.map((value) => ({ value }));
    case 'local':
      return source.what === 'contexts'
        ? contextItems(host)
        : localItems(source.what, host.paths, host.contexts);
    case 'guests':
      return guestItems(await rows<ResourceRow>('resources'), source, typed);
    case 'nodes':
      return nodeItems(await rows('resources'));
    case 'storages':
      return storageItems(await rows('resources'), source.content);
    case 'pools':
      return poolItems(await rows('resources'));
    case 'tags':
      return tagItems(await rows('resources'));
    case 'selectors':
      return selectorItems(await rows('resources'), typed);
    case 'bridges':
    case 'tasks':
      return rows<Item>(source.from);
    case 'plugin':
      return rows<Item>(`plugin-${source.plugin}+${source.what}`);
    case 'snapshots':
      return rows<Item>(`snapshots-${source.type}-${source.guest}`);
    default:
      return [];
  }
}

/**
 * Names of contexts stand in files, but reading YAML takes longer than a Tab may: they are kept as
 * long as the files stay as they are. A file for all users of the machine is not watched.
 */
async function contextItems(host: CompletionHost): Promise<Item[]> {
  const cache = new CompletionCache(host.paths.cache, cacheKey(host.paths.config, undefined));
  const known = cache.read('contexts');
  if (known && isFresh(known, contextsLife)) return rowsOf<Item>(known);
  const rows = await localItems('contexts', host.paths, host.contexts);
  try {
    cache.write('contexts', { at: Date.now(), rows });
  } catch {
    // A cache that cannot be written is only slower.
  }
  return rows;
}

/** From the cache; what is missing or old is read in the background, and waited for if missing. */
async function cached<T>(
  name: DataName,
  context: string | undefined,
  host: CompletionHost,
): Promise<T[]> {
  const cache = new CompletionCache(host.paths.cache, cacheKey(host.paths.config, context));
  const known = cache.read(name);
  if (known && isFresh(known, lifeOf(name))) return rowsOf<T>(known);
  host.refresh(name, context);
  if (known?.rows) return rowsOf<T>(known);
  while (host.uptime() < deadline) {
    await sleep(pollMillis);
    const read = cache.read(name);
    if (read && read.at !== known?.at) return rowsOf<T>(read);
  }
  return [];
}

function isFresh({ at, rows }: CachedData, life: number): boolean {
  const age = Date.now() - at;
  return age >= 0 && age < (rows ? life : failureLife);
}

function rowsOf<T>(data: CachedData): T[] {
  return (data.rows ?? []) as T[];
}
