import type { Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import {
  type CommandRun,
  createFakeHost,
  type FakeHostOptions,
  type FakeRoutes,
  runCommand,
} from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import Login from '#dist/commands/login.js';
import Logout from '#dist/commands/logout.js';
import { jobs, knownPrivileges, rightsOf } from '#dist/lib/operations/login/roles.js';

const fingerprint = Array.from({ length: 32 }, () => 'CD').join(':');
const other = Array.from({ length: 32 }, () => 'EF').join(':');
const selfSigned = { certificate: { fingerprint, trusted: false, problems: ['is self-signed'] } };
const at = (port: number) => `https://pve.test:${port}`;
const allPrivileges = [
  ...new Set(jobs.flatMap((job) => rightsOf[job].privileges ?? [])),
  'Permissions.Modify',
];
const everywhere = ({ path }: Record<string, unknown>) => ({
  [String(path)]: Object.fromEntries(allPrivileges.map((name) => [name, 1])),
});
const pve: FakeRoutes = {
  '/version': { version: '9.2.11' },
  '/access/roles': [
    { roleid: 'Administrator', privs: allPrivileges.join(',') },
    { roleid: 'PVEAuditor', privs: 'VM.Audit,Sys.Audit' },
  ],
  '/access/permissions': everywhere,
  '/access/users/root%40pam/token': [{ tokenid: 'taken' }],
};

function login(words: string, options: FakeHostOptions = {}, env: Record<string, string> = {}) {
  const host = createFakeHost({ pve, servers: { [at(8006)]: selfSigned }, ...options });
  return runCommand(Login, words.split(' '), { host, env });
}
const kinds = ({ plans }: CommandRun): string[] =>
  plans.flatMap(({ steps }) => steps.map((step) => ('kind' in step ? step.kind : 'parallel')));
const savedBy = ({ plans }: CommandRun) => {
  const step = plans[0]!.steps.at(-1)!;
  if (!('kind' in step) || step.kind !== 'context.save') throw new Error('saves nothing');
  return step.args;
};
const password = { PMX_PASSWORD: 'pass-word-1' };
const pinned = `--fingerprint ${fingerprint}`;

describe('pmx login: at a terminal', () => {
  it('asks for host, trust, user, realm, password and job, in this order, and stores a token', async () => {
    const run = await login('--use', {
      answers: ['pve.test', true, 'root', 'pam', 'pass-word-1', 'operator'],
    });
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.prompts.map((text) => text.split(' ')[0])).to.deep.equal([
      'Host',
      'Is',
      'User',
      'Realm',
      'Password',
      'What',
    ]);
    expect(run.stderr).to.contain(fingerprint).and.to.contain('it is self-signed');
    expect(kinds(run)).to.deep.equal(['pve.role', 'pve.token', 'pve.call', 'context.save']);
    expect(savedBy(run)).to.deep.include({
      name: 'pve',
      use: true,
      context: {
        endpoint: at(8006),
        tokenId:
          run.plans[0]!.result && `${(run.plans[0]!.result as { identity: string }).identity}`,
        fingerprint,
      },
    });
    expect(run.stdout).to.contain('the password is forgotten');
    expect(run.stdout + run.stderr + JSON.stringify(run.plans)).to.not.contain('pass-word-1');
  });

  it('stops at a certificate that is not accepted', async () => {
    const run = await login('--host pve.test', { answers: [false] });
    expect(run.exitCode).to.equal(1);
    expect(run.stderr).to.contain('PMX_DECLINED');
    expect(run.recording.logins).to.be.empty;
  });

  it('asks for the second factor only where there is one', async () => {
    const servers = { [at(8006)]: { ...selfSigned, otp: '123456' } };
    const run = await login(`--host pve.test --user root@pam ${pinned}`, {
      servers,
      answers: ['pass-word-1', '123456', 'no token'],
    });
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.prompts[1]).to.contain('second factor');
    expect(savedBy(run).context).to.deep.equal({
      endpoint: at(8006),
      user: 'root@pam',
      fingerprint,
    });
    expect(savedBy(run)).to.not.have.property('secret');
    expect(run.stderr).to.contain('No secret is stored');
  });
});

