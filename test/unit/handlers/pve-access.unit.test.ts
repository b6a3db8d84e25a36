import { ref } from '@pmx-cli/kit';
import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import type { PveClient } from '#dist/lib/api/index.js';
import type { StepContext } from '#dist/lib/operations/engine/handlers/handler.js';
import {
  contextForget,
  discardRole,
  discardToken,
  pveRole,
  pveToken,
} from '#dist/lib/operations/engine/handlers/pve-access.js';
import { FakePve } from '../engine/fake-pve.ts';
import { contextFor } from './context.ts';

type Params = Record<string, unknown>;

/** The users' corner of a server: tokens, roles and grants. */
class AccessServer {
  readonly tokens = new Map<string, { comment: string }>();
  readonly roles = new Map<string, string>();
  acl: Array<{ path: string; roleid: string; ugid: string }> = [];
  readonly writes: string[] = [];
  /** How the next write ends: refused, lost before it happens, or done with its answer lost. */
  next: 'refused' | 'lost' | 'done-lost' | undefined;
  #secrets = 0;

  readonly user = 'root@pam';

  async get(path: string): Promise<unknown> {
    if (path === '/access/roles')
      return [...this.roles].map(([roleid, privs]) => ({ roleid, privs }));
    if (path === '/access/acl') return this.acl;
    const found = this.tokens.get(tokenOf(path));
    if (found) return found;
    throw new ProxmoxError({ code: 'PMX_API_ERROR', message: "no such token 'x' for user 'y'." });
  }

  async send(method: string, path: string, params: Params = {}): Promise<unknown> {
    const how = this.next;
    this.next = undefined;
    this.writes.push(`${method} ${path}`);
    if (how === 'refused')
      throw new ProxmoxError({ code: 'PMX_PERMISSION_DENIED', message: 'no.' });
    const answer = how === 'lost' ? undefined : this.#do(method, path, params);
    if (how !== undefined)
      throw new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'lost.' });
    return answer;
  }

  #do(method: string, path: string, params: Params): unknown {
    if (path === '/access/roles') this.roles.set(String(params['roleid']), String(params['privs']));
    else if (path === '/access/acl')
      this.acl = this.acl.filter(({ ugid }) => ugid !== params['tokens']);
    else if (path.startsWith('/access/roles/')) this.roles.delete(path.split('/')[3]!);
    else if (method === 'DELETE') this.tokens.delete(tokenOf(path));
    else {
      this.tokens.set(tokenOf(path), { comment: String(params['comment']) });
      return { value: `secret-${++this.#secrets}` };
    }
    return null;
  }
}

function tokenOf(path: string): string {
  const [, , , user, , token] = path.split('/');
  return `${decodeURIComponent(user!)}!${token}`;
}

