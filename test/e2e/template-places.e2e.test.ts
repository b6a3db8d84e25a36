import { writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Lab } from './support.ts';

interface Made {
  vmid: number;
  name: string;
  node: string;
  iso: string;
}

describe('templates on several nodes, and with the medium of an installer', function () {
  this.timeout(90_000);
  let lab: Lab;
  let image: string;

  before(async () => {
    lab = await Lab.start('--nodes', '2');
    image = lab.file('base.qcow2');
    await createEmptyQcow2(image, 64 * 2 ** 20);
    writeFileSync(lab.file('install.iso'), Buffer.alloc(4096, 'iso'));
    await lab.json(
      'storage',
      'upload',
      lab.file('install.iso'),
      '--storage',
      'local',
      '--node',
      'pve1',
    );
  });

  after(() => lab.stop());

  const create = (...words: string[]) => lab.pmx(['template', 'create', ...words, '--json']);

  it('each node gets its copy, and a VM is made of the one on its node', async () => {
    const made = await lab.json<Array<{ ok: boolean; result: Made }>>(
      ...['template', 'create', '--image', image, '--name', 'debian'],
      ...['--node', 'pve1,pve2', '--storage', 'local', '--version', '1'],
    );
    expect(made.map(({ ok, result }) => [ok, result.name, result.node])).to.deep.equal([
      [true, 'debian', 'pve1'],
      [true, 'debian', 'pve2'],
    ]);
    expect(new Set(made.map(({ result }) => result.vmid)).size).to.equal(2);
    for (const { result } of made) {
      const vm = await lab.json<Made & { template: { vmid: number } }>(
        ...['vm', 'create', `on-${result.node}`, '--template', 'debian', '--node', result.node],
      );
      expect([vm.node, vm.template.vmid]).to.deep.equal([result.node, result.vmid]);
    }
  });

  it('nodes that share the storage share the copy, and that is said', async () => {
    const { code, stderr } = await lab.pmx([
      ...[
        'template',
        'create',
        '--image',
        image,
        '--name',
        'common',
        '--node',
        'pve1,pve2',
        '--storage',
        'shared',
      ],
    ]);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include("share storage 'shared': the copy on pve1 serves pve2, too");
    const copies = (await lab.json<Made[]>('template', 'list')).filter(
      ({ name }) => name === 'common',
    );
    expect(copies.map(({ node }) => node)).to.deep.equal(['pve1']);
  });

  it('a file names nodes: a copy on each, the second time none, and one that is missing as the same version', async () => {
    const file = lab.file('places.yaml');
    const save = (...lines: string[]): void =>
      writeFileSync(file, ['templates:', ...lines, ''].join('\n'));
    const entry = (more: string): string =>
      `  - { name: spread, image: base.qcow2, storage: local, ${more} }`;
    const build = async (...words: string[]): Promise<string[]> => {
      const rows = await lab.json<
        Array<{ target: string; ok: boolean; result: { action: string } }>
      >(...['template', 'build', '-f', file, ...words]);
      expect(rows.every(({ ok }) => ok)).to.equal(true);
      return rows.map(({ target, result }) => `${target}: ${result.action}`);
    };
    const copies = async (): Promise<string[]> =>
      (
        await lab.json<Array<{ name: string; node: string; version: string; latest: boolean }>>(
          ...['template', 'list', '--filter', 'name=spread'],
        )
      )
        .map(({ node, version, latest }) => `${node} ${version}${latest ? ' latest' : ''}`)
        .sort();

    save(entry("node: pve1, version: '1'"));
    await build();
    save(entry("nodes: [pve1, pve2], version: '1'"));
    expect(await build()).to.deep.equal([
      'template spread on pve1: unchanged',
      'template spread on pve2: built',
    ]);
    const writes = lab.writes();
    expect(await build()).to.deep.equal([
      'template spread on pve1: unchanged',
      'template spread on pve2: unchanged',
    ]);
    expect(lab.writes()).to.equal(writes);
    expect(await copies()).to.deep.equal(['pve1 1 latest', 'pve2 1 latest']);

    // On each node the older version is let go by the copy that takes its place.
    save(entry("nodes: [pve1, pve2], version: '2', memory: 1G"));
    await build();
    expect(await copies()).to.deep.equal(['pve1 1', 'pve1 2 latest', 'pve2 1', 'pve2 2 latest']);

    const first = (await lab.json<Made[]>('template', 'list')).find(
      ({ name, node }) => name === 'spread' && node === 'pve1',
    )!;
    await lab.json(
      ...['vm', 'create', 'stands-on', '--template', 'spread@1', '--node', 'pve1', '--linked'],
    );
    save(entry("nodes: [pve1, pve2], version: '3', memory: 2G, keep: 2"));
    const pruned = await lab.pmx(['template', 'build', '-f', file, '--yes']);
    expect(pruned.code, pruned.stderr).to.equal(0);
    expect(pruned.stderr).to.match(
      new RegExp(
        `spread@1 \\(${first.vmid}\\) stays: linked clones stand on it: \\d+ \\(stands-on\\)`,
      ),
    );
    expect(await copies()).to.deep.equal([
      ...['pve1 1', 'pve1 2', 'pve1 3 latest', 'pve2 2', 'pve2 3 latest'],
    ]);

    const versions = await lab.json<
      Array<{ version: string; node: string; latest: boolean; source: string; clones: object[] }>
    >('template', 'versions', 'spread');
    expect(versions.map(({ version, node }) => `${version} ${node}`)).to.deep.equal([
      ...['3 pve1', '3 pve2', '2 pve1', '2 pve2', '1 pve1'],
    ]);
    expect(versions.map(({ latest }) => latest)).to.deep.equal([true, true, false, false, false]);
    expect(versions[4]).to.deep.include({ source: 'base.qcow2' });
    expect(versions.map(({ clones }) => clones.length)).to.deep.equal([0, 0, 0, 0, 1]);

    save('  - { name: later, image: base.qcow2, storage: local, node: pve1 }');
    await build();
    save('  - { name: later, image: base.qcow2, storage: local, nodes: [pve2, pve1] }');
    expect(await build()).to.deep.equal([
      'template later on pve2: built',
      'template later on pve1: unchanged',
    ]);
    const later = await lab.json<Array<{ version: string; latest: boolean }>>(
      ...['template', 'list', '--filter', 'name=later'],
    );
    expect(new Set(later.map(({ version }) => version)).size).to.equal(1);
    expect(later.map(({ latest }) => latest)).to.deep.equal([true, true]);

    save(entry('node: pve1, nodes: [pve2]'));
    const both = await lab.pmx(['template', 'build', '-f', file]);
    expect(both.code).to.equal(1);
    expect(both.stderr).to.include('node and nodes');
  });

  it('an empty VM with the medium becomes a template, and its clones boot it', async () => {
    const made = await lab.json<Made>(
      ...['template', 'create', '--iso', 'install.iso', '--name', 'installer', '--node', 'pve1'],
      ...['--disk', '8G', '--storage', 'local', '--tags', 'blank'],
    );
    expect(made.iso).to.equal('local:iso/install.iso');
    await lab.json('vm', 'create', 'fresh', '--template', 'installer');
    const { config } = await lab.json<{ config: Record<string, string> }>('vm', 'show', 'fresh');
    expect(config).to.include({ boot: 'order=scsi0;ide2;net0', tags: 'blank' });
    expect(config['ide2']).to.match(/^local:iso\/install\.iso,media=cdrom/);
    expect(config['scsi0']).to.include('size=8G');
  });

  for (const [args, code] of [
    [['--iso', 'nope.iso', '--name', 'x', '--node', 'pve1'], 'PMX_ISO_NOT_FOUND'],
    [['--iso', 'install.iso'], 'PMX_USAGE'],
    [['--iso', 'install.iso', '--name', 'x', '--url', 'https://127.0.0.1/x'], 'PMX_USAGE'],
    [['--iso', 'install.iso', '--name', 'x', '--disk', 'much'], 'PMX_INVALID_SIZE'],
    [['--image', 'base.qcow2', '--node', 'pve1,pve2', '--vmid', '900'], 'PMX_ONE_NODE_ONLY'],
    [['--image', 'base.qcow2', '--node', 'pve1,pve7'], 'PMX_NODE_NOT_FOUND'],
  ] as Array<[string[], string]>) {
    it(`refuses ${args.join(' ')}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const outcome = await create(...args);
      expect(outcome.code).to.equal(1);
      expect(JSON.parse(outcome.stdout)).to.have.nested.property('error.code', code);
      expect(lab.writes()).to.equal(writes);
    });
  }
});
