// What lies around the code in the bundle: package.json, one manifest, the file that starts pmx, licences.
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

import { root } from '../setup.js';
import { kitPlace } from './modules.js';

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
}

/**
 * One manifest for pmx and what is folded in: all are commands of one package.
 * @param {{ pluginRoot: string, placeOfCommand: (relativePath: string[]) => string }[]} plugins
 */
export function mergeManifests(plugins, pjson) {
  const commands = {};
  for (const { pluginRoot, placeOfCommand } of plugins) {
    const manifest = readJson(join(pluginRoot, 'oclif.manifest.json'));
    for (const [id, command] of Object.entries(manifest.commands))
      commands[id] = {
        ...command,
        pluginName: pjson.name,
        pluginAlias: pjson.name,
        isESM: false,
        relativePath: placeOfCommand(command.relativePath).split('/'),
      };
  }
  return { commands, version: pjson.version };
}

/** @param {{ folded: string[], external: string[] }} parts names of packages */
export function packageJson({ folded, external }) {
  const pjson = readJson(join(root, 'package.json'));
  const { name, version, description, keywords, license, bin, engines, oclif } = pjson;
  const { repository, homepage, bugs } = pjson;
  const dependencies = {};
  const optionalDependencies = {};
  for (const dependency of external.toSorted()) {
    if (pjson.optionalDependencies[dependency])
      optionalDependencies[dependency] = pjson.optionalDependencies[dependency];
    else if (pjson.dependencies[dependency])
      dependencies[dependency] = pjson.dependencies[dependency];
    else throw new Error(`${dependency} is not bundled, and no dependency of package.json`);
  }
  const topics = { ...oclif.topics };
  for (const plugin of folded)
    Object.assign(
      topics,
      readJson(join(root, 'node_modules', plugin, 'package.json')).oclif.topics,
    );
  return {
    name,
    version,
    description,
    keywords,
    license,
    ...(repository && { repository }),
    ...(homepage && { homepage }),
    ...(bugs && { bugs }),
    type: 'commonjs',
    bin,
    engines,
    oclif: {
      ...oclif,
      topics: Object.fromEntries(Object.entries(topics).sort(([a], [b]) => (a < b ? -1 : 1))),
      plugins: oclif.plugins.filter((plugin) => !folded.includes(plugin)),
    },
    dependencies,
    optionalDependencies,
    bundleDependencies: ['@pmx-cli/kit'],
  };
}

/**
 * The kit that plugins get: that of pmx itself, so that there is one of it, and none more to load.
 * @returns files of the package, by their paths in it
 */
export async function kitPackage() {
  const pjson = readJson(join(root, 'plugins', 'kit', 'package.json'));
  const { name, version, license, engines } = pjson;
  const files = {};
  const exports = { './package.json': './package.json' };
  for (const [path, file] of Object.entries(pjson.exports)) {
    const names = Object.keys(await import(join(root, 'plugins', 'kit', file)));
    const [, up] = /^\.\/(.*)\/[^/]+$/.exec(file);
    const toRoot = relative(join(kitPlace, up), '.').split(sep).join('/');
    const module = file.replace(/\.js$/, '.mjs');
    files[file] = `module.exports = require('${toRoot}/${kitEntry(path)}.js').kit;\n`;
    files[module] =
      `import kit from './${basename(file)}';\nexport const { ${names.join(', ')} } = kit;\n`;
    exports[path] = { import: module, default: file };
  }
  files['package.json'] =
    `${JSON.stringify({ name, version, license, engines, type: 'commonjs', exports }, undefined, 2)}\n`;
  return files;
}

/** @param {string} path as it is exported: `./errors` */
export function kitEntry(path) {
  return join('dist/kit', path === '.' ? 'index' : path);
}

/**
 * Answers `--version` before anything is loaded.
 * @param {string} build changes with the code of the bundle
 */
export function starter({ version, engines }, build) {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(engines.node);
  return `#!/usr/bin/env node
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
const argv = process.argv.slice(2);
if (major < ${major} || (major === ${major} && minor < ${minor})) {
  process.stderr.write(
    'pmx needs Node ${major}.${minor} or newer; this is ' + process.versions.node + ' (' + process.execPath + ').\\n',
  );
  process.exitCode = 2;
} else if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  try {
    require('node:fs').writeSync(1, 'pmx ${version}\\n');
  } catch (error) {
    if (error.code !== 'EPIPE') process.exitCode = 2;
  }
} else {
  const { join, resolve } = require('node:path');
  const load = require('../dist/launch/kept-code.js').keepCode({
    inside: join(resolve(__dirname, '..', 'dist'), '/'),
    build: '${build}',
  });
  void (load ?? require)('../dist/main.js').main(argv);
}
`;
}

/** @returns folders of the packages that modules come from */
export function packagesOf(modules) {
  const folders = modules.map((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/** Licences of everything whose code got into the bundle, for its readers and for Debian. */
export function thirdPartyLicenses(folders, title = 'pmx contains code of these packages.') {
  const texts = folders.map((folder) => {
    const { name, version, license } = readJson(join(folder, 'package.json'));
    const files = globSync('{LICENSE,LICENCE,license,licence,COPYING}*', { cwd: folder }).sort();
    const text =
      files.length > 0
        ? readFileSync(join(folder, files[0]), 'utf8').trim()
        : `Licence: ${license}`;
    const heading = `${name} ${version} (${license?.type ?? license})`;
    const line = '='.repeat(heading.length);
    return `${line}\n${heading}\n${line}\n\n${text}\n`;
  });
  return `${title}\n\n${texts.join('\n')}`;
}

/** Files that are published as they are, where they exist. */
export function copyDocuments(target) {
  for (const place of ['README.md', 'LICENSE', 'CHANGELOG.md', 'schemas', 'man', 'completions'])
    if (existsSync(join(root, place)))
      cpSync(join(root, place), join(target, place), { recursive: true });
}

export { write };
