import { ref } from '@pmx-cli/kit';
import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import type { PveClient } from '#dist/lib/api/index.js';
import type { StepContext } from '#dist/lib/operations/engine/handlers/handler.js';
import {
  discardPool,
  poolMembers,
  pvePool,
} from '#dist/lib/operations/engine/handlers/pve-pool.js';
import { failure } from '../engine/lab.ts';
import { FakePve } from '../engine/fake-pve.ts';
import { contextFor } from './context.ts';

/** Pools of a server, refusing what the real one refuses. */
class PoolServer {
  readonly pools = new Map<string, Array<{ type: string; vmid?: number; storage?: string }>>();
  readonly writes: Array<{ method: string; params: Record<string, unknown> }> = [];
  next: 'lost' | 'done-lost' | undefined;

  async get(_: string, { poolid }: { poolid: string }): Promise<unknown> {
    const members = this.pools.get(poolid);
    if (members) return [{ poolid, members }];
    throw refusal(`pool '${poolid}' does not exist`);
  }

  async send(method: string, _: string, params: Record<string, unknown>): Promise<null> {
    const how = this.next;
    this.next = undefined;
    const given = Object.entries(params).filter(([, value]) => value !== undefined);
    this.writes.push({ method, params: Object.fromEntries(given) });
    if (how !== 'lost') this.#carryOut(method, params);
    if (how !== undefined)
      throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost.' });
    return null;
  }

  #carryOut(method: string, params: Record<string, unknown>): void {
    const pool = String(params['poolid']);
    const members = this.pools.get(pool);
    if (method === 'POST') {
      if (members) throw refusal(`create pool failed: pool '${pool}' already exists`);
      this.pools.set(pool, []);
    } else if (method === 'DELETE') {
      if (members!.length > 0) throw refusal(`delete pool failed: pool '${pool}' is not empty`);
      this.pools.delete(pool);
    } else {
      for (const vmid of String(params['vms']).split(',').map(Number)) {
        const at = members!.findIndex((member) => member.vmid === vmid);
        if (params['delete'] === undefined ? at >= 0 : at < 0)
          throw refusal(`VM ${vmid} is already as wanted`);
        if (at < 0) members!.push({ type: 'qemu', vmid });
        else members!.splice(at, 1);
      }
    }
  }
}

function refusal(message: string): ProxmoxError {
  return new ProxmoxError({ code: 'PMX_API_ERROR', message });
}

describe('steps about pools', () => {
  let server: PoolServer;
  const context = (more: Partial<StepContext> = {}): StepContext =>
    contextFor(
      new FakePve(),
      { made: '' },
      { pve: async () => server as unknown as PveClient, ...more },
    );

  beforeEach(() => void (server = new PoolServer()));

  for (const [how, writes] of [
    [undefined, 1],
    ['done-lost', 1],
  ] as const) {
    it(`makes one (${how ?? 'answered'})`, async () => {
      server.next = how;
      expect(await pvePool.run({ pool: 'web' }, context())).to.deep.equal({ pool: 'web' });
      expect([...server.pools.keys()]).to.deep.equal(['web']);
      expect(server.writes).to.have.length(writes);
    });
  }

  it('a request that never arrived is no pool', async () => {
    server.next = 'lost';
    expect(await failure(() => pvePool.run({ pool: 'web' }, context()))).to.have.property(
      'code',
      'PMX_ANSWER_LOST',
    );
    expect(await pvePool.recover({ pool: 'web' }, context())).to.equal(undefined);
    server.pools.set('web', []);
    expect(await pvePool.recover({ pool: 'web' }, context())).to.deep.equal({ pool: 'web' });
  });

  it("somebody else's pool of that name is an error, and undo leaves it", async () => {
    server.pools.set('web', []);
    await failure(() => pvePool.run({ pool: 'web' }, context()));
    const undo = { pool: 'web', made: ref('made') };
    expect(await discardPool.run(undo, context())).to.deep.equal({ removed: false });
    expect(server.pools.has('web')).to.equal(true);
    const inDoubt = context({ unseenEnd: true });
    expect(await discardPool.run(undo, inDoubt)).to.deep.equal({ removed: true });
  });

  for (const how of ['lost', 'done-lost'] as const) {
    it(`removes one whose answer is ${how}, looking before it sends again`, async () => {
      server.pools.set('web', []);
      server.next = how;
      await discardPool.run({ pool: 'web' }, context());
      expect(server.pools.has('web')).to.equal(false);
      expect(server.writes).to.have.length(how === 'lost' ? 2 : 1);
      expect(await discardPool.run({ pool: 'web' }, context())).to.deep.equal({ removed: false });
    });

    it(`puts members in once when the answer is ${how}`, async () => {
      server.pools.set('web', [{ type: 'qemu', vmid: 101 }]);
      server.next = how;
      const args = { pool: 'web', member: true, vms: [101, 102], storages: [] };
      await poolMembers.run(args, context());
      expect(server.pools.get('web')!.map(({ vmid }) => vmid)).to.deep.equal([101, 102]);
      expect(server.writes.map(({ params }) => params['vms'])).to.deep.equal(
        how === 'lost' ? ['102', '102'] : ['102'],
      );
    });
  }

  it('takes out only what is in, and sends nothing when nothing is', async () => {
    server.pools.set('web', [{ type: 'qemu', vmid: 101 }]);
    const args = { pool: 'web', member: false, vms: [101, 102], storages: ['local'] };
    await poolMembers.run(args, context());
    expect(server.writes).to.deep.equal([
      { method: 'PUT', params: { poolid: 'web', vms: '101', delete: true } },
    ]);
    expect(await poolMembers.run(args, context())).to.deep.equal({ pool: 'web', changed: false });
    expect(server.writes).to.have.length(1);
  });
});
