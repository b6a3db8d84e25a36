import { expect } from 'chai';

import { Lab } from './support.ts';

interface Row {
  vmid: number;
  name: string;
  version: string | null;
  latest: boolean;
  tags: string[];
}

describe('templates and their versions', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    for (const version of ['2026.11.6', '2026.11.13', '2026.11.20'])
      await lab.template('debian-13', '--version', version, '--tags', 'base');
  });

  after(() => lab.stop());

  const rows = async (): Promise<Row[]> => lab.json<Row[]>('template', 'list');
  const latest = async (): Promise<string[]> =>
    (await rows()).filter((row) => row.latest).map((row) => `${row.name}@${row.version}`);

  it('keeps one of them latest, and tells by which name each is taken', async () => {
    expect(await latest()).to.deep.equal(['debian-13@2026.11.20']);
    const { stdout } = await lab.pmx(['template', 'list', '-o', 'name']);
    expect(stdout).to.equal('debian-13@2026.11.6\ndebian-13@2026.11.13\ndebian-13@2026.11.20\n');
  });

  it('makes VMs of the latest by its bare name; they remember it and are no version themselves', async () => {
    const made = await lab.json<{ vmid: number; template: { vmid: number } }>(
      ...['vm', 'create', 'web-01', '--template', 'debian-13'],
    );
    const [, , third] = await rows();
    expect(made.template.vmid).to.equal(third!.vmid);
    const { config } = await lab.json<{ config: { description: string; tags: string } }>(
      ...['vm', 'show', 'web-01'],
    );
    expect(config.description).to.match(
      /^pmx-source: debian-13@2026\.11\.20 sha256:[0-9a-f]{64}$/m,
    );
    expect(config.tags).to.equal('base');
    const shown = await lab.json<{ clones: unknown[]; source: string; version: string }>(
      ...['template', 'show', 'debian-13'],
    );
    expect(shown).to.deep.include({
      source: 'debian-13.qcow2',
      version: '2026.11.20',
      clones: [{ vmid: made.vmid, name: 'web-01', node: 'pve1', linked: true }],
    });
  });

  it('goes back, and forth, and undoes that', async () => {
    await lab.json('template', 'rollback', 'debian-13');
    expect(await latest()).to.deep.equal(['debian-13@2026.11.13']);
    await lab.json('template', 'promote', 'debian-13@2026.11.6');
    expect(await latest()).to.deep.equal(['debian-13@2026.11.6']);
    await lab.json('undo');
    expect(await latest()).to.deep.equal(['debian-13@2026.11.13']);
    const again = await lab.pmx(['template', 'promote', 'debian-13']);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.include("3 guests are called 'debian-13'");
  });

  it('refuses the same version twice, before anything is uploaded', async () => {
    const before = lab.writes();
    const twice = await lab.template('debian-13', '--version', '2026.11.20').catch(String);
    expect(twice).to.include('PMX_VERSION_EXISTS');
    expect(lab.writes()).to.equal(before);
  });

  it('deletes and prunes what no clone stands on', async () => {
    const bare = await lab.pmx(['template', 'delete', 'debian-13', '--yes']);
    expect(bare.code, 'the version has to be said').to.equal(1);
    const used = await lab.pmx(['template', 'delete', 'debian-13@2026.11.20', '--yes']);
    expect(used.stderr).to.include('is the base of linked clones').and.to.include('web-01');
    await lab.json('template', 'prune', '--keep', '1', '--yes');
    expect((await rows()).map(({ version }) => version)).to.deep.equal([
      ...['2026.11.13', '2026.11.20'],
    ]);
  });

  it('copies a template to one of its own, and tells both apart', async () => {
    await lab.json('template', 'clone', 'debian-13', 'other');
    const copy = (await rows()).find(({ name }) => name === 'other')!;
    expect(copy).to.deep.include({ version: null, latest: false, tags: ['base'] });
    const diff = await lab.pmx(['template', 'diff', 'debian-13', 'other', '--json']);
    expect(diff.code).to.equal(1);
    const fields = (JSON.parse(diff.stdout) as Array<{ field: string }>).map(({ field }) => field);
    expect(fields).to.deep.equal(['version']);
    const same = await lab.pmx(['template', 'diff', 'other', 'other']);
    expect(same).to.deep.include({ code: 0, stdout: '' });
  });

  it('finds what is wrong, and ends with 1 only when asked to', async () => {
    const { vmid } = (await rows()).find(({ name }) => name === 'other')!;
    await lab.json('api', 'put', `/nodes/pve1/qemu/${vmid}/config`, 'memory=256', 'agent=0');
    const found = await lab.pmx(['template', 'validate', 'other', '--json']);
    expect(found.code).to.equal(0);
    const [result] = JSON.parse(found.stdout) as Array<{ findings: Array<{ rule: string }> }>;
    expect(result!.findings.map(({ rule }) => rule)).to.include.members(['memory', 'agent']);
    expect((await lab.pmx(['template', 'validate', 'other', '--exit-code'])).code).to.equal(1);
    const fine = ['template', 'validate', 'debian-13', '--exit-code'];
    expect((await lab.pmx(fine)).code).to.equal(0);
  });
});
