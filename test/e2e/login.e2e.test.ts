import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';
import { parse, stringify } from 'yaml';

import { Lab, outcomeOf } from './support.ts';

interface Failure {
  error: { code: string; message: string; hints: string[]; data?: Record<string, unknown> };
}

/** Login, rights and logout against the sandbox, with the built binary. */
describe('getting in and out', function () {
  this.timeout(120_000);
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
  });
  after(() => lab.stop());

  const tokens = async () =>
    (await lab.json<Array<{ tokenid: string }>>('api', 'get', '/access/users/root@pam/token'))
      .map(({ tokenid }) => tokenid)
      .sort();
  const ownRoles = async () =>
    (await lab.json<Array<{ roleid: string; special: number }>>('api', 'get', '/access/roles'))
      .filter(({ special }) => !special)
      .map(({ roleid }) => roleid);
  const login = (name: string, ...flags: string[]) =>
    lab.pmx(
      ['login', name, ...lab.server(), '--user', 'root', '--password-stdin', ...flags, '--json'],
      { input: `${lab.secret()}\n` },
    );
  /** Everything that pmx wrote, but for the one file that is there for secrets. */
  const traces = () =>
    ['config', 'state', 'cache']
      .map((folder) => join(lab.path, folder))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && entry.name !== 'secrets.json')
          .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')),
      )
      .join('\n');
  const secretOf = (name: string) =>
    (
      JSON.parse(readFileSync(join(lab.path, 'config/secrets.json'), 'utf8')) as {
        contexts: Record<string, { secret: string } | undefined>;
      }
    ).contexts[name]?.secret;

  it('makes a token with its role, stores only that, and takes it from the server again', async () => {
    const made = await login('worker', '--role', 'template-builder', '--token-name', 'worker');
    expect(made.code, made.stdout + made.stderr).to.equal(0);
    expect(JSON.parse(made.stdout)).to.include({
      name: 'worker',
      identity: 'root@pam!worker',
      role: 'PmxTemplateBuilder',
      stored: true,
      current: false,
    });
    expect(await ownRoles()).to.deep.equal(['PmxTemplateBuilder']);
    const secret = secretOf('worker')!;
    expect(secret).to.match(/^[0-9a-f-]{36}$/);
    for (const value of [secret, lab.secret()])
      expect(traces() + made.stdout + made.stderr).to.not.contain(value);

    const me = await lab.json<Record<string, unknown>>('whoami', '--context', 'worker');
    expect(me).to.deep.include({ user: 'root@pam', realm: 'pam', secretFrom: 'stored: file' });
    const report = await lab.json<{ sees: object; warnings: string[] }>(
      'auth',
      'test',
      '--context',
      'worker',
    );
    expect(report.sees).to.include({ nodes: 1, storages: 2 });

    const out = await lab.pmx(['logout', 'worker', '--revoke', '--password-stdin', '--yes'], {
      input: lab.secret(),
    });
    expect(out.code, out.stderr).to.equal(0);
    expect(await tokens()).to.deep.equal(['pmx']);
    expect(secretOf('worker')).to.equal(undefined);
    const gone = await lab.pmx(['whoami', '--context', 'worker']);
    expect(gone.code).to.equal(1);
    expect(gone.stderr).to.contain('PMX_NO_SECRET').and.to.contain('pmx login worker');
  });

  it('the token of a template builder does the whole cycle, that of a reader nothing of it', async () => {
    await login('builder', '--role', 'template-builder', '--token-name', 'builder');
    await login('reader', '--role', 'read-only', '--token-name', 'reader');
    const template = await lab.template('base', '--context', 'builder');
    for (const words of [
      ['vm', 'create', 'web', '--template', String(template), '--ip', 'dhcp', '--user', 'admin'],
      ['vm', 'start', 'web'],
      ['vm', 'delete', 'web', '--stop', '--yes'],
    ]) {
      const done = await lab.pmx([...words, '--context', 'builder']);
      expect(done.code, `${words.join(' ')}\n${done.stderr}`).to.equal(0);
    }
    const seen = await lab.json<unknown[]>('template', 'list', '--context', 'reader');
    expect(seen).to.have.length(1);
    const refused = await lab.pmx([
      'vm',
      'create',
      'x',
      '--template',
      'base',
      '--context',
      'reader',
    ]);
    expect(refused.code).to.equal(3);
    expect(refused.stderr).to.contain('PMX_PERMISSION_DENIED');
  });

  it('takes token, role and grants back when the context cannot be stored', async () => {
    const before = { tokens: await tokens(), roles: await ownRoles() };
    const secrets = join(lab.path, 'config/secrets.json');
    const input = `${lab.secret()}\n`;
    // Others could read it, so pmx puts no secret there.
    chmodSync(secrets, 0o644);
    const since = lab.requests().length;
    const failed = await lab.pmx(
      [
        ...['login', 'half', ...lab.server(), '--user', 'root@pam', '--password-stdin'],
        ...['--role', 'operator', '--json'],
      ],
      { input },
    );
    chmodSync(secrets, 0o600);
    expect(failed.code).to.equal(2);
    expect((JSON.parse(failed.stdout) as Failure).error.code).to.equal('PMX_SECRETS_EXPOSED');
    const made = lab.requests().slice(since);
    expect(
      made.filter(({ method, path }) => method === 'POST' && path.includes('/token/')),
    ).to.have.length(1);
    expect({ tokens: await tokens(), roles: await ownRoles() }).to.deep.equal(before);
  });

  it('takes everything back when a grant is refused half way', async () => {
    const before = { tokens: await tokens(), roles: await ownRoles() };
    const fault = [
      '--action',
      'status',
      '--status',
      '500',
      '--method',
      'PUT',
      '--path',
      '/access/acl',
    ];
    await lab.json('sandbox', 'fault', 'add', ...fault);
    const failed = await login('half', '--role', 'operator');
    await lab.json('sandbox', 'fault', 'clear');
    expect(failed.code, failed.stdout).to.equal(3);
    const { error } = JSON.parse(failed.stdout) as Failure;
    expect(error.code).to.equal('PMX_API_ERROR');
    expect(error.data).to.deep.include({ left: [] });
    expect({ tokens: await tokens(), roles: await ownRoles() }).to.deep.equal(before);
    expect(secretOf('half')).to.equal(undefined);
    const names = (await lab.json<Array<{ name: string }>>('context', 'list')).map(
      ({ name }) => name,
    );
    expect(names).to.not.include('half');
  });

  it('a wrong password changes nothing, and takes no longer than the server', async () => {
    const failed = await lab.pmx(
      [
        'login',
        'x',
        ...lab.server(),
        '--user',
        'root@pam',
        '--password-stdin',
        '--role',
        'full',
        '--json',
      ],
      { input: 'not-the-password' },
    );
    expect(failed.code).to.equal(3);
    expect((JSON.parse(failed.stdout) as Failure).error.code).to.equal('PMX_AUTH_FAILED');
    expect(failed.stdout + failed.stderr).to.not.contain('not-the-password');
  });

  it('a header out of the environment stays there', async () => {
    const config = join(lab.path, 'config/config.yaml');
    const edit = ['config', 'set', 'contexts.gate.headers', '{"X-Gate": "${GATE}"}'];
    await lab.json('context', 'copy', 'sandbox', 'gate');
    const env = { GATE: 'gate-key-1234' };
    expect((await lab.pmx(edit, { env })).code).to.equal(0);
    const [, , , fingerprint] = lab.server();
    const again = await lab.pmx(['login', 'gate', '--fingerprint', fingerprint!], { env });
    expect(again.code, again.stderr).to.equal(0);
    expect(readFileSync(config, 'utf8')).to.contain('${GATE}');
    expect(traces() + again.stdout + again.stderr).to.not.contain(env.GATE);
    expect((await lab.pmx(['whoami', '--context', 'gate'], { env })).code).to.equal(0);
    expect((await lab.pmx(['whoami', '--context', 'gate'])).stderr).to.contain(
      'PMX_UNSET_VARIABLE',
    );
    expect((await lab.pmx(['context', 'remove', 'gate', '--yes'], { env })).code).to.equal(0);
  });

  it('logging in somewhere is no write in a read-only context', async () => {
    await lab.json('config', 'set', 'contexts.sandbox.readOnly', 'true');
    const made = await login('beside', '--role', 'read-only', '--token-name', 'beside');
    expect(made.code, made.stdout + made.stderr).to.equal(0);
    const refused = await lab.pmx(['api', 'post', '/pools', 'poolid=x', '--json']);
    expect(JSON.parse(refused.stdout)).to.have.nested.property('error.code', 'PMX_READ_ONLY');
    await lab.json('config', 'unset', 'contexts.sandbox.readOnly');
    await lab.json('context', 'remove', 'beside', '--yes');
    await lab.json('api', 'delete', '/access/users/root@pam/token/beside', '--yes');
  });

  it('the environment wins over the stored secret, and whoami says so', async () => {
    const wrong = await lab.pmx(['whoami', '--context', 'sandbox'], {
      env: { PMX_TOKEN_SECRET: 'wrong-secret' },
    });
    expect(wrong.code).to.equal(3);
    const right = await lab.pmx(['whoami', '--json'], { env: { PMX_TOKEN_SECRET: lab.secret() } });
    expect(JSON.parse(right.stdout)).to.include({ secretFrom: 'environment: PMX_TOKEN_SECRET' });
    const other = await lab.pmx(['whoami', '--json'], {
      env: { PMX_TOKEN_SECRET: 'wrong-secret', PMX_TOKEN_ID: 'other@pve!t' },
    });
    expect(JSON.parse(other.stdout)).to.include({ secretFrom: 'stored: file' });
  });

  describe('endpoints that are not there', () => {
    /** The sandbox's context with another first endpoint. */
    const contextWith = (name: string, changes: (record: Record<string, unknown>) => object) => {
      const path = join(lab.path, 'config/config.yaml');
      const document = parse(readFileSync(path, 'utf8')) as {
        contexts: Record<string, Record<string, unknown>>;
      };
      const sandbox = document.contexts['sandbox']!;
      document.contexts[name] = { ...sandbox, ...changes(sandbox) };
      writeFileSync(path, stringify(document), { mode: 0o600 });
    };
    const env = () => ({ PMX_TOKEN_SECRET: lab.secret() });

    it('a dead first endpoint is skipped and said once, also by the next command', async () => {
      contextWith('two', ({ endpoint }) => ({
        endpoint: 'https://127.0.0.1:1',
        endpoints: [endpoint],
      }));
      const first = await lab.pmx(['node', 'list', '--context', 'two'], { env: env() });
      expect(first.code, first.stderr).to.equal(0);
      expect(first.stderr.match(/127\.0\.0\.1:1 cannot be reached; using/g)).to.have.length(1);
      const second = await lab.pmx(['node', 'list', '--context', 'two'], { env: env() });
      expect(second.code).to.equal(0);
      expect(second.stderr).to.equal('');
      const made = await lab.pmx(['api', 'post', '/pools', 'poolid=failover', '--context', 'two'], {
        env: env(),
      });
      expect(made.code, made.stderr).to.equal(0);
      const audit = await lab.json<Array<{ what: string; endpoint?: string }>>('audit', 'list');
      const sent = audit.filter(({ what }) => what === 'POST /pools poolid');
      expect(sent).to.have.length(1);
      expect(sent[0]!.endpoint).to.equal(lab.server()[1]);
      const pools = await lab.json<Array<{ poolid: string }>>('api', 'get', '/pools');
      expect(pools.filter(({ poolid }) => poolid === 'failover')).to.have.length(1);
    });

    it('a black hole ends with --request-timeout, for reads, logins and a whole login', async () => {
      const hole = createServer((socket) => socket.on('error', () => undefined));
      await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
      const { port } = hole.address() as AddressInfo;
      contextWith('hole', () => ({ endpoint: `https://127.0.0.1:${port}` }));
      for (const words of [
        ['node', 'list', '--context', 'hole'],
        ['login', 'x', '--host', `127.0.0.1:${port}`, '--user', 'root'],
      ]) {
        const started = Date.now();
        const failed = await lab.pmx([...words, '--request-timeout', '2', '--json'], {
          env: env(),
        });
        expect(failed.code).to.equal(2);
        expect((JSON.parse(failed.stdout) as Failure).error.code).to.be.oneOf([
          'PMX_UNREACHABLE',
          'PMX_TIMEOUT',
        ]);
        expect(Date.now() - started).to.be.within(1700, 12_000);
      }
      hole.close();
    });

    it('by its own clock pmx waits for a black hole as long as it was told', async () => {
      const hole = createServer((socket) => socket.on('error', () => undefined));
      await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
      contextWith('deaf', () => ({
        endpoint: `https://127.0.0.1:${(hole.address() as AddressInfo).port}`,
      }));
      const { code, stderr } = await lab.pmx(
        ['node', 'list', '--context', 'deaf', '--request-timeout', '2', '--log-level', 'debug'],
        { env: env() },
      );
      hole.close();
      expect(code, stderr).to.equal(2);
      const at = (mark: string): number => {
        const line = stderr.split('\n').find((text) => text.includes(mark))!;
        return Date.parse(line.split(' ')[0]!);
      };
      // A busy machine lets a process wait for its turn: half a second is granted for that.
      expect(at('← ') - at('→ GET /nodes')).to.be.within(1800, 2200 + 500);
    });

    it('Ctrl-C ends the wait for a certificate', async () => {
      let connected: (() => void) | undefined;
      const arrived = new Promise<void>((resolve) => (connected = resolve));
      const hole = createServer((socket) => {
        socket.on('error', () => undefined);
        connected!();
      });
      await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
      const { port } = hole.address() as AddressInfo;
      const child = lab.spawn(['login', 'x', '--host', `127.0.0.1:${port}`, '--user', 'root']);
      const outcome = outcomeOf(child);
      await arrived;
      child.kill('SIGINT');
      expect((await outcome).code).to.equal(130);
      hole.close();
    });

    it('a proxy that is not there is named, and not gone around', async () => {
      contextWith('proxied', () => ({ proxy: 'http://127.0.0.1:1' }));
      const since = lab.requests().length;
      const failed = await lab.pmx(['node', 'list', '--context', 'proxied'], { env: env() });
      expect(failed.code).to.equal(2);
      expect(failed.stderr).to.contain('PMX_PROXY_FAILED').and.to.contain('http://127.0.0.1:1');
      expect(lab.requests().length).to.equal(since);
    });

    it('a certificate that changed stops everything, and the command that is printed mends it', async () => {
      contextWith('moved', () => ({
        fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
      }));
      const failed = await lab.pmx(['node', 'list', '--context', 'moved', '--json'], {
        env: env(),
      });
      expect(failed.code).to.equal(2);
      const { error } = JSON.parse(failed.stdout) as Failure;
      expect(error.code).to.equal('PMX_TLS_FINGERPRINT_CHANGED');
      const command = /pmx (login moved --fingerprint \S+)/.exec(error.hints.join('\n'))?.[1];
      const mended = await lab.pmx([...command!.split(' '), '--token-stdin'], {
        input: lab.secret(),
      });
      expect(mended.code, mended.stderr).to.equal(0);
      expect((await lab.pmx(['node', 'list', '--context', 'moved'])).code).to.equal(0);
    });
  });
});
