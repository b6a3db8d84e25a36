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
import { ruleOf as fieldRule } from '../dist/lib/operations/declare/field.js';
import { kinds } from '../dist/lib/operations/declare/fields.js';
import { manifestJsonSchema } from '../dist/lib/operations/declare/schema.js';
import { buildFileSchema, entryFields } from '../dist/lib/operations/template/build/fields.js';
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

function describeField(path, field) {
  const facts = [
    fieldRule(field),
    ...(field.byDefault === undefined ? [] : [`\`${field.byDefault}\` when not set`]),
    ...(field.nullable ? ['`null` takes it out'] : []),
    ...(field.replace ? ['**only by replacing**'] : []),
    ...(field.making ? ['counts when it is made'] : []),
  ];
  const line = `- \`${path}\`: ${field.description} ${facts.join('; ')}. For example \`${JSON.stringify(field.example)}\`.`;
  const entry = field.type === 'table' ? `${path}.NAME` : path;
  return [line.replace('. it', '. It'), ...describeFields(entry, field.fields ?? {})];
}

function describeFields(path, fields) {
  return Object.entries(fields).flatMap(([name, field]) => describeField(`${path}.${name}`, field));
}

const manifests = `# Documents

Made by \`node scripts/schemas.js\` from \`src/lib/operations/declare/fields.ts\`; for editors there is \`schemas/manifest.schema.json\`.

\`pmx apply -f FILE\` brings guests and pools to what YAML documents say, \`pmx diff -f\` shows what differs (exit code 0: nothing, 1:
something), \`pmx delete -f\` deletes what they describe, \`pmx export vm/web-01\` writes them. There is no state file: the server is
read and compared field by field. What a document does not speak of stays as it is; \`null\` takes an option out.

\`\`\`yaml
apiVersion: pmx/v1
kind: VirtualMachine
vars: { domain: lab.example.org }
each:
  - { name: web-01, ip: 10.0.0.5 }
  - { name: web-02, ip: 10.0.0.6 }
metadata: { name: '\${name}', pool: lab, tags: [web] }
spec:
  template: debian-12
  memory: 2G
  disks: { scsi0: 20G }
  networks: { net0: 'vmbr0,tag=5' }
  cloudInit: { user: admin, searchdomain: '\${domain}', addresses: { net0: '\${ip}/24' } }
  running: true
\`\`\`

A guest is found by \`metadata.vmid\`, else by its name. \`\${NAME}\` is filled in from \`--var NAME=VALUE\`, \`each\` and \`vars\`, never from the
environment; \`$\${\` is a plain \`\${\`. Secrets are no part of a document. Pools are made first, then templates, then guests, each as a
change of its own. Fields that are marked so only a new guest could have: they are refused unless \`--replace\` is given.

${Object.entries(kinds)
  .map(
    ([kind, { description, metadata, spec }]) =>
      `## ${kind}\n\n${description}\n\n${[...describeFields('metadata', metadata), ...describeFields('spec', spec)].join('\n')}`,
  )
  .join('\n\n')}

## Templates to build

\`pmx template build -f FILE\` reads a file of another form, for which there is \`schemas/templates.schema.json\`: a list of
templates, and \`defaults\` for what several of them have in common. \`\${NAME}\` is filled in from \`--var\`.

\`\`\`yaml
defaults: { storage: local-lvm, memory: 2G, keep: 3 }
templates:
  - { name: debian-13, distribution: debian-13 }
  - { name: debian-13-db, distribution: debian-13, profile: database, tags: [db] }
  - { name: gateway, image: gateway.qcow2, networks: [vmbr0, 'vmbr1,tag=20'], cloudInit: none }
\`\`\`

A version is made when there is none with this image (the checksum that the publisher names; ETag or date where none is
published) and these settings. Only \`keep\`, \`version\`, \`promote\`, \`fetch\`, \`node\` and \`importStorage\` make no new version. All fields
but \`name\` and where the image comes from may stand under \`defaults\` as well.

${describeFields('templates[]', entryFields).join('\n')}
`;

const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;
const outputs = outputSchemas(root);
const files = {
  'schemas/config.schema.json': json(configJsonSchema()),
  'docs/configuration.md': docs,
  'schemas/manifest.schema.json': json(manifestJsonSchema()),
  'schemas/templates.schema.json': json(buildFileSchema()),
  'docs/manifests.md': manifests,
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
