import { allSteps, parseDiskSize, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { createInventory } from '#dist/lib/inventory/index.js';
import { type CtCreateRequest, planCtCreate } from '#dist/lib/operations/ct/create.js';
import { planTemplateDownload } from '#dist/lib/operations/ct/download-template.js';
import { parseContainerNetwork, parseFeatures } from '#dist/lib/operations/ct/network.js';
import { chooseTemplate, listTemplates } from '#dist/lib/operations/ct/templates.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';

const archive = 'debian-12-standard_12.12-1_amd64.tar.zst';
const offered = [
  { template: archive, headline: 'Debian 12', section: 'system' },
  { template: 'debian-12-standard_12.7-1_amd64.tar.zst', section: 'system' },
  { template: 'alpine-3.22-default_1_amd64.tar.xz', section: 'system' },
];

function server(): FakePve {
  const pve = new FakePve();
  const storage = {
    active: 1,
    content: 'vztmpl,rootdir,images',
    shared: 0,
    avail: 1,
    total: 2,
    type: 'dir',
  };
  pve.answers.set('/nodes/pve1/storage', [{ storage: 'local', ...storage }]);
  pve.answers.set('/nodes/pve1/storage/local/content', [{ volid: `local:vztmpl/${archive}` }]);
  pve.answers.set('/nodes/pve1/aplinfo', offered);
  pve.answers.set('/nodes/pve1/network', [{ iface: 'vmbr0' }]);
  pve.answers.set('/pools', [{ poolid: 'lab' }]);
  return pve;
}

describe('planning ct create', () => {
  const planned = async (more: Partial<CtCreateRequest> = {}): Promise<Plan> => {
    const pve = server();
    const plan = await planCtCreate(pve, createInventory(pve), {
      name: 'proxy',
      template: 'debian-12',
      node: 'pve1',
      rootfs: parseDiskSize('8G'),
      networks: [],
      settings: { unprivileged: 1 },
      sshKeyFiles: [],
      start: false,
      ...more,
    });
    expect(pve.writes, 'planning only reads').to.deep.equal([]);
    return plan;
  };
  const ids = (plan: Plan): string[] => allSteps(plan.steps).map(({ id }) => id);
  const params = (plan: Plan): Record<string, unknown> =>
    (allSteps(plan.steps)[0]!.args as { params: Record<string, unknown> }).params;

  it('makes it in one call, and knows how to take it back', async () => {
    const plan = await planned({ networks: [parseContainerNetwork('vmbr0,ip=dhcp')] });
    expect(ids(plan)).to.deep.equal(['create']);
    expect(params(plan)).to.deep.include({
      hostname: 'proxy',
      ostemplate: `local:vztmpl/${archive}`,
      rootfs: 'local:8',
      unprivileged: 1,
      net0: 'name=eth0,bridge=vmbr0,ip=dhcp',
    });
    expect(allSteps(plan.steps)[0]!.undo).to.deep.equal([
      {
        title: 'Remove container proxy',
        kind: 'pve.discard-guest',
        args: {
          type: 'lxc',
          node: 'pve1',
          vmid: { $var: 'vmid' },
          lookup: { type: 'vzcreate', id: { $var: 'vmid' } },
        },
      },
    ]);
  });

  it('tags in a second call where the right may come from a pool', async () => {
    expect(params(await planned({ tags: ['web', 'lab'] }))['tags']).to.equal('web;lab');
    const pooled = await planned({ tags: ['web'], pool: 'lab', start: true });
    expect(ids(pooled)).to.deep.equal(['create', 'tag', 'start']);
    expect(params(pooled)).to.include({ pool: 'lab' }).and.not.have.property('tags');
  });

  it('keeps the password out of the plan', async () => {
    const plan = await planned({ password: 'hunter22' });
    expect(params(plan)['password']).to.deep.equal({ $secret: 'password' });
    const { secrets, ...rest } = plan;
    expect(secrets).to.deep.equal({ password: 'hunter22' });
    expect(JSON.stringify(rest)).not.to.contain('hunter22');
  });

  it('waits for an address that PVE itself sees', async () => {
    const plan = await planned({ start: true, wait: { until: 'ip', timeoutSeconds: 9 } });
    expect(ids(plan)).to.deep.equal(['create', 'start', 'wait']);
    expect(allSteps(plan.steps)[2]!.args).to.include({ type: 'lxc', until: 'ip' });
  });

  for (const [what, request, code] of [
    ['a size with a part of a GiB', { rootfs: parseDiskSize('512M') }, 'PMX_INVALID_SIZE'],
    ['an unknown template', { template: 'arch' }, 'PMX_CT_TEMPLATE_NOT_FOUND'],
    ['a storage without templates', { template: 'x:vztmpl/a' }, 'PMX_STORAGE_NOT_FOUND'],
    ['an unknown bridge', { networks: [parseContainerNetwork('vmbr9')] }, 'PMX_BRIDGE_NOT_FOUND'],
    ['an unknown pool', { pool: 'nosuch' }, 'PMX_POOL_NOT_FOUND'],
  ] as Array<[string, Partial<CtCreateRequest>, string]>)
    it(`refuses ${what}`, async () => {
      expect((await failure(() => planned(request))).code).to.equal(code);
    });
});

describe('container templates', () => {
  it('takes the newest of one system and does not choose between two', async () => {
    const names = offered.map(({ template }) => template);
    expect(chooseTemplate('debian-12', names)).to.equal(archive);
    expect(chooseTemplate('debian-12-standard_12.7-1', names)).to.equal(names[1]);
    expect(chooseTemplate(archive, names)).to.equal(archive);
    expect(chooseTemplate('deb', names)).to.equal(undefined);
    const both = [...names, 'debian-13-standard_13.1-1_amd64.tar.zst'];
    expect((await failure(() => chooseTemplate('debian', both))).code).to.equal(
      'PMX_CT_TEMPLATE_AMBIGUOUS',
    );
  });

  it('are listed with the volumes that are there', async () => {
    const pve = server();
    const rows = await listTemplates(pve, createInventory(pve), 'pve1');
    expect(rows.map(({ name, volids }) => [name, volids.length])).to.deep.equal([
      ['alpine-3.22-default_1_amd64.tar.xz', 0],
      [archive, 1],
      ['debian-12-standard_12.7-1_amd64.tar.zst', 0],
    ]);
  });

  it('are downloaded only when they are not there', async () => {
    const pve = server();
    const plan = (template: string): Promise<Plan> =>
      planTemplateDownload(pve, createInventory(pve), { template, node: 'pve1' });
    const there = await plan('debian-12');
    expect(there.steps).to.deep.equal([]);
    expect(there.result).to.include({ changed: false });
    const missing = await plan('alpine-3.22');
    expect(allSteps(missing.steps)[0]!.undo![0]).to.include({ kind: 'pve.discard-volume' });
    expect((await failure(() => plan('nosuch'))).code).to.equal('PMX_CT_TEMPLATE_NOT_FOUND');
  });
});

describe('network devices of containers', () => {
  for (const [given, pve] of [
    ['vmbr0', 'name=eth0,bridge=vmbr0'],
    ['vmbr0,tag=5,ip=dhcp', 'name=eth0,bridge=vmbr0,tag=5,ip=dhcp'],
    ['name=lan,bridge=vmbr0,ip=manual', 'name=lan,bridge=vmbr0,ip=manual'],
    ['vmbr0,ip=10.0.0.5/24,gw=10.0.0.1', 'name=eth0,bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1'],
  ] as const)
    it(`${given} is ${pve}`, () => expect(parseContainerNetwork(given).pve).to.equal(pve));

  for (const [given, code] of [
    ['tag=5', 'PMX_INVALID_NET'],
    ['vmbr0,vmbr1', 'PMX_INVALID_NET'],
    ['vmbr0,vlan=5', 'PMX_INVALID_NET'],
    ['vmbr0,tag=4095', 'PMX_INVALID_NET'],
    ['9', 'PMX_INVALID_NET'],
    ['vmbr0,ip=10.0.0.5', 'PMX_INVALID_IP'],
    ['vmbr0,ip=10.0.0.5/24,gw=10.0.1.1', 'PMX_GATEWAY_OUTSIDE_NET'],
  ] as const)
    it(`${given} is refused`, async () =>
      expect((await failure(() => parseContainerNetwork(given))).code).to.equal(code));

  it('features are those that PVE knows', async () => {
    expect(parseFeatures('nesting=1,mount=nfs')).to.equal('nesting=1,mount=nfs');
    for (const wrong of ['nested=1', 'nesting', 'nesting=yes', 'mount='])
      expect((await failure(() => parseFeatures(wrong))).code).to.equal('PMX_INVALID_FEATURES');
  });
});
