import { expect } from 'chai';
import fc from 'fast-check';

import { parseSelector, type PveReader, type QueryParams, type ResolveOptions } from '@pmx-cli/kit';
import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { createInventory } from '#dist/lib/inventory/index.js';
import { closest, distance } from '#dist/lib/inventory/closest.js';

type Answers = Record<string, unknown>;

/** A reader that knows some paths, and counts. */
function fake(answers: Answers): { pve: PveReader; asked: string[]; most: () => number } {
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const get = async (path: string, params?: QueryParams): Promise<unknown> => {
    const key = params ? `${path}?${new URLSearchParams(params as Record<string, string>)}` : path;
    asked.push(key);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    const answer = answers[key];
    if (answer === undefined)
      throw new ProxmoxError({ code: 'PMX_API_ERROR', message: `${key} is unknown` });
    if (answer instanceof Error) throw answer;
    return structuredClone(answer);
  };
  return { pve: { get, user: 'root@pam!pmx' } as unknown as PveReader, asked, most: () => most };
}

async function failure(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hints: string[]; exitCode: number; data: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as never;
  }
  throw new Error('It should have failed');
}

const cluster: Answers = {
  '/nodes': [
    {
      node: 'pve2',
      status: 'online',
      maxcpu: '8',
      cpu: 0.25,
      maxmem: 1024,
      mem: '512',
      uptime: 60,
    },
    { node: 'pve1', status: 'online' },
    { node: 'pve3', status: 'offline' },
  ],
  '/nodes/pve1/qemu': [
    {
      vmid: 101,
      name: 'web-02',
      status: 'running',
      cpus: 2,
      maxmem: 734003200,
      maxdisk: '2684354560',
      uptime: 241,
      tags: 'prod;web',
      lock: 'backup',
    },
    { vmid: '100', name: 'Web-01', status: 'running', qmpstatus: 'paused', tags: '' },
    { vmid: 900, name: 'debian-12', status: 'stopped', template: 1 },
  ],
  '/nodes/pve1/lxc': [{ vmid: '200', name: 'dns', status: 'stopped', type: 'lxc', tags: 'infra' }],
  '/nodes/pve2/qemu': [
    { vmid: 110, name: 'db', status: 'stopped', template: '' },
    { vmid: 111, name: 'db', status: 'running', template: 0 },
    { vmid: 901, name: 'ubuntu', status: 'stopped', template: '1' },
  ],
  '/nodes/pve2/lxc': [],
};

