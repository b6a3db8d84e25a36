import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseEndpoint } from '@pmx-cli/kit';
import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { type ResolvedConnection, resolveConnection } from '#dist/lib/auth/resolve-connection.js';
import { SecretStore } from '#dist/lib/auth/secret-store.js';
import { ContextStore } from '#dist/lib/config/contexts.js';

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
const lab = { endpoint: 'https://lab:8006', tokenId: 'root@pam!pmx', fingerprint };
const prod = {
  endpoint: 'https://prod:8006',
  tokenId: 'ci@pve!pmx',
  caFile: '/ca.pem',
  insecure: true,
};
const person = { endpoint: 'https://desk:8006', user: 'jane@pam' };
const bare = { endpoint: 'https://bare:8006' };

describe('auth: which server, with which credentials', () => {
  let directory: string;
  let contexts: ContextStore;
  let secrets: SecretStore;
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-auth-'));
    contexts = new ContextStore(directory);
    secrets = new SecretStore(directory);
    for (const [name, record] of Object.entries({
      lab,
      prod,
      person,
      bare,
      moved: { ...lab, endpoint: 'https://evil:8006' },
    })) {
      await contexts.save(name, record, name === 'lab');
    }
    await secrets.set('lab', lab.endpoint, 'stored-lab');
    await secrets.set('prod', prod.endpoint, 'stored-prod');
    // The file with the contexts was changed behind pmx's back.
    await secrets.set('moved', lab.endpoint, 'stored-moved');
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const resolve = (
    flag: string | undefined,
    env: Record<string, string> = {},
  ): Promise<ResolvedConnection> => resolveConnection(flag, contexts, secrets, parseEndpoint, env);
  const failure = (job: Promise<unknown>): Promise<PmxError> =>
    job.then(
      (connection) => expect.fail(`resolved to ${JSON.stringify(connection)}`),
      (error: PmxError) => error,
    );

  const token = (tokenId: string, secret: string) => ({ type: 'token', tokenId, secret });
  const envHost = { PMX_HOST: 'env', PMX_TOKEN_ID: 'env@pve!t', PMX_TOKEN_SECRET: 'env-secret' };

  const found: Array<
    [
      name: string,
      flag: string | undefined,
      env: Record<string, string>,
      context: string | undefined,
      endpoint: string,
      credentials: object,
    ]
  > = [
    [
      'the current context',
      undefined,
      {},
      'lab',
      lab.endpoint,
      token('root@pam!pmx', 'stored-lab'),
    ],
    [
      'the flag over the current context',
      'prod',
      {},
      'prod',
      prod.endpoint,
      token('ci@pve!pmx', 'stored-prod'),
    ],
    [
      'the environment over the current context',
      undefined,
      envHost,
      undefined,
      'https://env:8006',
      token('env@pve!t', 'env-secret'),
    ],
    [
      'the flag over the environment',
      'prod',
      envHost,
      'prod',
      prod.endpoint,
      token('ci@pve!pmx', 'stored-prod'),
    ],
    [
      'the old names',
      undefined,
      { PVE_HOST: 'old:443', PVE_TOKEN_ID: 'old@pve!t', PVE_TOKEN_SECRET: 'old-secret' },
      undefined,
      'https://old:443',
      token('old@pve!t', 'old-secret'),
    ],
    [
      'the new names over the old ones',
      undefined,
      { ...envHost, PVE_HOST: 'old', PVE_TOKEN_ID: 'old@pve!t', PVE_TOKEN_SECRET: 'old-secret' },
      undefined,
      'https://env:8006',
      token('env@pve!t', 'env-secret'),
    ],
    [
      'a user and a password',
      undefined,
      { PVE_HOST: 'env', PVE_USER: 'root@pam', PMX_PASSWORD: 'new', PVE_PASSWORD: 'old' },
      undefined,
      'https://env:8006',
      { type: 'password', username: 'root@pam', password: 'new' },
    ],
    [
      'a token over a password',
      undefined,
      { ...envHost, PMX_USER: 'root@pam', PMX_PASSWORD: 'x' },
      undefined,
      'https://env:8006',
      token('env@pve!t', 'env-secret'),
    ],
    [
      'a password when the token is incomplete',
      undefined,
      { PMX_HOST: 'env', PMX_TOKEN_ID: 'env@pve!t', PMX_USER: 'root@pam', PMX_PASSWORD: 'x' },
      undefined,
      'https://env:8006',
      { type: 'password', username: 'root@pam', password: 'x' },
    ],
    [
      'a context’s user with a password of the environment',
      'person',
      { PVE_PASSWORD: 'pw' },
      'person',
      person.endpoint,
      { type: 'password', username: 'jane@pam', password: 'pw' },
    ],
    [
      'a context’s token with a secret of the environment',
      'moved',
      { PMX_TOKEN_SECRET: 'given' },
      'moved',
      'https://evil:8006',
      token('root@pam!pmx', 'given'),
    ],
    [
      'no host from an empty variable',
      undefined,
      { PMX_HOST: '', PVE_HOST: '' },
      'lab',
      lab.endpoint,
      token('root@pam!pmx', 'stored-lab'),
    ],
  ];
  for (const [name, flag, env, context, endpoint, credentials] of found) {
    it(`takes ${name}`, async () => {
      const connection = await resolve(flag, env);
      expect(connection).to.include({ context, endpoint });
      expect(connection.credentials).to.deep.equal(credentials);
    });
  }

  const sources: Array<
    [name: string, flag: string, env: Record<string, string>, secret: string, from: string]
  > = [
    ['stored', 'lab', {}, 'stored-lab', 'stored: file'],
    [
      'the environment over a stored one',
      'lab',
      { PMX_TOKEN_SECRET: 'given' },
      'given',
      'environment: PMX_TOKEN_SECRET',
    ],
    [
      'the environment when it names the same token',
      'lab',
      { PMX_TOKEN_SECRET: 'given', PMX_TOKEN_ID: 'root@pam!pmx' },
      'given',
      'environment: PMX_TOKEN_SECRET',
    ],
    [
      'the stored one when the environment is for another token',
      'lab',
      { PMX_TOKEN_SECRET: 'given', PMX_TOKEN_ID: 'other@pve!t' },
      'stored-lab',
      'stored: file',
    ],
    [
      'the stored one over an empty variable',
      'lab',
      { PMX_TOKEN_SECRET: '' },
      'stored-lab',
      'stored: file',
    ],
    [
      'the old name of the password',
      'person',
      { PVE_PASSWORD: 'old' },
      'old',
      'environment: PVE_PASSWORD',
    ],
    [
      'the new name over the old',
      'person',
      { PVE_PASSWORD: 'old', PMX_PASSWORD: 'new' },
      'new',
      'environment: PMX_PASSWORD',
    ],
  ];
  for (const [name, flag, env, secret, from] of sources) {
    it(`secret: ${name}, and says so`, async () => {
      const { credentials, secretFrom } = await resolve(flag, env);
      expect(Object.values(credentials)).to.include(secret);
      expect(secretFrom).to.equal(from);
    });
  }

  it('secret: from a secretCommand, and says so; not run when the environment has one', async () => {
    const ran: string[] = [];
    const command = new SecretStore(directory, {
      secretCommand: async (name) => {
        ran.push(name);
        return ['printf', '%s', 'printed'];
      },
    });
    const from = (env: NodeJS.ProcessEnv) =>
      resolveConnection('lab', contexts, command, parseEndpoint, env);
    expect(await from({ PMX_TOKEN_SECRET: 'given' })).to.deep.include({
      secretFrom: 'environment: PMX_TOKEN_SECRET',
    });
    expect(ran).to.be.empty;
    const { credentials, secretFrom } = await from({});
    expect(credentials).to.include({ secret: 'printed' });
    expect(secretFrom).to.equal('secretCommand');
  });

  it('no secret of the environment that is for another token, where none is stored', async () => {
    const env = { PMX_TOKEN_SECRET: 'given', PMX_TOKEN_ID: 'other@pve!t' };
    expect(await failure(resolve('moved', env))).to.include({ code: 'PMX_NO_SECRET' });
  });

  it('asks for a password where somebody can be asked, and only then', async () => {
    const asked: string[] = [];
    const ask = async (user: string): Promise<string> => {
      asked.push(user);
      return 'typed';
    };
    const typed = await resolveConnection('person', contexts, secrets, parseEndpoint, {}, ask);
    expect(typed.credentials).to.include({ type: 'password', password: 'typed' });
    expect(typed.secretFrom).to.equal('typed at the terminal');
    await resolveConnection('person', contexts, secrets, parseEndpoint, { PMX_PASSWORD: 'x' }, ask);
    await resolveConnection('lab', contexts, secrets, parseEndpoint, {}, ask);
    expect(asked).to.deep.equal(['jane@pam']);
  });

  it('passes on further endpoints, proxy and headers', async () => {
    const record = {
      ...lab,
      endpoints: ['pve2', 'https://pve3:443'],
      proxy: 'http://proxy:3128',
      headers: { 'x-gate': 'open' },
    };
    await contexts.save('many', record, false);
    await secrets.set('many', lab.endpoint, 'stored-many');
    expect(await resolve('many')).to.deep.include({
      endpoint: lab.endpoint,
      alternatives: ['https://pve2:8006', 'https://pve3:443'],
      proxy: 'http://proxy:3128',
      headers: { 'x-gate': 'open' },
    });
  });

  it('trusts what the context says, or what the environment says, never both', async () => {
    const env = { ...envHost, PMX_FINGERPRINT: 'CC', PVE_CACERT: '/old.pem' };
    expect((await resolve(undefined)).trust).to.deep.equal({
      context: 'lab',
      fingerprint,
      caFile: undefined,
      insecure: undefined,
    });
    expect((await resolve('prod', env)).trust).to.deep.equal({
      context: 'prod',
      fingerprint: undefined,
      caFile: '/ca.pem',
      insecure: true,
    });
    expect((await resolve(undefined, env)).trust).to.deep.equal({
      fingerprint: 'CC',
      caFile: '/old.pem',
    });
    expect((await resolve(undefined, { ...env, PMX_CA_CERT: '/new.pem' })).trust.caFile).to.equal(
      '/new.pem',
    );
  });

  const refused: Array<
    [
      name: string,
      flag: string | undefined,
      env: Record<string, string>,
      code: string,
      named: string,
    ]
  > = [
    [
      'a host of the environment gets no stored secret',
      undefined,
      { PMX_HOST: 'https://lab:8006' },
      'PMX_NO_SECRET',
      'https://lab:8006',
    ],
    [
      'nor one for the same token',
      undefined,
      { PMX_HOST: 'lab', PMX_TOKEN_ID: 'root@pam!pmx' },
      'PMX_NO_SECRET',
      'https://lab:8006',
    ],
    [
      'nor a user one without a password',
      undefined,
      { PMX_HOST: 'lab', PMX_USER: 'root@pam' },
      'PMX_NO_SECRET',
      'https://lab:8006',
    ],
    [
      'a secret stored for another endpoint is none',
      'moved',
      {},
      'PMX_NO_SECRET',
      "context 'moved' (root@pam!pmx at https://evil:8006)",
    ],
    [
      'a user without a password',
      'person',
      {},
      'PMX_NO_SECRET',
      "context 'person' (jane@pam at https://desk:8006)",
    ],
    [
      'a context without anybody',
      'bare',
      { PMX_PASSWORD: 'x', PMX_TOKEN_SECRET: 'x' },
      'PMX_NO_SECRET',
      '(no user at https://bare:8006)',
    ],
    ['an unknown context', 'nope', envHost, 'PMX_CONTEXT_NOT_FOUND', "'nope'"],
    [
      'a host that is none',
      undefined,
      { PMX_HOST: 'http://lab' },
      'PMX_INVALID_ENDPOINT',
      "'http://lab'",
    ],
  ];
  for (const [name, flag, env, code, named] of refused) {
    it(`refuses: ${name}`, async () => {
      const error = await failure(resolve(flag, env));
      expect(error).to.include({ code, exitCode: 1 });
      expect(error.message).to.contain(named);
      expect(error.hints).to.not.be.empty;
      expect(error.message + error.hints.join()).to.not.match(/stored-|env-secret/);
    });
  }

  it('says how to begin when there is no context at all', async () => {
    const empty = join(directory, 'empty');
    const error = await failure(
      resolveConnection(
        undefined,
        new ContextStore(empty),
        new SecretStore(empty),
        parseEndpoint,
        {},
      ),
    );
    expect(error).to.include({ code: 'PMX_NO_CONTEXT', exitCode: 1 });
    expect(error.hints.join('\n')).to.contain('pmx context add').and.contain('pmx sandbox start');
  });
});
