// Writes what follows from the tables of settings and documents, and from the commands: schemas,
// docs, completion scripts, man pages, the list in README.md. `--check` only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { completionScript, fileNames, shells } from '../dist/lib/completion/scripts/index.js';
import { configJsonSchema } from '../dist/lib/config/schema/json-schema.js';
import { manifestJsonSchema } from '../dist/lib/operations/declare/schema.js';
import { buildFileSchema } from '../dist/lib/operations/template/build/fields.js';
import { knownCommands } from './generate/commands.js';
import { configuration } from './generate/configuration.js';
import { manifests } from './generate/documents.js';
import { manPages } from './generate/man/index.js';
import { outputSchemas } from './generate/output-schemas.js';
import { withCommandList } from './generate/readme.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name) =>
  existsSync(`${root}${name}`) ? readFileSync(`${root}${name}`, 'utf8') : undefined;
const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;
const known = knownCommands(root);

const inFolder = (folder, entries) =>
  entries.map(([name, content]) => [`${folder}/${name}`, content]);
const files = Object.fromEntries([
  ['schemas/config.schema.json', json(configJsonSchema())],
  ['docs/configuration.md', configuration],
  ['schemas/manifest.schema.json', json(manifestJsonSchema())],
  ['schemas/templates.schema.json', json(buildFileSchema())],
  ['docs/manifests.md', manifests],
  ['README.md', withCommandList(read('README.md'), known)],
  ...Object.entries(outputSchemas(root)).map(([name, schema]) => [name, json(schema)]),
  ...inFolder(
    'completions',
    shells.map((shell) => [fileNames[shell], completionScript(shell, known)]),
  ),
  ...inFolder('man', Object.entries(manPages(root, known))),
]);
/** Nothing else may lie in these. */
const folders = ['schemas/output', 'completions', 'man'];

const interfaceChange = `
What --json prints has changed, which is an interface: see "What may change" in docs/output.md. New
fields are fine. One that goes, becomes optional, or has another type or name waits for a major
version.`;

const checks = process.argv.includes('--check');
const stale = [];
const { format, resolveConfig } = await import('prettier');

/** As prettier would have it, where it knows the kind of file. */
async function formatted(name, content) {
  if (!/\.(json|md)$/.test(name)) return content;
  const path = `${root}${name}`;
  return format(content, { ...(await resolveConfig(path)), filepath: path });
}

for (const [name, content] of Object.entries(files)) {
  const text = await formatted(name, content);
  if (read(name) === text) continue;
  stale.push(name);
  if (checks) continue;
  mkdirSync(dirname(`${root}${name}`), { recursive: true });
  writeFileSync(`${root}${name}`, text);
}
for (const folder of folders) {
  const left = existsSync(`${root}${folder}`) ? readdirSync(`${root}${folder}`) : [];
  for (const name of left.map((file) => `${folder}/${file}`).filter((path) => !(path in files))) {
    stale.push(name);
    if (!checks) rmSync(`${root}${name}`);
  }
}
if (checks && stale.length > 0) {
  const ofOutput = stale.some((name) => name.startsWith('schemas/output'));
  process.stderr.write(
    `Not fresh: ${stale.join(', ')}${ofOutput ? interfaceChange : ''}\nnode scripts/generate.js writes them.\n`,
  );
  process.exitCode = 1;
}
