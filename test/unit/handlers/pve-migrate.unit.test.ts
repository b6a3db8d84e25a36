import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import type { PveClient } from '#dist/lib/api/index.js';
import { pveMigrate } from '#dist/lib/operations/engine/handlers/pve-migrate.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, unknownEnd } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';

const upidOf = (node: string, number: number, type = 'qmigrate'): string =>
  `UPID:${node}:0000000${number}:00012345:6B001488:${type}:101:root@pam!pmx:`;

/** One guest on three nodes, and the tasks that move it. */
class MigrateServer {
  node = 'pve1';
  running = true;
  readonly user = 'root@pam!pmx';
  readonly log: string[] = [];
  /** How the next request ends. */
  next: 'lost' | 'done-lost' | 'fails' | 'ha' | undefined;
  /** Tasks that have not ended: UPID → where the guest is then. */
  readonly open = new Map<string, string>();
  #tasks = 0;

  async get(path: string): Promise<unknown> {
    const [, , node, what] = path.split('/');
    if (path.endsWith('/tasks'))
      return [...this.open.keys()]
        .filter((upid) => upid.split(':')[1] === node)
        .map((upid) => ({ upid }));
    if (what === 'tasks')
      return {
        status: this.open.has(decodeURIComponent(path.split('/')[4]!)) ? 'running' : 'stopped',
      };
    if (path === '/cluster/resources') return [{ vmid: 101, node: this.node }];
    if (node !== this.node)
      throw refusal(`Configuration file 'nodes/${node}/qemu-server/101.conf' does not exist.`);
    return { status: this.running ? 'running' : 'stopped' };
  }

  async send(method: string, path: string, params: Record<string, unknown> = {}): Promise<unknown> {
    if (method === 'DELETE') {
      this.log.push('stop the task');
      this.open.delete(decodeURIComponent(path.split('/')[4]!));
      return null;
    }
    const how = this.next;
    this.next = undefined;
    const node = path.split('/')[2]!;
    this.log.push(`${node} → ${String(params['target'])}${'online' in params ? ' online' : ''}`);
    if (how === 'lost') throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost' });
    if (how === 'ha') {
      setTimeout(() => (this.node = String(params['target'])), 5);
      return upidOf(node, ++this.#tasks, 'hamigrate');
    }
    const upid = upidOf(node, ++this.#tasks);
    this.open.set(upid, how === 'fails' ? this.node : String(params['target']));
    if (how === 'done-lost')
      throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost' });
    if (how === 'fails') this.open.set(upid, 'failed');
    return upid;
  }

  async waitForTask(upid: string): Promise<unknown> {
    const end = this.open.get(upid);
    this.open.delete(upid);
    if (end === 'failed')
      throw new ProxmoxError({
        code: 'PMX_TASK_FAILED',
        message: 'migration aborted',
        data: { log: ['x', '2026 ERROR: migration aborted (duration 00:00:01): no room there'] },
      });
    if (end !== undefined) this.node = end;
    return { exitstatus: 'OK' };
  }
}

function refusal(message: string): ProxmoxError {
  return new ProxmoxError({ code: 'PMX_API_ERROR', message });
}

describe('pve.migrate', () => {
  const out = { type: 'qemu', vmid: 101, from: 'pve1', to: 'pve2' } as const;
  const home = { ...out, from: 'pve2', to: 'pve1' } as const;
  let server: MigrateServer;
  const context = (more: object = {}): TestContext =>
    contextFor(
      new FakePve(),
      {},
      {
        pve: async () => server as unknown as PveClient,
        sleep: (millis) => new Promise((resolve) => setTimeout(resolve, Math.min(millis, 5))),
        ...more,
      },
    );

  beforeEach(() => void (server = new MigrateServer()));

  for (const running of [true, false]) {
    it(`moves a ${running ? 'running' : 'stopped'} guest, and notes the task`, async () => {
      server.running = running;
      const step = context();
      expect(await pveMigrate.run(out, step)).to.deep.equal({ node: 'pve2', moved: true });
      expect(server.log).to.deep.equal([`pve1 → pve2${running ? ' online' : ''}`]);
      expect(step.upids).to.have.length(1);
    });
  }

  it('a guest that is there is left alone: its own undo, and after a crash', async () => {
    expect(await pveMigrate.run(home, context())).to.deep.equal({ node: 'pve1', moved: false });
    await pveMigrate.run(out, context());
    await pveMigrate.run(out, context());
    await pveMigrate.run(home, context());
    expect(server.node).to.equal('pve1');
    expect(server.log).to.have.length(2);
  });

  it('finds one that somebody else has moved on', async () => {
    server.node = 'pve3';
    await pveMigrate.run(home, context());
    expect([server.node, server.log]).to.deep.equal(['pve1', ['pve3 → pve1 online']]);
  });

  for (const how of ['lost', 'done-lost'] as const) {
    it(`the answer is ${how}: looks, and moves it once`, async () => {
      server.next = how;
      await pveMigrate.run(out, context());
      expect(server.node).to.equal('pve2');
      expect(server.log).to.have.length(how === 'lost' ? 2 : 1);
    });
  }

  it('an undo stops what is under way, and the guest stays where it was', async () => {
    const upid = upidOf('pve1', 9);
    server.open.set(upid, 'pve2');
    await pveMigrate.run(home, context({ unseenEnd: true, upids: [upid] }));
    expect(server.log).to.deep.equal(['stop the task']);
    expect(server.node).to.equal('pve1');
  });

  it('going on after a crash waits for what is under way', async () => {
    const upid = upidOf('pve1', 9);
    server.open.set(upid, 'pve2');
    await pveMigrate.run(out, context({ upids: [upid] }));
    expect([server.node, server.log]).to.deep.equal(['pve2', []]);
  });

  it('waits for a task of which only the answer was lost', async () => {
    server.open.set(upidOf('pve1', 9), 'pve2');
    await pveMigrate.run(home, context({ unseenEnd: true }));
    expect([server.node, server.log]).to.deep.equal(['pve1', ['pve2 → pve1 online']]);
  });

  it('fails with the reason that stands in the log', async () => {
    server.next = 'fails';
    expect(await failure(() => pveMigrate.run(out, context()))).to.include({
      code: 'PMX_TASK_FAILED',
      exitCode: 3,
      message: 'migration aborted: no room there',
    });
    expect(server.node).to.equal('pve1');
  });

  it('waits until the HA manager has done it', async () => {
    server.next = 'ha';
    await pveMigrate.run(out, context());
    expect(server.node).to.equal('pve2');
  });

  it('a guest that is gone is said so', async () => {
    server.node = 'nowhere';
    server.get = async (path) => {
      if (path.endsWith('/tasks') || path === '/cluster/resources') return [];
      throw refusal("Configuration file 'x' does not exist.");
    };
    expect(await failure(() => pveMigrate.run(out, context()))).to.have.property(
      'code',
      'PMX_GUEST_GONE',
    );
  });

  it('what cannot be seen is no answer', async () => {
    server.get = async () => {
      throw unknownEnd();
    };
    expect(await failure(() => pveMigrate.run(out, context()))).to.have.property(
      'code',
      'PMX_BROKEN',
    );
  });
});