describe('pmx login: in a script', () => {
  it('needs no question when all is said', async () => {
    const run = await login(
      `lab --host pve.test --user root --role template-builder ${pinned}`,
      {},
      password,
    );
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.prompts).to.be.empty;
    expect(kinds(run)).to.deep.equal([
      'pve.role',
      'pve.token',
      ...rightsOf['template-builder'].paths.map(() => 'pve.call'),
      'context.save',
    ]);
    expect(run.recording.logins).to.deep.equal([{ endpoint: at(8006), who: 'root@pam' }]);
  });

  it('prints fingerprint and the command to paste for an unknown certificate', async () => {
    const run = await login('lab --host pve.test --user root@pam', {}, password);
    expect(run.exitCode).to.equal(2);
    expect(run.stderr).to.contain('PMX_TLS_UNTRUSTED');
    expect(run.stderr).to.contain(
      `pmx login lab --host pve.test --user root@pam --fingerprint ${fingerprint}`,
    );
    expect(run.recording.logins).to.be.empty;
  });

  it('takes a certificate that the system trusts without a word, and pins nothing', async () => {
    const run = await login(
      'lab --host pve.test --user root@pam --no-create-token',
      { servers: { [at(8006)]: {} } },
      password,
    );
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(savedBy(run).context).to.deep.equal({ endpoint: at(8006), user: 'root@pam' });
  });

  it('quotes the command to paste, and leaves out a code that was good once', async () => {
    const run = await login('lab --host pve.test --otp 123456 --token-id ci@pve!pmx', {}, password);
    expect(run.stderr).to.contain(
      `pmx login lab --host pve.test --token-id 'ci@pve!pmx' --fingerprint ${fingerprint}`,
    );
  });

  it('stores a proxy, and goes through it', async () => {
    const words = `lab --host pve.test --user root --no-create-token --proxy http://p:3128/ ${pinned}`;
    expect(savedBy(await login(words, {}, password)).context).to.include({
      proxy: 'http://p:3128',
    });
  });

  it('stores --insecure only when it was asked for', async () => {
    const run = await login(
      'lab --host pve.test --user root@pam --no-create-token --insecure',
      {},
      password,
    );
    expect(savedBy(run).context).to.include({ insecure: true });
  });

  it('finds the API on 443 when nothing listens on 8006, but keeps to a port that was given', async () => {
    const servers = { [at(443)]: selfSigned };
    const found = await login(
      `lab --host pve.test --user root@pam --no-create-token ${pinned}`,
      { servers },
      password,
    );
    expect(savedBy(found).context['endpoint']).to.equal(at(443));
    const given = await login(
      `lab --host pve.test:8006 --user root@pam --no-create-token ${pinned}`,
      { servers },
      password,
    );
    expect(given.exitCode).to.equal(2);
    expect(given.stderr).to.contain('PMX_UNREACHABLE');
  });

  it('takes the realm that the server prefers', async () => {
    const realms = [
      { realm: 'pam', type: 'pam', default: false },
      { realm: 'corp', type: 'ad', default: true },
    ];
    const run = await login(
      `lab --host pve.test --user jane --no-create-token ${pinned}`,
      { servers: { [at(8006)]: { ...selfSigned, realms } } },
      password,
    );
    expect(savedBy(run).context).to.include({ user: 'jane@corp' });
  });

  it('tries a token at once and stores it', async () => {
    const run = await login(
      `lab --host pve.test --token-id ci@pve!pmx ${pinned}`,
      {},
      {
        PMX_TOKEN_SECRET: 'token-secret-1',
      },
    );
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.requests).to.deep.equal([{ path: '/version' }]);
    expect(savedBy(run)).to.deep.include({
      context: { endpoint: at(8006), tokenId: 'ci@pve!pmx', fingerprint },
      secret: { $secret: 'token' },
    });
    expect(kinds(run)).to.deep.equal(['context.save']);
    expect(run.stdout + run.stderr).to.not.contain('token-secret-1');
  });

  it('tries no token in a dry run', async () => {
    const run = await login(
      `lab --host pve.test --token-id ci@pve!pmx --dry-run ${pinned}`,
      { servers: { [at(8006)]: { ...selfSigned, secret: 'right' } } },
      { PMX_TOKEN_SECRET: 'wrong' },
    );
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.logins).to.be.empty;
    expect(run.plans).to.be.empty;
  });

  const wrong: Array<
    [name: string, words: string, env: Record<string, string>, code: string, exit: number]
  > = [
    ['no host', 'lab --user root', password, 'PMX_HOST_MISSING', 1],
    ['no user', `lab --host pve.test ${pinned}`, password, 'PMX_USER_MISSING', 1],
    ['no password', `lab --host pve.test --user root ${pinned}`, {}, 'PMX_NO_SECRET', 1],
    [
      'no word on what to keep',
      `lab --host pve.test --user root ${pinned}`,
      password,
      'PMX_LOGIN_UNDECIDED',
      1,
    ],
    [
      'a wrong pin',
      `lab --host pve.test --user root --fingerprint ${other}`,
      password,
      'PMX_TLS_FINGERPRINT_CHANGED',
      2,
    ],
    [
      'a pin that is none',
      'lab --host pve.test --fingerprint AA',
      password,
      'PMX_INVALID_FINGERPRINT',
      1,
    ],
    [
      'a token without !',
      `lab --host pve.test --token-id root@pam ${pinned}`,
      {},
      'PMX_INVALID_TOKEN_ID',
      1,
    ],
    [
      'a token secret with a line end in it',
      `lab --host pve.test --token-id a@pve!t1 ${pinned}`,
      { PMX_TOKEN_SECRET: 'two\nlines' },
      'PMX_INVALID_SECRET',
      1,
    ],
    [
      'a password with a line end in it',
      `lab --host pve.test --user root ${pinned}`,
      { PMX_PASSWORD: 'two\nlines' },
      'PMX_INVALID_SECRET',
      1,
    ],
    [
      'a realm that the server does not have',
      `lab --host pve.test --user root@ldap ${pinned}`,
      password,
      'PMX_REALM_UNKNOWN',
      1,
    ],
    [
      'two realms',
      `lab --host pve.test --user root@pam --realm pve ${pinned}`,
      password,
      'PMX_REALM_UNKNOWN',
      1,
    ],
    [
      'a user that is a token',
      `lab --host pve.test --user root!x@pam ${pinned}`,
      password,
      'PMX_INVALID_USER',
      1,
    ],
    [
      'a token name that is none',
      `lab --host pve.test --user root --token-name 1x ${pinned}`,
      password,
      'PMX_INVALID_TOKEN_NAME',
      1,
    ],
    [
      'a token name that is taken',
      `lab --host pve.test --user root --token-name taken ${pinned}`,
      password,
      'PMX_TOKEN_EXISTS',
      1,
    ],
    [
      'a host that is a URL of another kind',
      'lab --host ftp://x',
      password,
      'PMX_INVALID_ENDPOINT',
      1,
    ],
    [
      '--insecure beside a pin',
      `lab --host pve.test --insecure ${pinned}`,
      password,
      'PMX_USAGE',
      1,
    ],
    [
      'a job for a token that shall not be made',
      `lab --host pve.test --user root --no-create-token --role operator ${pinned}`,
      password,
      'PMX_LOGIN_UNDECIDED',
      1,
    ],
    [
      'a job for a token that is there already',
      `lab --host pve.test --token-id a@pve!t1 --role operator ${pinned}`,
      password,
      'PMX_USAGE',
      1,
    ],
    [
      'a proxy that is none',
      'lab --host pve.test --user root --proxy socks5://x:1',
      password,
      'PMX_INVALID_PROXY',
      1,
    ],
    [
      'a proxy with a password',
      'lab --host pve.test --user root --proxy http://me:pass-word-1@x:1',
      password,
      'PMX_INVALID_PROXY',
      1,
    ],
    ['an unknown job', 'lab --host pve.test --role god', password, 'PMX_USAGE', 1],
  ];
  for (const [name, words, env, code, exit] of wrong) {
    it(`refuses ${name}`, async () => {
      const run = await login(words, {}, env);
      expect(run.stderr).to.contain(`(${code},`);
      expect(run.exitCode).to.equal(exit);
      expect(run.stderr).to.contain('→');
      expect(run.plans).to.be.empty;
      expect(run.stdout + run.stderr)
        .to.not.contain('pass-word-1')
        .and.to.not.contain('two\nlines');
    });
  }

  it('refuses a backup server by its realm', async () => {
    const realms = [{ realm: 'pbs', type: 'pbs', default: false }];
    const run = await login(
      `lab --host pve.test --user root ${pinned}`,
      { servers: { [at(8006)]: { ...selfSigned, realms } } },
      password,
    );
    expect(run.exitCode).to.equal(2);
    expect(run.stderr).to.contain('is a Proxmox Backup Server');
    expect(run.recording.logins).to.be.empty;
  });

  it('says what an administrator has to do when the user may not grant rights', async () => {
    const routes = { ...pve, '/access/permissions': { '/': { 'VM.Audit': 1 } } };
    const run = await login(
      `lab --host pve.test --user root --role operator ${pinned}`,
      { pve: routes },
      password,
    );
    expect(run.exitCode).to.equal(3);
    expect(run.stderr).to.contain('PMX_CANNOT_GRANT').and.to.contain('pveum acl modify /');
  });

  it('says what the token will lack because its user does', async () => {
    const routes = {
      ...pve,
      '/access/permissions': { '/': { 'Permissions.Modify': 1, 'VM.Audit': 1 } },
    };
    const run = await login(
      `lab --host pve.test --user root --role read-only ${pinned}`,
      { pve: routes },
      password,
    );
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.stderr).to.contain('root@pam has no Sys.Audit on /');
  });

  it('uses a role that is there already as it should be, and refuses another of that name', async () => {
    const roleWith = (privs: readonly string[]): FakeHostOptions => ({
      pve: {
        ...pve,
        '/access/roles': [
          { roleid: 'Administrator', privs: allPrivileges.join(',') },
          { roleid: 'PmxOperator', privs: privs.join(',') },
        ],
      },
    });
    const words = `lab --host pve.test --user root --role operator ${pinned}`;
    const wanted = rightsOf.operator.privileges!;
    const same = await login(words, roleWith([...wanted].reverse()), password);
    expect(kinds(same)).to.deep.equal(['pve.token', 'pve.call', 'context.save']);
    const less = await login(words, roleWith(wanted.slice(1)), password);
    expect(less.exitCode).to.equal(1);
    expect(less.stderr).to.contain('PMX_ROLE_DIFFERS').and.to.contain('pveum role modify');
  });

  it('leaves out what an older server does not know', () => {
    const known = new Set(['VM.Audit', 'VM.Monitor']);
    expect(knownPrivileges(['VM.Audit', 'VM.GuestAgent.Audit'], known)).to.deep.equal([
      'VM.Audit',
      'VM.Monitor',
    ]);
    expect(knownPrivileges(['VM.Audit'], known)).to.deep.equal(['VM.Audit']);
  });
});

