import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Config } from '@oclif/core';
import {
  normalizeError,
  type PmxError,
  type Rehearsed,
  rehearseLine,
  type Session,
} from '@pmx-cli/kit';

import type { PveClient } from '#dist/lib/api/types.js';
import { createHost } from '#dist/lib/host.js';
import { answerCanI, type CanI } from '#dist/lib/operations/permissions/can-i.js';

import { startSandbox } from '../../../plugins/sandbox/dist/server/index.js';
import type { RunningSandbox } from '../../../plugins/sandbox/dist/server/index.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const secret = '00000000-1111-2222-3333-444444444444';

export const user = 'narrow@pve';
export const tokenId = `${user}!t1`;

/** A sandbox in this process, with root and with a privilege-separated token that starts with nothing. */
export class Server {
  readonly folder: string;
  readonly sandbox: RunningSandbox;
  readonly config: Config;
  readonly root: Session;
  readonly token: Session;
  readonly #before: NodeJS.ProcessEnv;

  private constructor(
    parts: Pick<Server, 'folder' | 'sandbox' | 'config' | 'root' | 'token'>,
    before: NodeJS.ProcessEnv,
  ) {
    this.folder = parts.folder;
    this.sandbox = parts.sandbox;
    this.config = parts.config;
    this.root = parts.root;
    this.token = parts.token;
    this.#before = before;
  }

  static async start(): Promise<Server> {
    const before = { ...process.env };
    const folder = mkdtempSync(join(tmpdir(), 'pmx-rights-'));
    const sandbox = await startSandbox({
      dataDir: join(folder, 'sandbox'),
      port: 0,
      nodes: 1,
      tokenSecret: secret,
      taskMillis: 0,
      agentDelayMillis: 0,
      staleMillis: 0,
    });
    process.env['PMX_HOME'] = join(folder, 'home');
    process.env['PMX_HOST'] = sandbox.url;
    process.env['PMX_FINGERPRINT'] = sandbox.fingerprint;
    const config = await Config.load({ root });
    const asRoot = await login('root@pam!pmx', secret);
    const client = (await asRoot.pve()) as PveClient;
    await client.send('POST', '/access/users', { userid: user });
    const { value } = await client.send<{ value: string }>(
      'POST',
      `/access/users/${user}/token/t1`,
      { privsep: 1 },
    );
    const token = await login(tokenId, value);
    return new Server({ folder, sandbox, config, root: asRoot, token }, before);
  }

  async send(method: 'POST' | 'PUT' | 'DELETE', path: string, params = {}): Promise<void> {
    const pve = (await this.root.pve()) as PveClient;
    const upid = await pve.send<unknown>(method, path, params);
    if (typeof upid === 'string' && upid.startsWith('UPID:')) await pve.waitForTask(upid);
  }

  async canI(line: string, session = this.token): Promise<CanI> {
    const rehearsed = await this.rehearse(line, session);
    return answerCanI(await session.pve(), session.paths.cache, rehearsed);
  }

  rehearse(line: string, session = this.token): Promise<Rehearsed> {
    return rehearseLine([line], this.config, session);
  }

  /** Carries a command line out; @returns what it failed with. */
  async attempt(line: string, session = this.token): Promise<PmxError | undefined> {
    const { plans, error } = await this.rehearse(line, session);
    if (error) return error;
    try {
      for (const plan of plans) await session.operations.run(plan, { quiet: true });
      return undefined;
    } catch (thrown) {
      return normalizeError(thrown);
    }
  }

  /** @throws what the command line fails with as root */
  async prepare(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const error = await this.attempt(line, this.root);
      if (error) throw error;
    }
  }

  async stop(): Promise<void> {
    await this.token.close();
    await this.root.close();
    await this.sandbox.close();
    process.env = this.#before;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The environment is read when the connection is first needed. */
async function login(id: string, value: string): Promise<Session> {
  process.env['PMX_TOKEN_ID'] = id;
  process.env['PMX_TOKEN_SECRET'] = value;
  const session = createHost().open({
    format: { type: 'json' },
    log: { format: 'text' },
    'no-color': true,
  });
  await session.pve();
  return session;
}