describe('inventory: guests', () => {
  it('lists all in one request, with whatever types PVE uses', async () => {
    const { pve, asked } = fake({
      '/cluster/resources?type=vm': [
        {
          id: 'qemu/101',
          type: 'qemu',
          vmid: 101,
          node: 'pve1',
          name: 'web',
          status: 'running',
          template: 0,
          maxcpu: '2',
          maxmem: 1024,
          maxdisk: '2048',
          uptime: 9,
          tags: 'a;b',
          pool: 'p',
        },
        {
          id: 'lxc/100',
          type: 'lxc',
          vmid: '100',
          node: 'pve2',
          name: 'dns',
          status: 'stopped',
          template: '1',
        },
      ],
    });
    expect(await createInventory(pve).guests()).to.deep.equal([
      {
        type: 'lxc',
        vmid: 100,
        name: 'dns',
        node: 'pve2',
        status: 'stopped',
        template: true,
        tags: [],
      },
      {
        type: 'qemu',
        vmid: 101,
        name: 'web',
        node: 'pve1',
        status: 'running',
        template: false,
        tags: ['a', 'b'],
        pool: 'p',
        cpus: 2,
        memoryBytes: 1024,
        diskBytes: 2048,
        uptimeSeconds: 9,
      },
    ]);
    expect(asked).to.deep.equal(['/cluster/resources?type=vm']);
  });

  it("asks the node of rows that PVE's cache does not know yet, and only that node", async () => {
    const { pve, asked } = fake({
      ...cluster,
      '/cluster/resources?type=vm': [
        { id: 'qemu/101', type: 'qemu', vmid: 101, node: 'pve1', status: 'unknown', pool: 'p' },
        { id: 'qemu/110', type: 'qemu', vmid: 110, node: 'pve2', name: 'db', status: 'stopped' },
        { id: 'qemu/555', type: 'qemu', vmid: 555, node: 'pve1', status: 'unknown', tags: 't' },
      ],
    });
    const [first, , gone] = await createInventory(pve).guests();
    expect(first).to.include({
      vmid: 101,
      name: 'web-02',
      status: 'running',
      pool: 'p',
      lock: 'backup',
    });
    expect(gone).to.deep.equal({
      type: 'qemu',
      vmid: 555,
      name: '',
      node: 'pve1',
      status: 'unknown',
      template: false,
      tags: ['t'],
    });
    expect(asked).to.deep.equal(['/cluster/resources?type=vm', '/nodes', '/nodes/pve1/qemu']);
  });

  it('does not wait for a node that is offline', async () => {
    const { pve, asked } = fake({
      '/nodes': [{ node: 'gone', status: 'offline' }],
      '/cluster/resources?type=vm': [{ type: 'qemu', vmid: 7, node: 'gone', status: 'unknown' }],
    });
    const inventory = createInventory(pve);
    expect(await inventory.guests()).to.have.length(1);
    expect(asked).to.deep.equal(['/cluster/resources?type=vm', '/nodes']);
    expect([...inventory.unreachable]).to.deep.equal(['gone']);
  });

  it('asks nodes side by side and notes those that do not answer', async () => {
    const silent = new SurroundingsError({ code: 'PMX_NODE_UNREACHABLE', message: 'no route' });
    const { pve } = fake({
      '/nodes': [
        { node: 'a', status: 'online' },
        { node: 'b', status: 'offline' },
        // A node without Sys.Audit looks like this, and one that just went away.
        { node: 'c', status: 'unknown' },
        { node: 'd' },
      ],
      '/nodes/a/x': [1],
      '/nodes/c/x': [3],
      '/nodes/d/x': silent,
    });
    const inventory = createInventory(pve);
    const ask = (node: string): Promise<number[]> => pve.get(`/nodes/${node}/x`);
    expect(await inventory.fromNodes(ask)).to.deep.equal([1, 3]);
    expect([...inventory.unreachable]).to.deep.equal(['b', 'd']);
    inventory.unreachable.clear();
    expect(await inventory.fromNodes(ask, ['c'])).to.deep.equal([3]);
    expect([...inventory.unreachable]).to.deep.equal([]);
    const refused = inventory.fromNodes((node) => pve.get<number[]>(`/nodes/${node}/y`), ['a']);
    expect(await failure(refused)).to.include({ code: 'PMX_API_ERROR' });
  });

  it('says nothing of storages that only a silent node could ask', async () => {
    const row = { storage: 'local', plugintype: 'dir', type: 'storage' };
    const { pve } = fake({
      '/nodes': [
        { node: 'a', status: 'online' },
        { node: 'b', status: 'offline' },
      ],
      '/cluster/resources?type=storage': [
        { ...row, node: 'a', status: 'unknown' },
        { ...row, node: 'b', status: 'unknown' },
      ],
    });
    const inventory = createInventory(pve);
    const [known, unknown] = await inventory.storages();
    expect(known).to.include({ node: 'a', active: false });
    expect(unknown).to.not.have.property('active');
    expect([...inventory.unreachable]).to.deep.equal(['b']);
  });

  it('names the offline node of a guest that is out of sight', async () => {
    const routes = {
      '/nodes': [{ node: 'gone', status: 'offline' }],
      '/cluster/resources?type=vm': [{ type: 'qemu', vmid: 7, node: 'gone', status: 'unknown' }],
    };
    const options: ResolveOptions = { type: 'qemu', noun: 'VM' };
    const seven = createInventory(fake(routes).pve).resolveGuests(['7'], options);
    expect(await failure(seven)).to.include({ code: 'PMX_NODE_UNREACHABLE', exitCode: 2 });
    const other = await failure(createInventory(fake(routes).pve).resolveGuests(['web'], options));
    expect(other).to.include({ code: 'PMX_VM_NOT_FOUND', exitCode: 1 });
    expect(other.hints.join(' ')).to.include('gone');
  });

  it('does without the names when the node cannot be asked', async () => {
    const { pve } = fake({
      '/cluster/resources?type=vm': [{ type: 'lxc', vmid: 7, node: 'gone', status: 'unknown' }],
    });
    expect(
      (await createInventory(pve).guests()).map(({ vmid, name }) => [vmid, name]),
    ).to.deep.equal([[7, '']]);
  });

  it('asks each node that is up for fresh ones', async () => {
    const { pve, asked } = fake(cluster);
    const guests = await createInventory(pve).freshGuests();
    expect(
      guests.map(({ vmid, type, node, status, template }) => [vmid, type, node, status, template]),
    ).to.deep.equal([
      [100, 'qemu', 'pve1', 'paused', false],
      [101, 'qemu', 'pve1', 'running', false],
      [110, 'qemu', 'pve2', 'stopped', false],
      [111, 'qemu', 'pve2', 'running', false],
      [200, 'lxc', 'pve1', 'stopped', false],
      [900, 'qemu', 'pve1', 'stopped', true],
      [901, 'qemu', 'pve2', 'stopped', true],
    ]);
    expect(guests[1]).to.deep.equal({
      type: 'qemu',
      vmid: 101,
      name: 'web-02',
      node: 'pve1',
      status: 'running',
      template: false,
      tags: ['prod', 'web'],
      cpus: 2,
      memoryBytes: 734003200,
      diskBytes: 2684354560,
      uptimeSeconds: 241,
      lock: 'backup',
    });
    expect(asked.some((path) => path.includes('pve3'))).to.equal(false);
  });

  it('asks eight at a time', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    const answers: Answers = { '/nodes': names.map((node) => ({ node, status: 'online' })) };
    for (const node of names)
      Object.assign(answers, { [`/nodes/${node}/qemu`]: [], [`/nodes/${node}/lxc`]: [] });
    const { pve, asked, most } = fake(answers);
    expect(await createInventory(pve).freshGuests()).to.deep.equal([]);
    expect(asked.length).to.equal(61);
    expect(most()).to.equal(8);
  });

  it('fails when a node that is up does not answer, but not for one of unknown state', async () => {
    const down = new SurroundingsError({ code: 'PMX_NODE_UNREACHABLE', message: 'no route' });
    const answers = { '/nodes/pve1/qemu': down, '/nodes/pve1/lxc': [] };
    const online = fake({ ...answers, '/nodes': [{ node: 'pve1', status: 'online' }] });
    expect(await failure(createInventory(online.pve).freshGuests())).to.include({
      code: 'PMX_NODE_UNREACHABLE',
    });
    const unknown = fake({ ...answers, '/nodes': [{ node: 'pve1' }] });
    expect(await createInventory(unknown.pve).freshGuests()).to.deep.equal([]);
  });
});

