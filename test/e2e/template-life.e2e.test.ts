import { expect } from 'chai';

import { actions, type Built, PublishedLab } from './published-lab.ts';
import { type Lab, type Outcome } from './support.ts';

describe('the life of templates', function () {
  this.timeout(120_000);
  let published: PublishedLab;
  let lab: Lab;

  before(async () => {
    published = await PublishedLab.start();
    ({ lab } = published);
    published.publish();
  });
  after(() => published.stop());

  it('tells what is outdated, and refreshes it as it was', async () => {
    published.publish(published.other('sixth'));
    await published.built(
      published.save(
        'aged.yaml',
        'templates: [{ name: aged, distribution: debian-13, memory: 3G, tags: [a] }]',
      ),
    );
    const statusOf = ({ stdout }: Outcome): string =>
      (JSON.parse(stdout) as Array<{ status: string }>).map(({ status }) => status).join();
    const current = await published.template('outdated', 'aged');
    expect(current.code, current.stderr).to.equal(0);
    expect(statusOf(current)).to.equal('current');
    await lab.template('plain');
    const before = lab.writes();
    const idle = await published.template('refresh', 'aged');
    expect(actions(JSON.parse(idle.stdout) as Built[])).to.deep.equal(['aged unchanged']);

    published.publish(published.other('seventh'));
    const outdated = await published.template('outdated', 'aged');
    expect(outdated.code).to.equal(1);
    expect(statusOf(outdated)).to.equal('outdated');
    const all = await published.template('outdated');
    expect(statusOf(all)).to.include('unknown');
    expect(lab.writes()).to.equal(before);
    const refreshed = await published.template('refresh', 'aged', '--prune-keep', '1', '--yes');
    expect(refreshed.code, refreshed.stderr).to.equal(0);
    const [row] = JSON.parse(refreshed.stdout) as Built[];
    expect(row!.result).to.include({ action: 'built' });
    expect(row!.result!.pruned).to.have.length(1);
    const shown = await lab.json<{
      config: Record<string, string>;
      latest: boolean;
      tags: string[];
    }>(...['template', 'show', 'aged']);
    expect(shown).to.deep.include({ latest: true });
    expect(shown.config['memory']).to.equal('3072');
    expect(shown.tags).to.include('a');
    // For the file this is what it would have built.
    expect(actions(await published.built(lab.file('aged.yaml')))).to.deep.equal(['aged unchanged']);

    const own = await published.template('refresh', 'plain');
    expect((JSON.parse(own.stdout) as { error: { code: string } }).error.code).to.equal(
      'PMX_NOT_REFRESHABLE',
    );
    const offline = await lab.pmx(['template', 'outdated', 'aged', '--json'], {
      env: { PMX_MIRRORS: '{"*": "http://127.0.0.1:9"}' },
    });
    expect(offline.code).to.equal(2);
    expect(statusOf(offline)).to.equal('offline');
  });

  it('backs templates up, and brings them back with their version', async () => {
    const [first] = await published.built(
      published.save(
        'kept.yaml',
        "templates: [{ name: kept, image: own.qcow2, version: '1', tags: [a] }]",
      ),
    );
    await lab.json('template', 'backup', 'kept');
    const twice = await lab.pmx(['template', 'restore', 'kept', '--json']);
    expect(twice.code).to.equal(1);
    expect(twice.stdout).to.include('PMX_VERSION_EXISTS');
    await lab.json('template', 'delete', 'kept', '--yes');
    await published.built(
      published.save('kept.yaml', "templates: [{ name: kept, image: own.qcow2, version: '2' }]"),
    );
    const back = await lab.json<{ vmid: number; version: string; latest: boolean }>(
      ...['template', 'restore', 'kept@1', '--storage', 'local'],
    );
    expect(back).to.include({ version: '1', latest: false });
    const shown = await lab.json<{ template: boolean; tags: string[]; source: string }>(
      ...['template', 'show', 'kept@1'],
    );
    expect(shown).to.deep.include({
      template: true,
      tags: ['a', 'version-1'],
      source: 'own.qcow2',
    });
    // A linked clone needs its disks to be base images.
    await lab.json('vm', 'create', 'of-restored', '--template', 'kept@1');
    const promoted = await lab.json<{ latest: boolean }>(
      ...['template', 'restore', 'kept@1', '--name', 'other-kept', '--promote'],
    );
    expect(promoted.latest).to.equal(true);
    await lab.json('vm', 'backup', 'of-restored');
    const vm = await lab.pmx(['template', 'restore', 'of-restored', '--json']);
    expect(vm.stdout).to.include('PMX_ARCHIVE_NOT_TEMPLATE');
    expect(first!.ok).to.equal(true);
  });

  it('exports how they are made up, which makes the same elsewhere', async () => {
    await published.built(
      published.save(
        'moved.yaml',
        'templates:',
        "  - { name: moved, distribution: debian-13, memory: 1G, cores: 3, networks: ['vmbr0,tag=7'], tags: [a], options: { balloon: '0' } }",
      ),
    );
    const { code, stdout } = await lab.pmx(['template', 'export', 'moved']);
    expect(code).to.equal(0);
    expect(stdout).to.equal(
      [
        ...['templates:', '  - name: moved', '    distribution: debian-13', '    storage: local'],
        ...['    tags:', '      - a', '    memory: 1024', '    cores: 3', '    networks:'],
        ...['      - virtio,bridge=vmbr0,tag=7', '    options:', '      balloon: "0"', ''],
      ].join('\n'),
    );
    await lab.json('template', 'delete', 'moved', '--yes');
    const back = await lab.pmx(['template', 'import', '-f', '-', '--json'], {
      env: published.env,
      input: stdout,
    });
    expect(actions(JSON.parse(back.stdout) as Built[])).to.deep.equal(['moved built']);
    expect((await lab.pmx(['template', 'export', 'moved'])).stdout).to.equal(stdout);
    const baked = published.save(
      'baked.yaml',
      'templates: [{ name: baked, image: own.qcow2, packages: [git] }]',
    );
    const dry = await published.build(baked, '--dry-run');
    expect(dry.stdout).to.match(/"title": "[^"]*git/);
    const own = await lab.pmx(['template', 'export', 'plain', '--json']);
    expect(own.stdout).to.include('PMX_NOT_EXPORTABLE');
  });
});
