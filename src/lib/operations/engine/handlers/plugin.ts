import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { PluginInstallArgs } from '@pmx-cli/kit';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { giveKit, refreshKit, takeKit } from '../../../plugins/kit-link.js';
import { manifestOf } from '../../../plugins/manifest.js';
import { readPackage } from '../../../plugins/package-file.js';
import {
  folderBefore,
  manifestPath,
  type PluginNote,
  readStore,
  type StoredPlugin,
} from '../../../plugins/store.js';
import { npm, packageError, pluginPlugins } from '../../plugins/npm.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';
import { aloneWith, editStore, inNewStore, restoreStore, type StoreFile } from './plugin-store.js';

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
  await aloneWith(folder, context, async () => {
    const { operations = [] } = readStore(folder) ?? {};
    if (!operations.includes(context.operationId)) return;
    const kept = readStore(folderBefore(folder))?.operations.at(-1);
    if (operations.at(-1) !== context.operationId || operations.at(-2) !== kept)
      throw changedSince(name);
    await restoreStore(folder, kept !== undefined);
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
