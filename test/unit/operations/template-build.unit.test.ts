import { expect } from 'chai';

import type { Guest } from '@pmx-cli/kit';
import { buildFileSchema } from '#dist/lib/operations/template/build/fields.js';
import { digestOf, settingsDigest } from '#dist/lib/operations/template/build/identity.js';
import { requestLike } from '#dist/lib/operations/template/build/from-template.js';
import { newestOfEach } from '#dist/lib/operations/template/outdated.js';
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
  ['templates:\n  - { name: a, image: x, node: a, nodes: [b] }', '2:42', 'node and nodes'],
  ['templates:\n  - { name: a, image: x, nodes: pve1 }', '2:33', 'list of names'],
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

  it('have nodes of their own instead of the usual node, and the other way round', () => {
    const read = (defaults: string, own: string) => {
      const { node, nodes } = parseBuildFile(
        'x.yaml',
        `defaults: { ${defaults} }\ntemplates: [{ name: a, image: a.qcow2${own} }]`,
      )[0]!;
      return { node, nodes };
    };
    expect(read('node: pve1', '')).to.deep.equal({ node: 'pve1', nodes: undefined });
    expect(read('node: pve1', ', nodes: [pve2]')).to.deep.equal({
      node: undefined,
      nodes: ['pve2'],
    });
    expect(read('nodes: [pve1]', ', node: pve2')).to.deep.equal({ node: 'pve2', nodes: undefined });
    expect(read('nodes: [pve1]', '')).to.deep.equal({ node: undefined, nodes: ['pve1'] });
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
      /field|whole|url and|node and|made from|missing|https/.test(words),
    );
    for (const [text] of structural) expect(validate(parse(text)), text).to.equal(false);
  });

  it('have one digest for the same image and settings, whatever their order', () => {
    const one = settingsDigest({ memory: 1, tags: ['a'], pool: undefined });
    expect(settingsDigest({ tags: ['a'], memory: 1 })).to.equal(one);
    expect(settingsDigest({ tags: ['b'], memory: 1 })).not.to.equal(one);
    expect(digestOf('sha256:1', one)).not.to.equal(digestOf('sha256:2', one));
  });

  it('are reported with what failed', () => {
    const outcomes = [
      { target: 'template a', ok: false, error: { code: 'PMX_X', message: 'no <way>' } },
    ];
    expect(reportOf(outcomes)).to.include({ ok: false, built: 0, failed: 1 });
    expect(junitReport('pmx', outcomes)).to.include('PMX_X: no &lt;way&gt;');
  });
});

describe('another version of a template', () => {
  const guest = {
    ...{ vmid: 900, name: 'db', node: 'pve1', type: 'qemu', template: true, status: 'stopped' },
    ...{ tags: ['base', 'latest', 'version-1'], pool: 'lab' },
  } as unknown as Guest;
  const notes = 'pmx-template: {"catalog":"debian-13","recipe":{"packages":["git"]}}';

  it('is made up like the one before, with its own addresses and volumes', () => {
    const { request, notes: said } = requestLike(guest, {
      ...{ name: 'db', digest: 'd', vmgenid: 'g', meta: 'm', template: 1, description: notes },
      ...{ memory: '4096', cores: 4, cpu: 'host', numa: 1, balloon: 0, agent: 'enabled=1' },
      ...{ boot: 'order=scsi0', tags: 'base;latest;version-1', bios: 'ovmf', ciuser: 'admin' },
      scsi0: 'thin:base-900-disk-0,size=10G,discard=on,iothread=1,ssd=1,cache=none',
      scsi1: 'thin:vm-900-cloudinit,media=cdrom',
      efidisk0: 'thin:base-900-disk-1,efitype=4m,pre-enrolled-keys=1,size=4M',
      net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20',
      net2: 'e1000=BC:24:11:00:00:02,bridge=vmbr2',
    });
    expect(request).to.deep.equal({
      ...{ name: 'db', node: 'pve1', pool: 'lab', storage: 'thin', tags: ['base'] },
      ...{ memoryMebibytes: 4096, cores: 4, networks: [], cloudInit: 'native', tpm: false },
      settings: {
        ...{ cpu: 'host', numa: 1, balloon: 0, agent: 'enabled=1', boot: 'order=scsi0' },
        ...{ bios: 'ovmf', ciuser: 'admin' },
        net0: 'virtio,bridge=vmbr0,tag=20',
        net2: 'e1000,bridge=vmbr2',
      },
      diskOptions: ',ssd=1,cache=none',
      efi: { secureBoot: true },
      bake: { packages: ['git'], snippets: [], timeoutSeconds: 1200 },
    });
    expect(said).to.deep.equal([]);
  });

  it('says what does not come along', () => {
    const { request, notes: said } = requestLike(guest, {
      ...{ memory: 'current=1024', cipassword: '**********', boot: 'order=virtio0' },
      ...{ virtio0: 'local:900/base-900-disk-0.qcow2,size=1G', virtio1: 'local:900/x.raw,size=9G' },
    });
    expect(request).to.deep.include({ memoryMebibytes: 1024, cores: 1, settings: {} });
    expect(said.join(' ')).to.include('virtio1').and.to.include('password');
  });

  it('is looked for by the one that the name means', () => {
    const of = (version: string, ...tags: string[]) =>
      ({ ...guest, vmid: Number(version), tags: [`version-${version}`, ...tags] }) as Guest;
    const guests = [of('1'), of('2', 'latest'), of('3'), { ...guest, name: 'other', tags: [] }];
    expect(newestOfEach(guests).map(({ vmid }) => vmid)).to.deep.equal([2, 900]);
  });
});
