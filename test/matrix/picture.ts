import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that an operation may leave behind, flat: what it is → its value. */
export type Picture = Map<string, string>;

/** What changes by itself, or tells of the past only. */
const passing = new Set([
  'createdAt',
  'drawn',
  'format',
  'generation',
  'log',
  'nextPid',
  'pretended',
  'tasks',
]);

/** A guest or a node that runs is one that runs, whenever it was started. */
const ofOneRun = new Set([
  'startedAt',
  'pid',
  'agentAt',
  'netin',
  'netout',
  'clockSetAt',
  'backAt',
  'bootedAt',
]);

/**
 * The state of a sandbox that has been stopped, the files on its storages and pmx's own files.
 * Journals, the audit and caches tell of the past, so they are left out.
 */
export function pictureOf(dataDir: string, home: string): Picture {
  const picture: Picture = new Map();
  const state = JSON.parse(readFileSync(join(dataDir, 'state.json'), 'utf8')) as object;
  for (const [name, value] of Object.entries(state))
    if (!passing.has(name)) flatten(picture, name, value);
  for (const path of filesBelow(join(dataDir, 'storages'))) {
    const { size } = statSync(join(dataDir, 'storages', path));
    // Packed, the same guest is a few bytes more or less, by the times in it.
    const told = /\.(?:zst|gz|lzo)$/.test(path) && size > 0 ? 'packed' : `${size} bytes`;
    picture.set(`file ${path}`, told);
  }
  for (const path of filesBelow(join(dataDir, 'tmp'))) picture.set(`tmp ${path}`, 'left');
  for (const path of filesBelow(home)) {
    if (/^(?:state\/operations\/[^/]+\.jsonl|state\/audit|cache\/|data\/)/.test(path)) continue;
    // Each sandbox has a port of its own.
    const text = readFileSync(join(home, path), 'utf8').replaceAll(/127\.0\.0\.1:\d+/g, 'SERVER');
    if (!path.endsWith('.json')) picture.set(`pmx ${path}`, text);
    else flatten(picture, `pmx ${path}`, JSON.parse(text));
  }
  return picture;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

function flatten(picture: Picture, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    picture.set(name, JSON.stringify(value));
    return;
  }
  const entries = Object.entries(value).filter(([key]) => !ofOneRun.has(key));
  // That the last one went leaves an empty list.
  if (entries.length === 0 && /\.snapshots$|^sections\.[^.]+$/.test(name)) return;
  // A thing without properties is there all the same: a pool without members, a guest that runs.
  if (entries.length === 0) picture.set(name, Array.isArray(value) ? '[]' : '{}');
  for (const [key, item] of entries) flatten(picture, `${name}.${key}`, item);
}

const chance: ReadonlyArray<[RegExp, string]> = [
  [/\d{8}-\d{6}-[a-z2-9]{5}/g, 'OPERATION'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, 'UUID'],
  [/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/gi, 'MAC'],
  [/\bctime=\d+/g, 'ctime=TIME'],
  [/\b\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d\b/g, 'TIME'],
];

/** Numbers that are drawn, and times: two runs that did the same differ in nothing else. */
export function withoutChance(picture: Picture): Picture {
  const plain = (text: string): string =>
    chance.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), text);
  return new Map(
    [...picture].map(([name, value]) => [
      plain(name),
      /\.(?:salt|hash|secret|snaptime|savedAt|ctime)$/.test(name) ? 'CHANCE' : plain(value),
    ]),
  );
}

/** What is there in only one of two pictures, or is not the same; a line for each. */
export function differences(expected: Picture, found: Picture): string[] {
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].sort().flatMap((name) => {
    const [was, is] = [expected.get(name), found.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`+ ${name}: ${short(is!)}`];
    if (is === undefined) return [`- ${name}: ${short(was)}`];
    return [`~ ${name}: ${short(was)} → ${short(is)}`];
  });
}

function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