describe('inventory: names, ids, ranges and globs', () => {
  const vm: ResolveOptions = { noun: 'VM', type: 'qemu', template: false };
  const resolve = async (
    targets: string[],
    options: ResolveOptions = vm,
    answers = cluster,
  ): Promise<number[]> =>
    (await createInventory(fake(answers).pve).resolveGuests(targets, options)).map(
      ({ vmid }) => vmid,
    );

  const good: Array<[string[], number[], ResolveOptions?]> = [
    [['101'], [101]],
    [['web-01'], [100]],
    [['WEB-02'], [101]],
    [['110-120'], [110, 111]],
    [['web-*'], [100, 101]],
    [['d?'], [110, 111]],
    [['*'], [100, 101, 110, 111]],
    [
      ['111', '100-101', 'web-*', '111'],
      [111, 100, 101],
    ],
    [['debian-12'], [900], { noun: 'template', type: 'qemu', template: true }],
    [['900-999'], [900, 901], { noun: 'template', type: 'qemu', template: true }],
    [['100-999'], [100, 101, 110, 111, 200, 900, 901], { noun: 'guest' }],
    [['dns'], [200], { noun: 'container', type: 'lxc' }],
  ];
  for (const [targets, ids, options] of good) {
    it(`${targets.join(' ')} → ${ids.join(' ')}`, async () => {
      expect(await resolve(targets, options)).to.deep.equal(ids);
    });
  }

  const pools = {
    ...cluster,
    '/cluster/resources?type=vm': [{ type: 'qemu', vmid: 111, node: 'pve2', pool: 'prod' }],
  };
  const selected: Array<[words: string[], selectors: string[], ids: number[]]> = [
    [[], ['status=running'], [101, 111]],
    [[], ['tag=web'], [101]],
    [[], ['tag!=web,node=pve1'], [100]],
    [[], ['name=web-*', 'node==pve1'], [100, 101]],
    [[], ['name = db , status != running'], [110]],
    [[], ['lock=backup'], [101]],
    [[], ['lock='], [100, 110, 111]],
    [[], ['pool=prod'], [111]],
    [['100-110'], ['name=d?'], [110]],
    [['101', '100'], ['node=pve1'], [101, 100]],
  ];
  for (const [words, selectors, ids] of selected) {
    it(`${[...words, ...selectors.map((text) => `-l '${text}'`)].join(' ')} → ${ids.join(' ')}`, async () => {
      const options = { ...vm, selector: parseSelector(selectors) };
      expect(await resolve(words, options, pools)).to.deep.equal(ids);
    });
  }

  it('takes it for an error when nothing is selected, unless that is allowed', async () => {
    const selector = parseSelector(['tag=nosuch']);
    const error = await failure(resolve(['web-*'], { ...vm, selector }));
    expect(error).to.include({
      code: 'PMX_NO_MATCH',
      exitCode: 1,
      message: 'No VM is selected among the 2 that are named.',
    });
    const allowed = { ...vm, allowEmpty: true };
    expect(await resolve([], { ...allowed, selector })).to.deep.equal([]);
    expect(await resolve(['nosuch-*', '300-310'], allowed)).to.deep.equal([]);
    expect(await failure(resolve(['nosuch'], allowed))).to.include({ code: 'PMX_VM_NOT_FOUND' });
  });

  for (const text of ['color=red', 'web', 'tag>3', '', 'tag=a,,status=running']) {
    it(`refuses the selector '${text}'`, () => {
      expect(() => parseSelector([text])).to.throw(`Selector '${text}' is not valid`);
    });
  }

  it('asks the nodes once in a run', async () => {
    const { pve, asked } = fake(cluster);
    const inventory = createInventory(pve);
    await inventory.resolveGuests(['100'], vm);
    await inventory.resolveGuests(['web-02'], vm);
    await failure(inventory.resolveGuests(['nosuch'], vm));
    expect(asked.filter((path) => path.startsWith('/nodes')).length).to.equal(5);
  });

  it('names all guests of an ambiguous name', async () => {
    const error = await failure(resolve(['db']));
    expect(error).to.include({ code: 'PMX_AMBIGUOUS_NAME', exitCode: 1 });
    expect(error.message).to.equal("2 guests are called 'db': 110 (pve2), 111 (pve2).");
    expect(error.data).to.deep.equal({ target: 'db', matches: [110, 111] });
  });

  it('offers what is spelled alike, of the right kind', async () => {
    const error = await failure(resolve(['wbe-01']));
    expect(error).to.include({
      code: 'PMX_VM_NOT_FOUND',
      exitCode: 1,
      message: "There is no VM 'wbe-01'.",
    });
    const unseen = 'Guests of offline nodes cannot be told by name: pve3.';
    expect(error.hints).to.deep.equal([
      'Did you mean Web-01?',
      'See what there is: pmx vm list',
      unseen,
    ]);
    const template = await failure(resolve(['debian-13'], { noun: 'template', template: true }));
    expect(template).to.include({ code: 'PMX_TEMPLATE_NOT_FOUND' });
    expect(template.hints[0]).to.equal('Did you mean debian-12?');
    expect((await failure(resolve(['102']))).hints[0]).to.match(/^Did you mean 100 or 101/);
    expect((await failure(resolve(['something-else']))).hints).to.deep.equal([
      'See what there is: pmx vm list',
      unseen,
    ]);
  });

  it('takes a range or glob without a match for an error, too', async () => {
    for (const word of ['300-400', 'nosuch-*']) {
      const error = await failure(resolve(['100', word]));
      expect(error).to.include({ code: 'PMX_VM_NOT_FOUND', message: `No VM matches '${word}'.` });
    }
    expect(await failure(resolve(['9-1']))).to.include({ code: 'PMX_INVALID_TARGET' });
  });

  it('says what a guest of the wrong kind is', async () => {
    const cases: Array<[string, ResolveOptions, string]> = [
      ['900', vm, 'VM 900 (debian-12) is a template, and a VM is needed.'],
      ['debian-12', vm, 'VM 900 (debian-12) is a template, and a VM is needed.'],
      ['dns', vm, 'Container 200 (dns) is a container, and a VM is needed.'],
      [
        '100',
        { noun: 'template', type: 'qemu', template: true },
        'VM 100 (Web-01) is no template, and a template is needed.',
      ],
      ['900-901', vm, "None of the 2 guests that match '900-901' is a VM: 900 (pve1), 901 (pve2)."],
    ];
    for (const [word, options, message] of cases) {
      const error = await failure(resolve([word], options));
      expect(error.message).to.equal(message);
      expect(error.code).to.equal(
        options.noun === 'VM' ? 'PMX_VM_NOT_FOUND' : 'PMX_TEMPLATE_NOT_FOUND',
      );
    }
  });

  it('thinks of missing privileges when there is nothing at all', async () => {
    const error = await failure(
      resolve(['100'], vm, {
        '/nodes': [{ node: 'pve1' }],
        '/nodes/pve1/qemu': [],
        '/nodes/pve1/lxc': [],
      }),
    );
    expect(error.code).to.equal('PMX_VM_NOT_FOUND');
    expect(error.hints.join()).to.contain('VM.Audit').and.to.contain('privilege-separated');
  });
});