describe('pmx login: again', () => {
  const contexts = {
    lab: { endpoint: at(8006), tokenId: 'root@pam!pmx', fingerprint: other, node: 'pve1' },
  };

  it('pins a new certificate with the stored token, and keeps all other settings', async () => {
    const run = await login(`lab ${pinned}`, { contexts });
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.recording.logins).to.deep.equal([{ endpoint: at(8006), who: 'root@pam!pmx' }]);
    expect(savedBy(run).context).to.deep.equal({ ...contexts.lab, fingerprint });
  });

  it('keeps a key that is in a header, and has it in no plan that is printed', async () => {
    const headers = { 'X-Api-Key': 'gate-key-1', 'X-Env': 'lab', 'X-Token': '${GATE}' };
    const lab = { ...contexts.lab, headers };
    const run = await login(`lab ${pinned}`, { contexts: { lab } });
    expect(run.exitCode, run.stderr).to.equal(0);
    const { secrets = {}, ...plan } = run.plans[0]!;
    expect(JSON.stringify(plan)).to.not.contain('gate-key-1');
    const { headers: saved } = savedBy(run).context as { headers: Record<string, unknown> };
    const { $secret } = saved['X-Api-Key'] as { $secret: string };
    expect(secrets[$secret]).to.equal('gate-key-1');
    expect(saved).to.include({ 'X-Env': 'lab', 'X-Token': '${GATE}' });
  });

  it('keeps a secretCommand with its token, and stores nothing of what it gives out', async () => {
    const lab = { ...contexts.lab, secretCommand: ['pass', 'show', 'lab'] };
    const run = await login(`lab ${pinned}`, { contexts: { lab } });
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(savedBy(run)).to.deep.equal({
      name: 'lab',
      context: { ...lab, fingerprint },
      use: false,
    });
    expect(run.plans[0]!.secrets).to.deep.equal({});
  });

  it('lets a secretCommand go, and says so, when there is a new token', async () => {
    const lab = { ...contexts.lab, secretCommand: ['pass', 'show', 'lab'] };
    const words = `lab --user root --role operator ${pinned}`;
    const run = await login(words, { contexts: { lab } }, password);
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(savedBy(run).context).to.not.have.property('secretCommand');
    expect(savedBy(run)).to.have.property('secret');
    expect(run.stderr).to.contain('The secretCommand of context lab goes');
    const { undo = [] } = run.plans[0]!.steps.at(-1) as Step;
    expect(undo.map(({ kind }) => kind)).to.deep.equal(['context.forget', 'context.save']);
  });

  it('makes no token for a read-only context, but takes one', async () => {
    const lab = { ...contexts.lab, readOnly: true };
    const words = `lab --user root --role operator ${pinned}`;
    const refused = await login(words, { contexts: { lab } }, password);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain('PMX_READ_ONLY');
    expect(refused.plans).to.be.empty;
    const words2 = `lab --token-id root@pam!new ${pinned}`;
    const taken = await login(words2, { contexts: { lab } }, { PMX_TOKEN_SECRET: 'secret-1' });
    expect(taken.exitCode, taken.stderr).to.equal(0);
    expect(savedBy(taken).context).to.include({ tokenId: 'root@pam!new', readOnly: true });
  });

  it('stops at a changed certificate: both fingerprints, and the command', async () => {
    const run = await login('lab', { contexts });
    expect(run.exitCode).to.equal(2);
    expect(run.stderr).to.contain(`expected ${other}, seen ${fingerprint}`);
    expect(run.stderr).to.contain(
      `pmx login lab --host pve.test:8006 --fingerprint ${fingerprint}`,
    );
    expect(run.recording.logins).to.be.empty;
  });

  it('does not take a context over for another server without being told', async () => {
    const elsewhere = { lab: { ...contexts.lab, endpoint: 'https://other.test:8006' } };
    const words = `lab --host pve.test --user root --no-create-token ${pinned}`;
    const refused = await login(words, { contexts: elsewhere }, password);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain('PMX_CONTEXT_EXISTS');
    const taken = await login(`${words} --replace`, { contexts: elsewhere }, password);
    expect(taken.exitCode, taken.stderr).to.equal(0);
    expect(kinds(taken)).to.deep.equal(['context.forget', 'context.save']);
    expect(savedBy(taken).context).to.deep.equal({
      endpoint: at(8006),
      user: 'root@pam',
      fingerprint,
    });
  });

  it('goes on with the password when the stored token is no longer good', async () => {
    const servers = { [at(8006)]: { ...selfSigned, secret: 'pass-word-1' } };
    const run = await login(`lab ${pinned}`, {
      contexts,
      servers,
      answers: ['pass-word-1', 'read-only'],
    });
    expect(run.stderr).to.contain('no longer accepted');
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(kinds(run)).to.deep.equal(['pve.token', 'pve.call', 'context.save']);
    // The user is known from the context; realm and all.
    expect(run.recording.prompts[0]).to.contain('Password of root@pam');
  });
});

