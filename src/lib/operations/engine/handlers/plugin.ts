import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { PluginInstallArgs } from '@pmx-cli/kit';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { whileLocked } from '../../../config/write/atomic.js';
import { giveKit, refreshKit, takeKit } from '../../../plugins/kit-link.js';
import { manifestOf } from '../../../plugins/manifest.js';
import { readPackage } from '../../../plugins/package-file.js';
import {
  manifestPath,
  type PluginNote,
  readStore,
  type StoredPlugin,
} from '../../../plugins/store.js';
import { npm, packageError, pluginPlugins } from '../../plugins/npm.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';

/** The plugins before the last change, kept for `pmx undo`. */
const before = (folder: string): string => `${folder}.before`;
const next = (folder: string): string => `${folder}.next`;
/** Operations that the store remembers. */
const remembered = 100;

export const pluginInstall: StepHandler<'plugin.install'> = {
  async run(args, context) {
    const { folder, name, version, source, scripts, registry } = args;
    await inNewStore(folder, context, async (store) => {
      const url = `file:packages/${await keepPackage(store, args)}`;
      context.report('npm install');
      await unpackAnew(store, name);
      const prod = ['--omit=dev', '--save'];
      const { signal } = context;
      await npm(['install', ...prod, '--', url], { cwd: store, registry, scripts, signal });
      const plugins = await pluginPlugins(store);
      await forget(store, name, { dependency: false });
      await plugins.add({ name, type: 'user', url });
      const installedAt = new Date().toISOString();
      const { integrity } = args;
      await note(store, name, {
        source,
        version,
        integrity,
        ...(scripts && { scripts }),
        installedAt,
      });
      await lookUpCommands(store, { name, type: 'user' });
    });
    return { name, version };
  },
  recover: happened,
};

export const pluginLink: StepHandler<'plugin.link'> = {
  async run({ folder, name, version, root }, context) {
    const given = giveKit(root);
    const link = async (store: string): Promise<void> => {
      await forget(store, name, { dependency: true });
      await (await pluginPlugins(store)).add({ name, type: 'link', root });
      await note(store, name, { source: root, version, installedAt: new Date().toISOString() });
      await lookUpCommands(store, { name, type: 'link', root });
    };
    await inNewStore(folder, context, link).catch((error: unknown) => {
      if (given) takeKit(root);
      throw error;
    });
    return { name, version };
  },
  recover: happened,
};

export const pluginUninstall: StepHandler<'plugin.uninstall'> = {
  async run({ folder, name }, context) {
    await inNewStore(folder, context, async (store) => {
      const stored = readStore(store)?.plugins.find((plugin) => plugin.name === name);
      await forget(store, name, { dependency: true });
      if (stored?.type === 'user') await npm(['prune'], { cwd: store, signal: context.signal });
    });
    return { name, removed: true };
  },
  recover: happened,
};

export const pluginRestore = repeatable<'plugin.restore'>(async ({ folder, name }, context) => {
  await whileLocked(folder, async () => {
    await heal(folder);
    await rm(next(folder), { recursive: true, force: true });
    const { operations = [] } = readStore(folder) ?? {};
    if (!operations.includes(context.operationId)) return;
    const kept = readStore(before(folder))?.operations.at(-1);
    if (operations.at(-1) !== context.operationId || operations.at(-2) !== kept)
      throw changedSince(name);
    await rm(folder, { recursive: true, force: true });
    if (kept !== undefined) await rename(before(folder), folder);
  });
  return { restored: true };
});

export const pluginScaffold = repeatable<'plugin.scaffold'>(async ({ folder, files }) => {
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  giveKit(folder);
  return { folder };
});

async function happened(
  { folder, name }: { folder: string; name: string },
  { operationId }: StepContext,
): Promise<{ name: string } | undefined> {
  return (await isIn(folder, operationId)) ? { name } : undefined;
}

async function isIn(folder: string, operation: string): Promise<boolean> {
  return readStore(folder)?.operations.includes(operation) === true;
}

/**
 * Works on a copy, which then takes the place of the plugins as a whole: whatever happens meanwhile,
 * pmx never sees half of a change.
 */
