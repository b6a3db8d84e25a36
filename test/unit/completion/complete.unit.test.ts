import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Contexts } from '@pmx-cli/kit';
import { expect } from 'chai';

import { cacheKey, CompletionCache } from '#dist/lib/completion/cache.js';
import { complete, type CompletionHost } from '#dist/lib/completion/complete.js';
import { readData } from '#dist/lib/completion/data.js';
import { readKnown } from '#dist/lib/completion/manifest.js';
import { createFakeHost } from '@pmx-cli/kit/testing';

const resources = [
  {
    type: 'qemu',
    vmid: 101,
    name: 'web-01',
    node: 'pve1',
    status: 'running',
    tags: ['prod', 'web'],
  },
  { type: 'qemu', vmid: 102, name: 'twin', node: 'pve1', status: 'stopped', tags: ['web'] },
  { type: 'qemu', vmid: 103, name: 'twin', node: 'pve2', status: 'stopped' },
  { type: 'qemu', vmid: 900, name: 'debian', node: 'pve1', status: 'stopped', template: true },
  { type: 'lxc', vmid: 200, name: 'proxy', node: 'pve1', status: 'running' },
  { type: 'node', node: 'pve1', status: 'online' },
  { type: 'storage', storage: 'local', node: 'pve1', content: ['iso', 'import'] },
  { type: 'storage', storage: 'fast', node: 'pve1', content: ['images', 'rootdir'] },
  { type: 'pool', pool: 'prod' },
];

