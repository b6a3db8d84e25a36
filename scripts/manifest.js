// oclif's manifests: without one, oclif imports every command at every start. And of these what
// completion needs, which is read at every Tab.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those whose commands are pmx's own. */
export const packages = ['.', 'plugins/sandbox'];

/** Writes `oclif.manifest.json` of the main package and of every first-party plugin. */
export async function writeManifests(root) {
  const { Plugin } = await import('@oclif/core/config');
  for (const name of packages) {
    const path = join(root, name, 'oclif.manifest.json');
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    rmSync(path, { force: true });
    const plugin = new Plugin({
      root: join(root, name),
      type: 'core',
      ignoreManifest: true,
      errorOnManifestCreate: true,
    });
    await plugin.load();
    // Every start of pmx reads it: without blanks it is parsed in half the time.
    const manifest = `${JSON.stringify(sorted(plugin.manifest))}\n`;
    writeFileSync(path, manifest === before ? before : manifest);
  }
}

const ofCommand = ['id', 'aliases', 'hiddenAliases', 'hidden', 'strict', 'summary'];
const ofArg = ['name', 'options'];
const ofFlag = [
  'name',
  'type',
  'char',
  'aliases',
  'description',
  'helpValue',
  'options',
  'multiple',
  'allowNo',
  'hidden',
];

/** Without what is empty or false. */
function picked(entry, names) {
  return Object.fromEntries(
    names
      .map((name) => [name, entry[name]])
      .filter(([name, value]) => (value && value.length !== 0) || (name === 'strict' && !value)),
  );
}

/** Writes `dist/completion.json`; a flag that many commands have stands in it once. */
export function writeCompletionIndex(root) {
  const flags = new Map();
  const topics = {};
  const commands = packages.flatMap((name) => {
    const read = (file) => JSON.parse(readFileSync(join(root, name, file), 'utf8'));
    Object.assign(topics, read('package.json').oclif?.topics);
    return Object.values(read('oclif.manifest.json').commands).map((command) => ({
      ...picked(command, ofCommand),
      args: Object.values(command.args).map((arg) => picked(arg, ofArg)),
      flags: Object.values(command.flags).map((flag) => {
        const text = JSON.stringify(picked(flag, ofFlag));
        if (!flags.has(text)) flags.set(text, flags.size);
        return flags.get(text);
      }),
    }));
  });
  const index = { topics, flags: [...flags.keys()].map((text) => JSON.parse(text)), commands };
  writeFileSync(join(root, 'dist', 'completion.json'), `${JSON.stringify(index)}\n`);
}

function sorted(manifest) {
  const commands = Object.fromEntries(
    Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { ...manifest, commands };
}
