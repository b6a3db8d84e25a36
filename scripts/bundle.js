// npm run bundle: the package to publish, in build/package. Modules in few files that load fast, one
// manifest for pmx and its own plugins, and nothing that only a developer needs.
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, globSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';

import { rolldown } from 'rolldown';

import {
  atRest,
  importer,
  inAscii,
  keepPlaces,
  kitPlace,
  loadOnUse,
  neighbours,
  placeOf,
  plainRequire,
  requireOnUse,
  rootFrom,
  resolvedPackages,
  rootToken,
  startModules,
  stubs,
  wholeModules,
} from './bundle/modules.js';
import {
  copyDocuments,
  kitEntry,
  kitPackage,
  mergeManifests,
  packageJson,
  packagesOf,
  readJson,
  starter,
  thirdPartyLicenses,
  write,
} from './bundle/package.js';
import { writeIndex } from './command-index.js';
import { root } from './setup.js';

const target = join(root, 'build', 'package');

/** Plugins whose commands become commands of the package itself, and where those are put. */
const foldable = {
  '@oclif/plugin-autocomplete': 'dist/plugins/autocomplete',
  '@oclif/plugin-help': 'dist/plugins/help',
  '@pmx-cli/plugin-sandbox': 'plugins/sandbox/dist/commands',
};
/** Native code, and what only loads by the name of its package. */
const external = [/^node:/, 'keytar', /^@napi-rs\//];

const oclifVersion = readJson(join(root, 'node_modules/@oclif/core/package.json')).version;
const replacements = {
  // Only for plugins in TypeScript, which only their developers run.
  '@oclif/core/lib/config/ts-path.js': `
    const { join } = require('node:path');
    exports.tsPath = async (root, path) =>
      path === undefined ? undefined : path.startsWith(root) ? path : join(root, path);`,
  '@oclif/core/lib/cache.js': `
    class Cache extends Map { static #own; static getInstance() { return (Cache.#own ??= new Cache()); } }
    Cache.getInstance().set('@oclif/core', { name: '@oclif/core', version: '${oclifVersion}' });
    Object.defineProperty(exports, '__esModule', { value: true });
    exports.default = Cache;`,
  // The same functions, without node:fs/promises, which takes long to load.
  '@oclif/core/lib/util/fs.js': `
    const fs = require('node:fs');
    const kind = (path) => { try { return fs.statSync(path); } catch { return undefined; } };
    exports.dirExists = async (path) => {
      const found = kind(path);
      if (!found) throw new Error('No directory found at ' + path);
      if (!found.isDirectory()) throw new Error(path + ' exists but is not a directory');
      return path;
    };
    exports.fileExists = async (path) => {
      const found = kind(path);
      if (!found) throw new Error('No file found at ' + path);
      if (!found.isFile()) throw new Error(path + ' exists but is not a file');
      return path;
    };
    exports.readJson = async (path) => JSON.parse(fs.readFileSync(path, 'utf8'));
    exports.safeReadJson = async (path) => {
      try { return JSON.parse(fs.readFileSync(path, 'utf8')); } catch { return undefined; }
    };
    exports.existsSync = fs.existsSync;`,
  // pmx tells what it does with --debug, and WSL is Linux for all that it does.
  'debug/src/index.js': `
    const silent = Object.assign(() => undefined, { enabled: false, extend: () => silent });
    module.exports = () => silent;`,
  'wsl-utils/index.js': 'exports.isWsl = false;',
};

const pjson = readJson(join(root, 'package.json'));
const folded = pjson.oclif.plugins.filter((name) => name in foldable);
const { entries, assets } = findEntries();
const output = await bundle(entries);
const chunks = output.filter(({ type }) => type === 'chunk');

rmSync(target, { recursive: true, force: true });
const build = createHash('sha256');
for (const { fileName, code } of chunks) {
  const text = inAscii(loadOnUse(code)).replaceAll(rootToken, rootFrom(fileName));
  write(join(target, fileName), text);
  build.update(`${fileName}\n${text}\n`);
}
write(join(target, importer.place), importer.code);
for (const asset of assets) {
  mkdirSync(dirname(join(target, placeOf(asset))), { recursive: true });
  cpSync(asset, join(target, placeOf(asset)));
}
const published = packageJson({ folded, external: externalPackages(chunks) });
write(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
write(
  join(target, 'oclif.manifest.json'),
  mergeManifests(
    [{ pluginRoot: root, placeOfCommand: (path) => path.join('/') }, ...folded.map(foldedManifest)],
    pjson,
  ),
);
writeIndex(target);
for (const [file, code] of Object.entries(await kitPackage()))
  write(join(target, kitPlace, file), code);
const bin = join(target, pjson.bin.pmx);
write(bin, starter(pjson, build.digest('hex').slice(0, 12)));
chmodSync(bin, 0o755);
const inside = packagesOf(chunks.flatMap(({ moduleIds }) => moduleIds));
write(join(target, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(inside));
write(join(root, 'build', 'bundled.json'), inside.map(placeOf));
copyDocuments(target);
const size = chunks.reduce((sum, { code }) => sum + code.length, 0);
process.stdout.write(
  `${target}: ${chunks.length} files, ${(size / 2 ** 20).toFixed(1)} MiB of code\n`,
);

/** What is started or imported by its path: commands, hooks, help, processes of their own. */
function findEntries() {
  const beside = neighbours(ownFiles());
  const files = new Map();
  const add = (file, place = placeOf(file)) => files.set(place.replace(/\.js$/, ''), file);
  for (const file of globSync(
    'dist/{main,launch/kept-code,help/index,commands/**/*,hooks/**/*}.js',
    { cwd: root },
  ))
    add(join(root, file));
  for (const plugin of folded) {
    const from = commandsOf(plugin);
    for (const file of globSync('**/*.js', { cwd: from }))
      add(join(from, file), `${foldable[plugin]}/${file}`);
  }
  for (const [path, file] of Object.entries(
    readJson(join(root, 'plugins/kit/package.json')).exports,
  ))
    files.set(kitEntry(path), `whole:${join(root, 'plugins/kit', file)}`);
  const inDist = [...beside].filter((path) => /\/dist\/.*\.\w+$/.test(path));
  for (const path of inDist) if (path.endsWith('.js')) add(path);
  return {
    entries: Object.fromEntries(files),
    assets: globSync('dist/**/*.json', { cwd: root, exclude: ['dist/launch/**'] }).map((file) =>
      join(root, file),
    ),
  };
}

function ownFiles() {
  return globSync('{dist,plugins/*/dist}/**/*.js', {
    cwd: root,
    exclude: ['plugins/kit/dist/testing/**'],
  }).map((file) => join(root, file));
}

function commandsOf(plugin) {
  const { oclif } = readJson(join(root, 'node_modules', plugin, 'package.json'));
  const commands = typeof oclif.commands === 'string' ? oclif.commands : oclif.commands.target;
  return realpathSync(join(root, 'node_modules', plugin, commands));
}

function foldedManifest(plugin) {
  const pluginRoot = realpathSync(join(root, 'node_modules', plugin));
  const from = relative(pluginRoot, commandsOf(plugin));
  return {
    pluginRoot,
    placeOfCommand: (path) => `${foldable[plugin]}/${relative(from, path.join('/'))}`,
  };
}

async function bundle(input) {
  const modulesOf = (...files) => startModules(files.map((file) => join(root, file)));
  // Stays by itself: it is there before it loads the others.
  const keeper = modulesOf('dist/launch/kept-code.js');
  const everyStart = modulesOf(
    'dist/launch/indexed-config.js',
    'dist/lib/host.js',
    'plugins/kit/dist/index.js',
  ).difference(keeper);
  const build = await rolldown({
    input,
    cwd: root,
    platform: 'node',
    external,
    preserveEntrySignatures: 'allow-extension',
    // A module that is imported in both ways just stays where it is needed first.
    checks: { ineffectiveDynamicImport: false },
    plugins: [
      wholeModules(),
      plainRequire(),
      atRest(),
      keepPlaces(),
      requireOnUse(),
      stubs(replacements),
    ],
  });
  const { output } = await build.generate({
    format: 'cjs',
    exports: 'named',
    // Every start reads all of a module, however little of it is used.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'dist/chunks/[name]-[hash].js',
    codeSplitting: {
      groups: [
        { name: 'keep', test: (id) => keeper.has(id) || id.includes('rolldown/runtime') },
        {
          name: 'start',
          test: (id) =>
            everyStart.has(id) ||
            /\/node_modules\/(@oclif\/core\/lib|supports-color|has-flag|ansis|wsl-utils)\//.test(
              id,
            ),
          includeDependenciesRecursively: false,
        },
      ],
    },
  });
  await build.close();
  return output;
}

function externalPackages(chunks) {
  const names = chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
  const packages = names
    .filter((name) => !isBuiltin(name) && !chunks.some(({ fileName }) => fileName === name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  // keytar is not everywhere, so that it is looked for by its name, too.
  return [...new Set([...packages, ...resolvedPackages(ownFiles()), 'keytar'])];
}
