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