async function inNewStore(
  folder: string,
  { operationId }: StepContext,
  work: (store: string) => Promise<void>,
): Promise<void> {
  await whileLocked(folder, async () => {
    await heal(folder);
    const store = next(folder);
    await rm(store, { recursive: true, force: true });
    if (existsSync(folder)) await cp(folder, store, { recursive: true, verbatimSymlinks: true });
    else await mkdir(store, { recursive: true, mode: 0o700 });
    await editStore(store, (file) => ({
      private: true,
      dependencies: {},
      oclif: { schema: 1, plugins: [] },
      ...file,
    }));
    await work(store);
    refreshKit(store);
    await editStore(store, (file) => {
      const operations = [...(file.pmx?.operations ?? []), operationId].slice(-remembered);
      return { ...file, pmx: { ...file.pmx, operations } };
    });
    await rm(before(folder), { recursive: true, force: true });
    if (existsSync(folder)) await rename(folder, before(folder));
    await rename(store, folder);
  });
}

/** Between the two renames of an earlier process there was nothing in this place. */
async function heal(folder: string): Promise<void> {
  if (!existsSync(folder) && existsSync(before(folder))) await rename(before(folder), folder);
}

/** npm takes the same version for the same thing: other contents, or its scripts, it would pass over. */
async function unpackAnew(store: string, name: string): Promise<void> {
  const place = `node_modules/${name}`;
  await rm(join(store, place), { recursive: true, force: true });
  await rm(join(store, 'node_modules', '.package-lock.json'), { force: true });
  const path = join(store, 'package-lock.json');
  if (!existsSync(path)) return;
  const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages?: Record<string, unknown> };
  delete lock.packages?.[place];
  await writeFile(path, JSON.stringify(lock, undefined, 2));
}

/** What was shown is what is installed. @returns the name of the file */
async function keepPackage(
  store: string,
  { package: path, integrity, name, version }: PluginInstallArgs,
): Promise<string> {
  const file = `${name.replaceAll('/', '+')}-${version}.tgz`;
  const kept = join(store, 'packages', file);
  await mkdir(dirname(kept), { recursive: true });
  await copyFile(path, kept);
  const digest = createHash('sha512').update(readFileSync(kept)).digest('base64');
  if (`sha512-${digest}` !== integrity) {
    throw new SurroundingsError({
      code: 'PMX_PLUGIN_CHANGED',
      message: `${basename(path)} is another file than the one that was shown.`,
      hints: ['Begin anew: what it adds is then shown as it is now.'],
    });
  }
  return file;
}

/** While everything is at hand: a start without a manifest would have to do it. */
async function lookUpCommands(store: string, plugin: StoredPlugin): Promise<void> {
  refreshKit(store);
  const root = plugin.root ?? join(store, 'node_modules', plugin.name);
  try {
    await manifestOf(store, plugin, readPackage(root));
  } catch (error) {
    throw packageError(plugin.name, error);
  }
}

interface StoreFile {
  dependencies?: Record<string, string>;
  pmx?: { plugins?: Record<string, PluginNote>; operations?: string[] };
}

async function editStore(store: string, edit: (file: StoreFile) => object): Promise<void> {
  const path = join(store, 'package.json');
  const file = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StoreFile) : {};
  await writeFile(path, `${JSON.stringify(edit(file), undefined, 2)}\n`, { mode: 0o600 });
}

async function note(store: string, name: string, about: PluginNote): Promise<void> {
  await editStore(store, (file) => ({
    ...file,
    pmx: { ...file.pmx, plugins: { ...file.pmx?.plugins, [name]: about } },
  }));
}

async function forget(
  store: string,
  name: string,
  { dependency }: { dependency: boolean },
): Promise<void> {
  await rm(manifestPath(store, name), { force: true });
  const kept = readStore(store)?.plugins.find((plugin) => plugin.name === name)?.url;
  const needed = !dependency;
  // plugin-plugins takes a name out of the dependencies as well.
  const { dependencies } = JSON.parse(
    readFileSync(join(store, 'package.json'), 'utf8'),
  ) as StoreFile;
  await (await pluginPlugins(store)).remove(name);
  await editStore(store, (file) => {
    const { [name]: _, ...notes } = file.pmx?.plugins ?? {};
    return {
      ...file,
      ...(needed && { dependencies }),
      pmx: { ...file.pmx, plugins: notes },
    };
  });
  const still = needed ? dependencies?.[name] : undefined;
  if (kept?.startsWith('file:packages/') && kept !== still)
    await rm(join(store, kept.slice('file:'.length)), { force: true });
}

function changedSince(name: string): RequestError {
  return new RequestError({
    code: 'PMX_PLUGINS_CHANGED',
    message: `Plugins were changed again since then, so only ${name} itself can be taken back.`,
    hints: [`pmx plugins uninstall ${name}`, 'pmx plugins list shows what is installed.'],
  });
}
