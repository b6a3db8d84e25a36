// docs/manifests.md, from the table of fields of documents.
import { ruleOf as fieldRule } from '../../dist/lib/operations/declare/field.js';
import { kinds } from '../../dist/lib/operations/declare/fields.js';
import { entryFields } from '../../dist/lib/operations/template/build/fields.js';

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

export const manifests = `# Documents

Made by \`node scripts/generate.js\` from \`src/lib/operations/declare/fields.ts\`; for editors there is \`schemas/manifest.schema.json\`.

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
published) and these settings. Only \`keep\`, \`version\`, \`promote\`, \`fetch\`, \`node\`, \`nodes\` and \`importStorage\` make no new version. All fields
but \`name\` and where the image comes from may stand under \`defaults\` as well.

${describeFields('templates[]', entryFields).join('\n')}
`;
