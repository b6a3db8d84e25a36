// Cuts the manifests into an index that every start reads and one file a command (src/launch).
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const inIndex = ['id', 'summary', 'hidden', 'strict', 'isESM', 'relativePath'];
const inIndexWhenSet = ['aliases', 'hiddenAliases', 'hasDynamicHelp'];
const inDetails = ['args', 'flags', 'description', 'examples', 'usage'];

/**
 * @param {string} root of the package that is to be started
 * @returns {void} Plugins whose commands are not one a file stay with oclif.
 */
export function writeIndex(root) {
  const folder = join(root, 'dist', 'launch');
  rmSync(join(folder, 'commands'), { recursive: true, force: true });
  mkdirSync(join(folder, 'commands'), { recursive: true });
  const plugins = [];
  for (const place of ['.', ...ownPlugins(root)]) {
    const pjson = readJson(join(root, place, 'package.json'));
    const { commands } = readJson(join(root, place, 'oclif.manifest.json'));
    for (const command of Object.values(commands))
      writeJson(
        join(folder, 'commands', `${command.id.replaceAll(':', '.')}.json`),
        pick(command, inDetails),
      );
    plugins.push({ name: pjson.name, root: place, commands: Object.values(commands).map(entryOf) });
  }
  writeJson(join(folder, 'index.json'), { plugins });
}

function ownPlugins(root) {
  const { oclif } = readJson(join(root, 'package.json'));
  return oclif.plugins
    .map((name) => `node_modules/${name}`)
    .filter((place) => {
      const manifest = join(root, place, 'oclif.manifest.json');
      if (!existsSync(manifest)) return false;
      const { commands } = readJson(manifest);
      return Object.values(commands).every(({ relativePath }) => relativePath !== undefined);
    });
}

function entryOf(command) {
  const set = inIndexWhenSet.filter((key) => command[key] === true || command[key]?.length > 0);
  const takesWords = command.strict === false || Object.keys(command.args).length > 0;
  return { ...pick(command, [...inIndex, ...set]), ...(takesWords && { takesWords }) };
}

function pick(command, keys) {
  return Object.fromEntries(
    keys.filter((key) => command[key] !== undefined).map((key) => [key, command[key]]),
  );
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value));
}
