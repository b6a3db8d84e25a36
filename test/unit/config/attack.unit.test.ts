import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseEndpoint } from '@pmx-cli/kit';
import type { PmxError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { type ResolvedConnection, resolveConnection } from '#dist/lib/auth/resolve-connection.js';
import { SecretStore } from '#dist/lib/auth/secret-store.js';
import { Configuration } from '#dist/lib/config/configuration.js';
import { ContextStore } from '#dist/lib/config/contexts.js';

const secret = 'e7c1a2b3-4444-5555-6666-777788889999';

/** A cloned repository against the secret of a context. */
describe('config: attacks by a project file', () => {
  let root: string;
  let project: string;
  let user: string;
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'pmx-attack-'));
    project = join(root, 'clone');
    user = join(root, 'user');
    mkdirSync(join(project, '.git'), { recursive: true });
    const contexts = new ContextStore(user);
    await contexts.save('lab', { endpoint: 'https://lab:8006', tokenId: 'root@pam!pmx' }, true);
    await contexts.save('prod', { endpoint: 'https://prod:8006', tokenId: 'root@pam!pmx' }, false);
    await new SecretStore(user).set('lab', 'https://lab:8006', secret);
    await new SecretStore(user).set('prod', 'https://prod:8006', `${secret}-prod`);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const connect = (env: NodeJS.ProcessEnv = {}): Promise<ResolvedConnection> => {
    const configuration = new Configuration({ directory: user, cwd: project, env });
    const contexts = new ContextStore(user, configuration);
    const secrets = new SecretStore(user, {
      secretCommand: (name) => contexts.secretCommand(name),
      env,
    });
    return resolveConnection(undefined, contexts, secrets, parseEndpoint, env);
  };
  const failure = (job: Promise<unknown>): Promise<PmxError> =>
    job.then(
      (value) => expect.fail(`came through: ${JSON.stringify(value)}`),
      (error: PmxError) => error,
    );
  const put = (name: string, text: string): void => writeFileSync(join(project, name), text);

  it('may choose a context by name, which gets its own secret at its own endpoint', async () => {
    put('.pmx.yaml', 'currentContext: prod\n');
    expect(await connect()).to.deep.include({
      context: 'prod',
      endpoint: 'https://prod:8006',
      credentials: { type: 'token', tokenId: 'root@pam!pmx', secret: `${secret}-prod` },
    });
  });

  const evil: Array<[name: string, file: string, text: string]> = [
    ['another endpoint', '.pmx.yaml', 'contexts: {lab: {endpoint: "https://evil:8006"}}\n'],
    [
      'the same in the other spelling',
      '.pmx.json',
      '{"contexts": {"lab": {"endpoints": ["evil"]}}}',
    ],
    ['a context of its own', '.pmx.yaml', 'currentContext: x\ncontexts: {x: {endpoint: evil}}\n'],
    ['a proxy', '.pmx.yaml', 'contexts: {lab: {proxy: "http://evil:1"}}\n'],
    ['further endpoints', '.pmx.yaml', 'contexts: {lab: {endpoints: ["https://evil:8006"]}}\n'],
    ['headers', '.pmx.yaml', 'contexts: {lab: {headers: {X-Gate: "${HOME}"}}}\n'],
    ['headers by a path', '.pmx.json', '{"contexts.lab.headers": {"X-Gate": "x"}}'],
    ['endpoints by a path', '.pmx.json', '{"contexts.lab.endpoints": ["evil"]}'],
    ['a secret', '.pmx.json', '{"contexts": {"lab": {"secret": "x"}}}'],
    ['an unverified certificate', '.pmx.yaml', 'contexts: {lab: {insecure: true}}\n'],
    ['a program', '.pmx.yaml', 'contexts: {lab: {secretCommand: [touch, /tmp/pwned]}}\n'],
    ['a pager', '.pmx.yaml', 'pager: "sh -c id"\n'],
    ['a log file', '.pmx.yaml', 'logFile: /root/.bashrc\n'],
    ['no audit', '.pmx.yaml', 'audit: false\n'],
    ['fewer questions', '.pmx.yaml', 'confirm: destructive\n'],
    ['another secret store', '.pmx.yaml', 'secret-store: file\n'],
    ['a host by variable name', '.proxmox.conf', 'PVE_HOST=evil\n'],
    ['a host by pmx name', '.proxmox.conf', 'PMX_HOST=evil\n'],
    ['a base outside', '.pmx.yaml', 'extends: ../user/config.yaml\n'],
    ['a secret variable as a node', '.pmx.yaml', 'currentContext: ${PMX_TOKEN_SECRET}\n'],
    ['contexts in a base', '.pmx.yaml', 'extends: base.yaml\n'],
  ];
  for (const [name, file, text] of evil) {
    it(`is refused: ${name}`, async () => {
      put('base.yaml', 'contexts: {lab: {endpoint: "https://evil:8006"}}\n');
      put(file, text);
      // A secret that others can read is refused for that.
      chmodSync(join(project, file), 0o600);
      const error = await failure(connect({ PMX_TOKEN_SECRET: secret }));
      expect(error).to.include({ code: 'PMX_PROJECT_KEY_REFUSED', exitCode: 1 });
      expect(error.message + error.hints.join()).to.not.contain(secret);
    });
  }

  for (const [file, text] of [
    ['.pmx.yaml', 'endpoint: evil\nendpoints: [evil]\nproxy: "http://evil:1"\nheaders: {x: y}\n'],
    ['.pmx.yaml', 'defaults: {endpoints: [evil], proxy: "http://evil:1", headers: {x: y}}\n'],
    ['.pmx.json', '{"__proto__": {"contexts": {"lab": {"endpoint": "evil", "proxy": "evil"}}}}'],
    ['.pmx.json', '{"defaults": {"__proto__": {"proxy": "http://evil:1"}}}'],
    ['.proxmox.conf', 'ENDPOINTS=evil\nPROXY=http://evil:1\nHTTPS_PROXY=http://evil:1\n'],
  ] as const) {
    it(`changes nothing of the way to the server: ${file} ${text.trim()}`, async () => {
      put(file, text);
      const found = await connect().catch((error: PmxError) => error);
      if ('code' in found) return expect(found.code).to.equal('PMX_PROJECT_KEY_REFUSED');
      expect(found).to.deep.equal({
        context: 'lab',
        endpoint: 'https://lab:8006',
        credentials: { type: 'token', tokenId: 'root@pam!pmx', secret },
        secretFrom: 'stored: file',
        trust: { context: 'lab', fingerprint: undefined, caFile: undefined, insecure: undefined },
      });
    });
  }

  it('is refused: a base that is a link to the outside', async () => {
    writeFileSync(join(root, 'outside.yaml'), 'output: wide\n');
    symlinkSync(join(root, 'outside.yaml'), join(project, 'base.yaml'));
    put('.pmx.yaml', 'extends: base.yaml\n');
    expect(await failure(connect())).to.include({ code: 'PMX_PROJECT_KEY_REFUSED' });
  });

  it("a changed endpoint in the user's own file does not get the stored secret either", async () => {
    await new ContextStore(user).save(
      'lab',
      { endpoint: 'https://evil:8006', tokenId: 'root@pam!pmx' },
      false,
    );
    const error = await failure(connect());
    expect(error).to.include({ code: 'PMX_NO_SECRET', exitCode: 1 });
    expect(error.message).to.not.contain(secret);
  });

  it('a user file that everybody may write is not believed', async () => {
    chmodSync(join(user, 'config.yaml'), 0o666);
    expect(await failure(connect())).to.include({ code: 'PMX_CONFIG_WRITABLE', exitCode: 2 });
  });

  for (const [mode, code] of [
    [0o644, 'PMX_SECRETS_EXPOSED'],
    [0o600, 'PMX_PROJECT_KEY_REFUSED'],
  ] as const) {
    it(`a secret in a project file with mode ${mode.toString(8)}: ${code}`, async () => {
      put('.proxmox.conf', `NODE_NAME=a\nPVE_TOKEN_SECRET=${secret}\n`);
      chmodSync(join(project, '.proxmox.conf'), mode);
      const error = await failure(connect());
      expect(error.code).to.equal(code);
      expect(error.message).to.not.contain(secret);
    });
  }
});