describe('inventory: nodes and storages', () => {
  it('knows nodes, also without the right to see their figures', async () => {
    const inventory = createInventory(fake(cluster).pve);
    expect(await inventory.nodes()).to.deep.equal([
      { node: 'pve1', status: 'online' },
      {
        node: 'pve2',
        status: 'online',
        cpus: 8,
        cpuUsage: 0.25,
        memoryBytes: 1024,
        memoryUsedBytes: 512,
        uptimeSeconds: 60,
      },
      { node: 'pve3', status: 'offline' },
    ]);
    expect(await inventory.node('pve2')).to.include({ node: 'pve2', cpus: 8 });
    const error = await failure(inventory.node('pev1'));
    expect(error).to.include({ code: 'PMX_NODE_NOT_FOUND', exitCode: 1 });
    expect(error.message).to.equal("There is no node 'pev1'; there are pve1, pve2, pve3.");
  });

  it('knows the storages of a node and of the cluster, sizes in bytes', async () => {
    const inventory = createInventory(
      fake({
        '/nodes/pve1/storage': [
          { storage: 'nfs', type: 'nfs', content: 'iso,backup', shared: 1, active: 0, enabled: 1 },
          {
            storage: 'local',
            type: 'dir',
            content: 'vztmpl,iso',
            shared: 0,
            active: 1,
            enabled: 1,
            total: '100',
            used: 40,
            avail: 60,
          },
          { storage: 'off', type: 'dir', content: 'iso', enabled: 0 },
        ],
        '/cluster/resources?type=storage': [
          {
            id: 'storage/pve1/local',
            storage: 'local',
            node: 'pve1',
            plugintype: 'dir',
            content: 'iso',
            shared: 0,
            status: 'available',
            maxdisk: 100,
            disk: '40',
          },
          { id: 'storage/pve1/old', storage: 'old', node: 'pve1', status: 'unknown', shared: 0 },
        ],
      }).pve,
    );
    const local = {
      storage: 'local',
      node: 'pve1',
      type: 'dir',
      shared: false,
      active: true,
      totalBytes: 100,
      usedBytes: 40,
      availableBytes: 60,
    };
    expect(await inventory.storages('pve1')).to.deep.equal([
      { ...local, content: ['iso', 'vztmpl'] },
      {
        storage: 'nfs',
        node: 'pve1',
        type: 'nfs',
        content: ['backup', 'iso'],
        shared: true,
        active: false,
      },
    ]);
    expect(await inventory.storages()).to.deep.equal([
      { ...local, content: ['iso'] },
      { storage: 'old', node: 'pve1', type: '', content: [], shared: false, active: false },
    ]);
  });
});

describe('inventory: the distance of words', () => {
  it('is a distance', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(distance(a, a)).to.equal(0);
        expect(distance(a, b)).to.equal(distance(b, a));
        expect(distance(a, c)).to.be.at.most(distance(a, b) + distance(b, c));
        expect(distance(a, b)).to.be.within(
          Math.abs(a.length - b.length),
          Math.max(a.length, b.length),
        );
      }),
    );
    expect(distance('kitten', 'sitting')).to.equal(3);
  });

  it('finds at most three, the closest first', () => {
    expect(
      closest('web-01', ['web-1', 'db', 'web-02', 'wab-03', 'web-11', 'WEB-01x']),
    ).to.deep.equal(['WEB-01x', 'web-02', 'web-1']);
  });
});
