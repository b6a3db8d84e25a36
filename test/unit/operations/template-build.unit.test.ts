import { expect } from 'chai';

import { buildFileSchema } from '#dist/lib/operations/template/build/fields.js';
import { digestOf } from '#dist/lib/operations/template/build/identity.js';
import { parseBuildFile } from '#dist/lib/operations/template/build/read.js';
import { junitReport, reportOf } from '#dist/lib/operations/template/build/report.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

import { failure } from '../engine/lab.ts';

const good = `
defaults: { storage: thin, memory: 1G }
templates:
  - { name: a, distribution: debian-13, memory: "\${memory}" }
  - name: b
    url: https://example.org/b.qcow2.xz
    checksum: sha256:${'9f'.repeat(32)}
    networks: ['vmbr0,tag=20']
    version: auto
`;

const bad: ReadonlyArray<readonly [text: string, place: string, words: string]> = [
  ['templates: [', '1:13', 'no YAML'],
  ['templates: []', '1:12', 'at least one'],
  ['templtes: []', '1:1', "no field 'templtes'"],
  ['- a', '1:1', 'must be a mapping'],
  ['templates:\n  - { name: a, image: a.qcow2, memmory: 1G }', '2:32', "no field 'memmory'"],
  ['templates:\n  - { name: a, image: a.qcow2, cores: none }', '2:39', 'whole number'],
  ['templates:\n  - { name: a, image: x, url: "https://x/y" }', '2:5', 'url and image'],
  ['templates:\n  - { name: a }', '2:5', 'does not say what it is made from'],
  ['templates:\n  - { image: a.qcow2 }', '2:5', 'name is missing'],
  ['templates:\n  - { name: a, url: "https://x/y", checksum: x }', '2:46', 'Checksum'],
  ['templates:\n  - { name: a, url: "ftp://x/y" }', '2:21', 'https://'],
  ['templates:\n  - { name: a, image: x, networks: [none=1] }', '2:36', 'Network'],
  ['templates:\n  - { name: a, image: x, version: latest }', '2:35', 'Version'],
  ['templates: [{ name: a, image: x, memory: "${none}" }]', '1:42', 'none is not set'],
];

describe('files of template build', () => {
  it('give entries their defaults, and values of variables', () => {
    const [a, b] = parseBuildFile('x.yaml', good, { memory: '2G' }, '/srv');
    expect(a).to.deep.equal({
      name: 'a',
      distribution: 'debian-13',
      storage: 'thin',
      memory: 2048,
      where: 'x.yaml:4:5',
      folder: '/srv',
    });
    expect(b).to.deep.include({ memory: 1024, where: 'x.yaml:5:5' });
    expect(b!.checksum).to.deep.equal({ algorithm: 'sha256', value: '9f'.repeat(32) });
    expect(b!.networks).to.have.length(1);
    expect(b!.version).to.equal('auto');
  });

  for (const [text, place, words] of bad)
    it(`are refused at ${place}: ${words}`, async () => {
      const error = await failure(async () => parseBuildFile('x.yaml', text));
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.include(`x.yaml:${place}:`).and.to.include(words);
    });

  it('are checked alike by the published schema', () => {
    const validate = new Ajv2020({ strict: false }).compile(buildFileSchema());
    expect(validate(parse(good)), JSON.stringify(validate.errors)).to.equal(true);
    const structural = bad.filter(([, , words]) =>
      /field|whole|url and|made from|missing|https/.test(words),
    );
    for (const [text] of structural) expect(validate(parse(text)), text).to.equal(false);
  });

  it('have one digest for the same image and settings, whatever their order', () => {
    const one = digestOf('sha256:1', { memory: 1, tags: ['a'], pool: undefined });
    expect(digestOf('sha256:1', { tags: ['a'], memory: 1 })).to.equal(one);
    expect(digestOf('sha256:2', { tags: ['a'], memory: 1 })).not.to.equal(one);
    expect(digestOf('sha256:1', { tags: ['b'], memory: 1 })).not.to.equal(one);
  });

  it('are reported with what failed', () => {
    const outcomes = [
      { target: 'template a', ok: false, error: { code: 'PMX_X', message: 'no <way>' } },
    ];
    expect(reportOf(outcomes)).to.include({ ok: false, built: 0, failed: 1 });
    expect(junitReport('pmx', outcomes)).to.include('PMX_X: no &lt;way&gt;');
  });
});
