import { expect } from 'chai';

import { loadOf } from '../dist/plan/load.js';
import { type PlanNode, ref, text } from '../dist/plan/index.js';

const path = '/nodes/pve1/qemu/101';
const step = (kind: string, args: object): PlanNode =>
  ({ id: kind, title: kind, kind, args }) as unknown as PlanNode;
const call = (method: string, at: unknown, params = {}): PlanNode =>
  step('pve.call', { method, path: at, params });

describe('what a plan burdens', () => {
  for (const [what, node, nodes, storages] of [
    ['a start', call('POST', `${path}/status/start`), ['pve1'], []],
    ['a read of the cluster', call('PUT', '/pools/web'), [], []],
    [
      'a full clone',
      call('POST', `${path}/clone`, { newid: ref('vmid'), storage: 'fast' }),
      ['pve1'],
      ['pve1/fast'],
    ],
    ['a linked clone', call('POST', `${path}/clone`), ['pve1'], [`pve1/${path}/clone`]],
    [
      'a new VM with disks',
      call('POST', '/nodes/pve2/qemu', { scsi0: 'fast:32', scsi1: 'slow:0,import-from=a:b' }),
      ['pve2'],
      ['pve2/fast', 'pve2/slow'],
    ],
    ['a delete', call('DELETE', '/nodes/pve1/qemu/101', { storage: 'fast' }), ['pve1'], []],
    [
      'a path that is only known while it runs',
      call('POST', text`/nodes/${'pve3'}/qemu/${ref('vmid')}/clone`, { storage: 'fast' }),
      ['pve3'],
      ['pve3/fast'],
    ],
    ['an upload', step('pve.upload', { node: 'pve1', storage: 'iso' }), ['pve1'], ['pve1/iso']],
    [
      'a backup',
      step('pve.backup', { node: 'pve1', vmid: 101, storage: 'nas' }),
      ['pve1'],
      ['pve1/nas'],
    ],
    [
      'a new disk',
      step('pve.configure', { path, set: { scsi1: 'fast:20,ssd=1', cores: 2 }, before: {} }),
      ['pve1'],
      ['pve1/fast'],
    ],
    [
      'a disk that is there already',
      step('pve.configure', { path, set: { scsi1: 'local:101/vm-101-disk-0.raw' }, before: {} }),
      ['pve1'],
      [],
    ],
    [
      'a migration',
      step('pve.migrate', { type: 'qemu', vmid: 101, from: 'pve1', to: 'pve2' }),
      ['pve1', 'pve2'],
      [],
    ],
    ['what concerns this machine', step('context.use', { name: 'home' }), [], []],
  ] as Array<[string, PlanNode, string[], string[]]>)
    it(`${what}: ${[...nodes, ...storages].join(', ') || 'nothing'}`, () => {
      const load = loadOf({ steps: [node] });
      expect([...load.nodes]).to.deep.equal(nodes);
      expect([...load.storages]).to.deep.equal(storages);
    });

  it('adds up what stands side by side', () => {
    const a = call('POST', '/nodes/pve1/qemu/1/status/start');
    const b = call('POST', '/nodes/pve2/qemu/2/status/start');
    const { nodes } = loadOf({ steps: [{ parallel: [a, b] } as PlanNode, a] });
    expect([...nodes]).to.deep.equal(['pve1', 'pve2']);
  });
});