describe('completion: values', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pmx-complete-'));
  const paths = { config: join(folder, 'config'), data: folder, state: folder, cache: folder };
  const asked: string[] = [];
  const host = (over: Partial<CompletionHost> = {}): CompletionHost => ({
    known: readKnown(),
    paths,
    contexts: async () =>
      ({
        list: async () => ({ lab: { endpoint: 'https://pve1:8006' } }),
      }) as Partial<Contexts> as Contexts,
    refresh: (name) => asked.push(name),
    uptime: () => 1000,
    ...over,
  });
  const cache = (): CompletionCache =>
    new CompletionCache(folder, cacheKey(paths.config, undefined));
  const values = async (line: string, over?: Partial<CompletionHost>): Promise<string[]> =>
    (await complete(line.split(' '), host(over))).items.map(({ value }) => value);

  beforeEach(() => {
    asked.length = 0;
    cache().write('resources', { at: Date.now(), rows: resources });
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [line, expected] of [
    ['vm sta', ['start']],
    ['vm start ', ['web-01', '102', '103']],
    ['vm start WEB', ['web-01']],
    ['vm start 1', ['101', '102', '103']],
    ['ct start ', ['proxy']],
    ['vm create x --template ', ['debian']],
    ['vm create x --template=d', ['--template=debian']],
    ['vm create x --storage ', ['fast']],
    ['vm create x --iso-storage ', ['local']],
    ['vm create x --pool ', ['prod']],
    ['vm create x --node ', ['pve1']],
    ['vm create x --tags a,p', ['a,prod']],
    ['vm create x --clou', ['--cloud-init']],
    ['vm create x --start --st', ['--storage']],
    ['vm start --no-w', ['--no-wait']],
    ['vm list -l sta', ['status=']],
    ['vm list -l status=r', ['status=running']],
    ['vm list -l tag!=w', ['tag!=web']],
    ['vm list -l status=running,tag=', ['status=running,tag=prod', 'status=running,tag=web']],
    ['context use ', ['lab']],
    ['explain PMX_VM_NOT', ['PMX_VM_NOT_FOUND']],
    ['nosuch ', []],
  ] as const) {
    it(`${line}| → ${expected.join(' ')}`, async () => {
      expect(await values(line)).to.deep.equal(expected);
      expect(asked).to.deep.equal([]);
    });
  }

  it('leaves names of files to the shell', async () => {
    expect(await complete(['vm', 'create', 'x', '--user-data', ''], host())).to.deep.equal({
      items: [],
      files: true,
    });
  });

  it('offers what is old, and has it read anew', async () => {
    cache().write('resources', { at: Date.now() - 60_000, rows: resources });
    expect(await values('vm start w')).to.deep.equal(['web-01']);
    expect(asked).to.deep.equal(['resources']);
  });

  it('waits for what is missing, but not for long, and not after a failure', async () => {
    rmSync(join(folder, 'completion'), { recursive: true });
    const refresh = (): void => cache().write('resources', { at: Date.now(), rows: resources });
    expect(await values('vm start w', { uptime: () => 0, refresh })).to.deep.equal(['web-01']);
    rmSync(join(folder, 'completion'), { recursive: true });
    let time = 0;
    expect(await values('vm start w', { uptime: () => (time += 100) })).to.deep.equal([]);
    expect(time).to.be.lessThan(500);
    cache().write('resources', { at: Date.now() });
    asked.length = 0;
    expect(await values('vm start w')).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });

  it('reads contexts once for each state of the configuration, also where no cache can be written', async () => {
    let reads = 0;
    const contexts = async (): Promise<Contexts> => {
      reads++;
      return { list: async () => ({ lab: { endpoint: 'x' } }) } as Partial<Contexts> as Contexts;
    };
    const fresh = mkdtempSync(join(folder, 'contexts-'));
    const at = { paths: { ...paths, cache: fresh, config: fresh }, contexts };
    expect(await values('context use ', at)).to.deep.equal(['lab']);
    expect(await values('context use ', at)).to.deep.equal(['lab']);
    expect(reads).to.equal(1);
    writeFileSync(join(fresh, 'config.yaml'), 'contexts: {}\n');
    await values('context use ', at);
    expect(reads).to.equal(2);
    const file = join(fresh, 'config.yaml');
    expect(
      await values('context use ', { ...at, paths: { ...at.paths, cache: file } }),
    ).to.deep.equal(['lab']);
  });

  it('a broken cache is as good as none', async () => {
    writeFileSync(
      join(folder, 'completion', cacheKey(paths.config, undefined), 'resources.json'),
      '{',
    );
    expect(await values('vm start w')).to.deep.equal([]);
    expect(asked).to.deep.equal(['resources']);
  });

  it('another context is another cache', () => {
    expect(cacheKey(paths.config, 'a')).to.not.equal(cacheKey(paths.config, 'b'));
    const env = (name: string): string => cacheKey(paths.config, undefined, { PMX_CONTEXT: name });
    expect(env('a'))
      .to.equal(cacheKey(paths.config, 'a', {}))
      .and.not.equal(env('b'));
  });

  it('reads bridges once each, and snapshots of a guest by name', async () => {
    const routes = {
      '/nodes': [
        { node: 'pve1', status: 'online' },
        { node: 'pve2', status: 'online' },
        { node: 'pve3', status: 'offline' },
      ],
      '/nodes/pve1/network': [{ iface: 'vmbr0', comments: 'lan\n' }],
      '/nodes/pve2/network': [{ iface: 'vmbr0', comments: 'lan\n' }, { iface: 'vmbr1' }],
      '/cluster/resources': [{ type: 'qemu', vmid: 101, name: 'web-01', node: 'pve1' }],
      '/nodes/pve1/qemu/101/snapshot': [
        { name: 'before', description: 'a\nb' },
        { name: 'current' },
      ],
    };
    const pve = await createFakeHost({ pve: routes })
      .open({ format: { type: 'json' }, log: {}, 'no-color': true })
      .pve();
    expect(await readData('bridges', pve)).to.deep.equal([
      { value: 'vmbr0', description: 'lan' },
      { value: 'vmbr1', description: '' },
    ]);
    expect(await readData('snapshots-qemu-web-01', pve)).to.deep.equal([
      { value: 'before', description: 'a' },
    ]);
    expect(await readData('snapshots-qemu-nosuch', pve)).to.deep.equal([]);
  });
});
