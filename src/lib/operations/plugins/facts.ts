import { pluginShortName } from '@pmx-cli/kit';
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { extract } from 'tar-stream';

import { misfitOf } from '../../plugins/compatible.js';
import { commandFolder, type PluginManifest } from '../../plugins/manifest.js';
import { checkPackage, type PluginPackage } from '../../plugins/package-file.js';

/** What a plugin adds, told without running anything of it. */
export interface PluginFacts {
  name: string;
  version: string;
  description?: string;
  /** As they are typed behind `pmx`. */
  commands: string[];
  /** Those that pmx or another plugin has already, so that the plugin's own are never reached. */
  taken: string[];
  /** Events of pmx that it listens to. */
  hooks: string[];
  /** Events of oclif, which are not passed on. */
  ignoredHooks: string[];
  /** Privileges of Proxmox VE that it says it needs, and what for. */
  permissions: Record<string, string>;
  /** Keys as `pmx config set` takes them. */
  settings: string[];
  /** Packages that npm fetches for it. */
  dependencies: string[];
  /** Scripts that npm would run while installing. */
  scripts: string[];
  /** Why it does not fit this pmx; null when it does. */
  misfit: string | null;
}

/** A package that was read: what is in it, and which bytes it was. */
export interface ReadPackage {
  pack: PluginPackage;
  manifest?: PluginManifest;
  /** Paths below the package. */
  files: string[];
  integrity: string;
}

/** More would be no plugin; a package is read before anybody trusts it. */
const limit = 64 * 2 ** 20;

/** Reads a .tgz as npm makes it. @throws Error that says what is wrong with it */
export async function readTarball(path: string): Promise<ReadPackage> {
  const files: string[] = [];
  const texts: Record<string, string> = {};
  let size = 0;
  const tar = extract();
  tar.on('entry', (header, stream, done) => {
    const name = header.name.replace(/^[^/]+\//, '');
    if (header.type === 'file') files.push(name);
    const wanted = name === 'package.json' || name === 'oclif.manifest.json';
    const chunks: Buffer[] = [];
    stream.on('data', (data) => {
      const chunk = data as Buffer;
      size += chunk.length;
      if (size > limit) tar.destroy(new Error(`it is larger than ${limit / 2 ** 20} MiB unpacked`));
      else if (wanted) chunks.push(chunk);
    });
    stream.on('end', () => {
      if (wanted) texts[name] = Buffer.concat(chunks).toString('utf8');
      done();
    });
  });
  await pipeline(createReadStream(path), createGunzip(), tar);
  if (texts['package.json'] === undefined) throw new Error('there is no package.json in it');
  const manifest = texts['oclif.manifest.json'];
  return {
    pack: checkPackage(JSON.parse(texts['package.json'])),
    ...(manifest !== undefined && { manifest: JSON.parse(manifest) as PluginManifest }),
    files,
    integrity: `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`,
  };
}

/**
 * @param known commands that are there without it
 */
export function factsOf(
  { pack, manifest, files }: Pick<ReadPackage, 'pack' | 'manifest' | 'files'>,
  known: ReadonlySet<string>,
): PluginFacts {
  const commands = (manifest ? Object.keys(manifest.commands) : idsOf(pack, files)).sort();
  const events = Object.keys(pack.oclif?.hooks ?? {}).sort();
  const isOwn = (event: string): boolean => event.startsWith('pmx:');
  const scripts = ['preinstall', 'install', 'postinstall'];
  const short = pluginShortName(pack.name);
  const words = (id: string): string => id.replaceAll(':', ' ');
  return {
    name: pack.name,
    version: pack.version,
    ...(pack.description !== undefined && { description: pack.description }),
    commands: commands.map(words),
    taken: commands.filter((id) => known.has(id)).map(words),
    hooks: events.filter(isOwn),
    ignoredHooks: events.filter((event) => !isOwn(event)),
    permissions: pack.pmx?.permissions ?? {},
    settings: Object.keys(pack.pmx?.settings ?? {}).map((key) => `plugins.${short}.${key}`),
    dependencies: Object.keys(pack.dependencies ?? {}).sort(),
    scripts: scripts.filter((name) => pack.scripts?.[name] !== undefined),
    misfit: misfitOf(pack)?.needs ?? null,
  };
}

/** Without a manifest the names of the files say it, as with oclif's own search. */
function idsOf(pack: PluginPackage, files: readonly string[]): string[] {
  const target = commandFolder(pack)?.replace(/^\.\//, '').replace(/\/$/, '');
  if (target === undefined) return [];
  return files
    .filter(
      (path) => path.startsWith(`${target}/`) && /(?<!\.d|\.test|\.spec)\.[cm]?[jt]s$/.test(path),
    )
    .map((path) => path.slice(target.length + 1).replace(/\.[cm]?[jt]s$/, ''))
    .map((path) => path.replace(/(?:^|\/)index$/, '').replaceAll('/', ':'))
    .filter((id) => id !== '');
}

/** Of the labels in front of what a plugin adds. */
export const labelWidth = 18;

/** The same for people, before they are asked. */
export function factLines(
  facts: PluginFacts,
  { scripts = false }: { scripts?: boolean } = {},
): string[] {
  const list = (label: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`  ${`${label}:`.padEnd(labelWidth)}${values.join(', ')}`];
  return [
    `${facts.name} ${facts.version}${facts.description ? `: ${facts.description}` : ''}`,
    ...list('commands', facts.commands),
    ...list(
      'not reached',
      facts.taken.map((command) => `${command} (there is one already)`),
    ),
    ...list('hooks', facts.hooks.map(hookInWords)),
    ...list('not called', facts.ignoredHooks),
    ...list(
      'permissions',
      Object.entries(facts.permissions).map(([privilege, why]) => `${privilege} (${why})`),
    ),
    ...list('settings', facts.settings),
    ...list('brings', facts.dependencies),
    ...list(scripts ? 'runs scripts' : 'scripts, not run', facts.scripts),
  ];
}

const meanings: Readonly<Record<string, string>> = {
  'pmx:plan': 'sees every change beforehand and may stop it',
  'pmx:done': 'is told how every change ended',
  'pmx:doctor': 'adds to pmx doctor',
  'pmx:completion': 'completes values of its own',
  'pmx:time:validate-target': 'may stop a shift of a clock',
  'pmx:time:pre-shift': 'may stop a shift of a clock',
  'pmx:time:post-shift': 'is told of shifted clocks',
};

function hookInWords(event: string): string {
  const meaning = meanings[event];
  return meaning === undefined ? event : `${event} (${meaning})`;
}