describe('pmx logout', () => {
  const contexts = { lab: { endpoint: at(8006), tokenId: 'root@pam!pmx', fingerprint } };
  const token = '/access/users/root%40pam/token/pmx';
  const logout = (words: string[], options: FakeHostOptions = {}, env = {}) =>
    runCommand(Logout, words, {
      host: createFakeHost({ contexts, servers: { [at(8006)]: selfSigned }, ...options }),
      env,
    });

  it('forgets the secret and says that the token stays good', async () => {
    const run = await logout(['--yes']);
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(kinds(run)).to.deep.equal(['context.forget']);
    expect(run.stderr).to.contain('stays: API token root@pam!pmx');
    expect(run.recording.logins).to.be.empty;
  });

  it('asks first: the secret cannot be read again', async () => {
    expect((await logout(['lab'])).stderr).to.contain('PMX_CONFIRMATION_NEEDED');
    expect((await logout(['lab'], { answers: [false] })).stderr).to.contain('PMX_DECLINED');
  });

  it('revokes with the password of the user', async () => {
    const run = await logout(['lab', '--revoke', '--yes'], { pve: { [token]: {} } }, password);
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(kinds(run)).to.deep.equal(['pve.call', 'context.forget']);
    expect(run.recording.logins).to.deep.equal([{ endpoint: at(8006), who: 'root@pam' }]);
    expect(run.stdout).to.contain('root@pam!pmx is gone');
  });

  it('revokes nothing that is gone already', async () => {
    const gone = () => {
      throw new RequestError({ code: 'PMX_API_ERROR', message: "no such token 'pmx'" });
    };
    const run = await logout(['lab', '--revoke', '--yes'], { pve: { [token]: gone } }, password);
    expect(kinds(run)).to.deep.equal(['context.forget']);
  });

  for (const [name, words, env, code] of [
    ['--revoke without a password', ['lab', '--revoke', '--yes'], {}, 'PMX_NO_SECRET'],
    ['an unknown context', ['nope', '--yes'], {}, 'PMX_CONTEXT_NOT_FOUND'],
    ['--otp without --revoke', ['lab', '--otp', '123456'], {}, 'PMX_USAGE'],
  ] as Array<[string, string[], Record<string, string>, string]>) {
    it(`refuses ${name}`, async () => {
      const run = await logout(words, {}, env);
      expect(run.stderr).to.contain(`(${code},`);
      expect(run.exitCode).to.equal(1);
    });
  }

  it('says that a secretCommand goes on to give out its secret', async () => {
    const lab = { ...contexts.lab, secretCommand: ['pass', 'show', 'lab'] };
    const run = await logout(['--yes'], { contexts: { lab } });
    expect(run.exitCode, run.stderr).to.equal(0);
    expect(run.stderr).to.contain('config unset contexts.lab.secretCommand');
  });

  it('revokes nothing for a read-only context, and asks for no password', async () => {
    const lab = { ...contexts.lab, readOnly: true };
    const run = await logout(['lab', '--revoke', '--yes'], { contexts: { lab } }, password);
    expect(run.exitCode).to.equal(1);
    expect(run.stderr).to.contain('PMX_READ_ONLY');
    expect(run.recording.logins).to.be.empty;
  });

  it('refuses --revoke of a context without a token', async () => {
    const person = { desk: { endpoint: at(8006), user: 'jane@pam' } };
    const run = await logout(['desk', '--revoke', '--yes'], { contexts: person }, password);
    expect(run.stderr).to.contain('PMX_NO_TOKEN');
  });
});
