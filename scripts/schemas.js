// Writes schemas/config.schema.json and docs/configuration.md from the table of settings, and
// schemas/output from the types of the commands; `--check` only compares.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { contextFields } from '../dist/lib/config/schema/context-fields.js';
import { configJsonSchema } from '../dist/lib/config/schema/json-schema.js';
import { profileFields } from '../dist/lib/config/schema/profile-fields.js';
import { settings } from '../dist/lib/config/schema/settings.js';
import { ruleOf } from '../dist/lib/config/schema/spec.js';
import { outputSchemas } from './output-schemas.js';

const root = fileURLToPath(new URL('..', import.meta.url));

function describe(key, spec) {
  const facts = [
    `${ruleOf(spec)}, for example \`${spec.example}\``,
    ...(spec.default === undefined ? [] : [`default \`${spec.default}\``]),
    ...(spec.env ? [`variables ${spec.env.map((name) => `\`${name}\``).join(', ')}`] : []),
    ...(spec.layers && !spec.layers.includes('project') ? ['not in project files'] : []),
  ];
  return `- \`${key}\`: ${spec.description} ${facts.join('; ')}.`.replace('. it', '. It');
}

const rows = (table, prefix = '') =>
  Object.entries(table)
    .map(([key, spec]) => describe(`${prefix}${key}`, spec))
    .join('\n');

const docs = `# Configuration

Made by \`node scripts/schemas.js\` from \`src/lib/config/schema\`.

Flags win over variables, these over the project file (\`.pmx.yaml\`, \`.pmx.json\` or \`.proxmox.conf\`, searched upwards to the
root of the repository), then \`config.yaml\` in your own folder (\`pmx config path\`), \`/etc/pmx/config.yaml\`, and the defaults.
\`pmx config view --origins\` shows who won. \`\${NAME}\` and \`\${NAME:-default}\` are filled in; \`extends: FILE\` builds on another
file. Names may be written like \`request-timeout\` as well.

## Settings

${rows(settings)}

## Contexts

Below \`contexts.NAME\`, in your own file or the system's. Secrets are never in here.

${rows(contextFields)}

## Profiles

Below \`profiles.NAME\`: flags of \`pmx vm create\` that \`--profile NAME\` gives to those left out. \`pmx vm profile set\` writes them.

${rows(profileFields)}
`;

const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;
const outputs = outputSchemas(root);
const files = {
  'schemas/config.schema.json': json(configJsonSchema()),
  'docs/configuration.md': docs,
  ...Object.fromEntries(Object.entries(outputs).map(([name, schema]) => [name, json(schema)])),
};

const interfaceChange = `
What --json prints has changed, which is an interface: see "What may change" in docs/output.md. New
fields are fine. One that goes, becomes optional, or has another type or name waits for a major
version.`;

const checks = process.argv.includes('--check');
const stale = [];
const { format, resolveConfig } = await import('prettier');
for (const [name, content] of Object.entries(files)) {
  const path = `${root}${name}`;
  const text = await format(content, { ...(await resolveConfig(path)), filepath: path });
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  stale.push(name);
  if (checks) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const folder = 'schemas/output';
const left = existsSync(`${root}${folder}`) ? readdirSync(`${root}${folder}`) : [];
for (const name of left.map((file) => `${folder}/${file}`).filter((path) => !(path in files))) {
  stale.push(name);
  if (!checks) rmSync(`${root}${name}`);
}
if (checks && stale.length > 0) {
  const ofOutput = stale.some((name) => name.startsWith(folder));
  process.stderr.write(
    `Not fresh: ${stale.join(', ')}${ofOutput ? interfaceChange : ''}\nnode scripts/schemas.js writes them.\n`,
  );
  process.exitCode = 1;
}
