import { expect } from 'chai';

import type { Manifest } from '#dist/lib/operations/declare/document.js';
import { kinds } from '#dist/lib/operations/declare/fields.js';
import {
  parseManifests,
  parseVariables,
  readManifests,
} from '#dist/lib/operations/declare/read.js';
import { manifestJsonSchema } from '#dist/lib/operations/declare/schema.js';
import { failure, useFolder } from '../engine/lab.ts';

const vm = (rest: string): string => `apiVersion: pmx/v1\nkind: VirtualMachine\n${rest}`;
const parse = (text: string, variables = {}): Manifest[] =>
  parseManifests('a.yaml', text, variables);

describe('reading documents', () => {
  const folder = useFolder();

  it('takes several, with their types', () => {
    const [pool, web] = parse(
      `apiVersion: pmx/v1\nkind: Pool\nmetadata: {name: lab}\n---\n` +
        vm(`metadata: {name: web-01, tags: [a]}
spec: {memory: 2G, cores: '2', onboot: true, balloon: 0, startup: null,
  disks: {scsi0: 20G, scsi1: {size: 1G, ssd: true}, ide2: null}}`),
    );
    expect(pool).to.deep.include({ kind: 'Pool', metadata: { name: 'lab' }, spec: {} });
    expect(web!.where).to.equal('a.yaml:5:1');
    expect(web!.spec).to.deep.equal({
      memory: 2048,
      cores: 2,
      onboot: true,
      balloon: 0,
      startup: null,
      disks: { scsi0: '20G', scsi1: { size: '1G', ssd: true }, ide2: null },
    });
  });

  it('makes one of each row, with variables from rows, words and the document', () => {
    const text = vm(`vars: {domain: lab, size: 1}
each: [{name: web-01, cores: 2}, {name: web-02, cores: 4}]
metadata: {name: '\${name}'}
spec: {cores: '\${cores}', description: 'of \${domain} $\${x}'}`);
    const made = parse(text, { domain: 'home' });
    expect(made.map(({ metadata, spec }) => [metadata.name, spec['cores']])).to.deep.equal([
      ['web-01', 2],
      ['web-02', 4],
    ]);
    expect(made[0]!.spec['description']).to.equal('of home ${x}');
  });

  it('never looks into the environment', async () => {
    const text = vm("metadata: {name: '${HOME}'}");
    const error = await failure(() => parse(text));
    expect(error.code).to.equal('PMX_UNSET_VARIABLE');
    expect(error.message).to.contain('a.yaml:3:18');
  });

  for (const [what, text, place, hint] of [
    ['broken YAML', 'a: [', 'a.yaml:1:', 'indentation'],
    ['a list', '- a', 'a.yaml:1:1', ''],
    ['no version', 'kind: Pool', 'apiVersion is missing', 'pmx/v1'],
    ['another version', 'apiVersion: v2\nkind: Pool', 'a.yaml:1:13', 'pmx/v1'],
    ['no kind', 'apiVersion: pmx/v1', 'kind is missing', 'Pool'],
    ['a wrong kind', 'apiVersion: pmx/v1\nkind: Contaner', 'a.yaml:2:7', "'Container'"],
    ['an unknown field above', vm('spek: {}'), 'a.yaml:3:1', "'spec'"],
    ['no name', vm('spec: {}'), 'metadata.name is missing', ''],
    [
      'an unknown field',
      vm('metadata: {name: a}\nspec: {\n  memry: 2G}'),
      'a.yaml:5:3',
      "'memory'",
    ],
    [
      'an unknown field of a disk',
      vm('metadata: {name: a}\nspec: {disks: {scsi0: {sice: 1G}}}'),
      'spec.disks.scsi0 has no field',
      "'size'",
    ],
    ['a wrong slot', vm('metadata: {name: a}\nspec: {disks: {sda: 1G}}'), 'spec.disks.sda', ''],
    ['a wrong number', vm('metadata: {name: a}\nspec: {cores: many}'), "spec.cores 'many'", '8192'],
    ['a wrong word', vm('metadata: {name: a}\nspec: {bios: ovmff}'), "spec.bios 'ovmff'", "'ovmf'"],
    ['a wrong switch', vm('metadata: {name: a}\nspec: {onboot: maybe}'), 'true or false', ''],
    ['too little memory', vm('metadata: {name: a}\nspec: {memory: 1}'), 'spec.memory', ''],
    ['a text for a mapping', vm('metadata: {name: a}\nspec: {networks: vmbr0}'), 'networks', ''],
    ['a text for a list', vm('metadata: {name: a, tags: web}'), 'metadata.tags', ''],
    ['an empty value that must be', vm('metadata: {name: a}\nspec: {memory: null}'), 'memory', ''],
    ['a wrong name', vm("metadata: {name: 'a b'}"), "metadata.name 'a b'", ''],
    ['each that is no list', vm('each: 3\nmetadata: {name: a}'), 'each', ''],
    ['vars with a list', vm('vars: {a: []}\nmetadata: {name: a}'), 'vars.a', ''],
  ] as const)
    it(`refuses ${what}, and says where`, async () => {
      const error = await failure(() => parse(text));
      expect(error.code).to.equal('PMX_INVALID_MANIFEST');
      expect(error.message + error.hints.join(' '))
        .to.contain(place)
        .and.to.contain(hint);
    });

  for (const field of ['cipassword', 'password'])
    it(`refuses ${field}`, async () => {
      const text = vm(`metadata: {name: a}\nspec: {cloudInit: {${field}: hunter22}}`);
      const error = await failure(() => parse(text));
      expect(error.code).to.equal('PMX_SECRET_IN_MANIFEST');
      expect(error.message).to.contain('a.yaml:4:').and.not.contain('hunter22');
    });

  it('reads folders in the order of names, and refuses what is described twice', async () => {
    folder.put('b.yaml', vm('metadata: {name: b}'));
    folder.put('a.yml', vm('metadata: {name: a, vmid: 101}'));
    folder.put('notes.txt', 'no yaml: [');
    const names = (await readManifests([folder.path], {})).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(['a', 'b']);
    folder.put('c.yaml', vm('metadata: {name: c, vmid: 101}'));
    expect((await failure(() => readManifests([folder.path], {}))).code).to.equal('PMX_NAME_TWICE');
    const twice = await failure(() =>
      readManifests([folder.file('b.yaml'), folder.file('b.yaml')], {}),
    );
    expect(twice.code).to.equal('PMX_NAME_TWICE');
  });

  it('says when there is nothing to read', async () => {
    expect((await failure(() => readManifests([folder.file('x')], {}))).code).to.equal(
      'PMX_FILE_UNREADABLE',
    );
    const empty = folder.put('e.yaml', '# nothing\n');
    expect((await failure(() => readManifests([empty], {}))).code).to.equal('PMX_INVALID_MANIFEST');
  });

  it('takes variables as words', async () => {
    expect(parseVariables(['a=1', 'b=x=y'])).to.deep.equal({ a: '1', b: 'x=y' });
    for (const word of ['a', '1=2', '=x'])
      expect((await failure(() => parseVariables([word]))).code).to.equal('PMX_INVALID_VARIABLE');
  });

  it('has a schema with a part for each kind, and nothing for secrets', () => {
    const schema = manifestJsonSchema() as { oneOf: Array<{ title: string }> };
    expect(schema.oneOf.map(({ title }) => title)).to.deep.equal(Object.keys(kinds));
    expect(JSON.stringify(schema)).not.to.match(/"(?:ci)?password":/i);
  });
});