describe('tokens and roles', () => {
  let server: AccessServer;
  beforeEach(() => (server = new AccessServer()));
  const context = (variables = {}, more: Partial<StepContext> = {}) =>
    contextFor(new FakePve(), variables, {
      pve: async () => server as unknown as PveClient,
      ...more,
    });
  const args = { user: 'jane@pve', token: 'pmx', keep: 'token' };
  const grants = [{ path: '/', role: 'PmxOperator' }];
  const role = { role: 'PmxOperator', privileges: ['VM.Audit', 'VM.PowerMgmt'] };

  it('makes a token, keeps its secret in memory and names the operation in its comment', async () => {
    const at = context();
    expect(await pveToken.run(args, at)).to.deep.equal({ token: 'jane@pve!pmx' });
    expect(at.kept).to.deep.equal({ token: 'secret-1' });
    expect(server.tokens.get('jane@pve!pmx')!.comment).to.match(/pmx-operation: op1$/);
  });

  for (const how of ['lost', 'done-lost'] as const) {
    it(`makes it again when the answer is lost (${how}): one token, its own secret`, async () => {
      const at = context();
      server.next = how;
      await pveToken.run(args, at);
      expect(at.kept).to.deep.equal({ token: how === 'lost' ? 'secret-1' : 'secret-2' });
      expect([...server.tokens.keys()]).to.deep.equal(['jane@pve!pmx']);
    });
  }

  it('leaves a refusal a refusal', async () => {
    server.next = 'refused';
    const error = await pveToken.run(args, context()).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'PMX_PERMISSION_DENIED' });
    expect(server.writes).to.have.length(1);
  });

  it('after a crash a token whose secret nobody has goes, so that a new one can be made', async () => {
    const at = context();
    await pveToken.run(args, at);
    expect(await pveToken.recover(args, at)).to.equal(undefined);
    expect(server.tokens.size).to.equal(0);
  });

  it('undo takes grants and token back, and nothing that is not of this operation', async () => {
    const at = context();
    await pveToken.run(args, at);
    server.acl = [{ path: '/', roleid: 'PmxOperator', ugid: 'jane@pve!pmx' }];
    server.tokens.set('jane@pve!other', { comment: 'pmx on desk, pmx-operation: op0' });
    expect(await discardToken.run({ user: 'jane@pve', token: 'pmx', grants }, at)).to.deep.equal({
      removed: true,
    });
    expect(server.acl).to.be.empty;
    expect(await discardToken.run({ user: 'jane@pve', token: 'other', grants }, at)).to.deep.equal({
      removed: false,
    });
    expect([...server.tokens.keys()]).to.deep.equal(['jane@pve!other']);
  });

  it('undo of a token that is gone already is done', async () => {
    expect(
      await discardToken.run({ user: 'jane@pve', token: 'pmx', grants }, context()),
    ).to.deep.equal({ removed: false });
    expect(server.writes).to.be.empty;
  });

  it('undo goes on to the token when its grants cannot be taken back first', async () => {
    const at = context();
    await pveToken.run(args, at);
    server.next = 'refused';
    await discardToken.run({ user: 'jane@pve', token: 'pmx', grants }, at);
    expect(server.tokens.size).to.equal(0);
  });

  it('makes a role, also when the answer is lost after it happened', async () => {
    for (const how of [undefined, 'done-lost'] as const) {
      server.roles.clear();
      server.next = how;
      expect(await pveRole.run(role, context())).to.deep.equal({ role: 'PmxOperator' });
      expect(server.roles.get('PmxOperator')).to.equal('VM.Audit,VM.PowerMgmt');
    }
    server.roles.clear();
    server.next = 'lost';
    const error = await pveRole.run(role, context()).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'PMX_ANSWER_LOST' });
  });

  it('finds out after a crash whether the role is there', async () => {
    expect(await pveRole.recover(role, context())).to.equal(undefined);
    server.roles.set('PmxOperator', 'VM.PowerMgmt,VM.Audit');
    expect(await pveRole.recover(role, context())).to.deep.equal({ role: 'PmxOperator' });
  });

  const undo = { ...role, made: ref('madeRole') };
  const undoRole = (madeRole: string, more: Partial<StepContext> = {}) =>
    discardRole.run(undo, context({ madeRole }, more));

  it('undo removes a role that it made', async () => {
    server.roles.set('PmxOperator', 'VM.Audit,VM.PowerMgmt');
    expect(await undoRole('PmxOperator')).to.deep.equal({ removed: true });
    expect(server.roles.size).to.equal(0);
  });

  it('undo removes one whose making nobody saw the end of', async () => {
    server.roles.set('PmxOperator', 'VM.Audit,VM.PowerMgmt');
    expect(await undoRole('', { unseenEnd: true })).to.deep.equal({ removed: true });
  });

  for (const [name, prepare, made] of [
    ['was refused, and is somebody else’s', () => undefined, ''],
    [
      'was given to somebody meanwhile',
      (at: AccessServer) => at.acl.push({ path: '/', roleid: 'PmxOperator', ugid: 'x@pve' }),
      'PmxOperator',
    ],
    [
      'was changed meanwhile',
      (at: AccessServer) => at.roles.set('PmxOperator', 'VM.Audit'),
      'PmxOperator',
    ],
    ['is gone', (at: AccessServer) => at.roles.clear(), 'PmxOperator'],
  ] as Array<[string, (at: AccessServer) => unknown, string]>) {
    it(`undo leaves a role alone that ${name}`, async () => {
      server.roles.set('PmxOperator', 'VM.Audit,VM.PowerMgmt');
      prepare(server);
      expect(await undoRole(made)).to.deep.equal({ removed: false });
      expect(server.writes).to.be.empty;
    });
  }

  it('forgets a secret', async () => {
    const forgotten: string[] = [];
    const secrets = { remove: (name: string) => void forgotten.push(name) };
    await contextForget.run({ name: 'lab' }, context({}, { secrets: secrets as never }));
    expect(forgotten).to.deep.equal(['lab']);
  });
});
