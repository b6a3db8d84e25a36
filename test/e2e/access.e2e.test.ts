import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, type Outcome } from './support.ts';

interface Problem {
  error: { code: string; message: string; data: Record<string, unknown> };
}

/** Everything that pmx wrote into its folders, but for the server's own data. */
function written(lab: Lab): string {
  const texts: string[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else texts.push(readFileSync(path, 'latin1'));
    }
  };
  for (const folder of ['state', 'config', 'cache']) walk(lab.file(folder));
  return texts.join('\n');
}

describe('pmx access', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
  });

  after(() => lab.stop());

  afterEach(async () => {
    await lab.json('sandbox', 'fault', 'clear');
  });

  const access = (...words: string[]): Promise<Outcome> =>
    lab.pmx(['access', ...words, '--yes', '--json']);
  const names = async (noun: string): Promise<string[]> =>
    (await lab.json<Array<Record<string, string>>>('access', noun, 'list')).map(
      (row) => row[noun] ?? row['id']!,
    );

  async function done(...words: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await access(...words);
    expect(code, stdout + stderr).to.equal(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async function refused(code: number, ...words: string[]): Promise<Problem['error']> {
    const outcome = await access(...words);
    expect(outcome.code, outcome.stdout + outcome.stderr).to.equal(code);
    return (JSON.parse(outcome.stdout) as Problem).error;
  }

  it('a user from its making to its end, with what belongs to it', async () => {
    await done('group', 'create', 'ops', '--comment', 'Operators');
    await done('user', 'create', 'ci@pve', '--group', 'ops', '--expire', '90d', '--comment', 'x');
    await done('role', 'create', 'Watcher', '--privilege', 'VM.Audit,Datastore.Audit');
    await done('token', 'create', 'ci@pve!deploy');
    const given = await done(
      ...['acl', 'set', '/vms', '--role', 'Watcher', '--user', 'ci@pve'],
      ...['--token', 'ci@pve!deploy'],
    );
    expect(given).to.include({ changed: 2 });
    const user = await lab.json<Record<string, unknown>>('access', 'user', 'show', 'ci@pve');
    expect(user).to.deep.include({ groups: ['ops'], enabled: true, comment: 'x' });
    expect(user['expiresSeconds']).to.be.closeTo(Date.now() / 1000 + 90 * 86_400, 120);
    expect(user['grants']).to.have.length(2);
    const { stdout } = await lab.pmx(['access', 'user', 'delete', 'ci@pve', '--dry-run']);
    expect(stdout).to.match(/goes: {2}API token ci@pve!deploy/);
    expect(stdout).to.match(/goes: {2}role Watcher \(of ci@pve on \/vms\)/);
    expect(stdout).to.match(/stays: group ops/);
    expect(await names('user')).to.include('ci@pve');
    expect(await done('user', 'delete', 'ci@pve')).to.deep.equal([
      {
        target: 'user ci@pve',
        ok: true,
        result: { user: 'ci@pve', tokens: ['ci@pve!deploy'] },
      },
    ]);
    expect(await names('user')).to.not.include('ci@pve');
    expect(await lab.json('access', 'acl', 'list', '--who', 'ci@pve')).to.deep.equal([]);
    await done('group', 'delete', 'ops');
    await done('role', 'delete', 'Watcher');
  });

  it('a password goes from stdin to the server and nowhere else', async () => {
    const password = 'only-for-eve-8391';
    const words = ['access', 'user', 'create', 'eve@pve', '--password-stdin'];
    const log = ['--log-level', 'trace', '--log-file', lab.file('state/trace.log')];
    const made = await lab.pmx([...words, ...log], { input: `${password}\n` });
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stdout + made.stderr + written(lab)).to.not.include(password);
    const login = await lab.pmx(
      [
        'login',
        'eve',
        ...lab.server(),
        '--user',
        'eve@pve',
        '--password-stdin',
        '--no-create-token',
      ],
      { input: password },
    );
    expect(login.code, login.stderr).to.equal(0);
  });

  it('a new secret is on stdout, once, and nowhere else', async () => {
    await done('user', 'create', 'bot@pve');
    const log = ['--log-level', 'trace', '--log-file', lab.file('state/trace.log')];
    const create = ['access', 'token', 'create'];
    const secrets: string[] = [];
    for (const [id, format] of [
      ['bot@pve!json', ['--json']],
      ['bot@pve!yaml', ['-o', 'yaml']],
      ['bot@pve!path', ['-o', 'jsonpath={.secret}']],
      ['bot@pve!words', []],
    ] as const) {
      const { code, stdout, stderr } = await lab.pmx([...create, id, ...format, ...log]);
      expect(code, stderr).to.equal(0);
      const found = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(stdout);
      expect(found, stdout).to.not.equal(null);
      expect(stdout.split(found![0])).to.have.length(2);
      expect(stderr).to.not.include(found![0]);
      secrets.push(found![0]);
    }
    const kept = written(lab);
    for (const secret of secrets) expect(kept.includes(secret), secret).to.equal(false);
    const whoami = await lab.pmx(['whoami', '--json'], {
      env: {
        PMX_HOST: lab.server()[1]!,
        PMX_FINGERPRINT: lab.server()[3]!,
        PMX_TOKEN_ID: 'bot@pve!json',
        PMX_TOKEN_SECRET: secrets[0]!,
      },
    });
    expect(whoami.code, whoami.stderr).to.equal(0);
    await done('user', 'delete', 'bot@pve');
  });

  for (const [noun, name, path, more] of [
    ['user', 'lost@pve', '/access/users', ['--comment', 'c']],
    ['group', 'lost', '/access/groups', ['--comment', 'c']],
    ['role', 'Lost', '/access/roles', ['--privilege', 'VM.Audit']],
  ] as const) {
    it(`${noun}: an answer that is lost is looked up, before and after it happened`, async () => {
      const fault = ['sandbox', 'fault', 'add', '--action', 'reset', '--path', path, '--nth', '1'];
      for (const after of [['--after'], []]) {
        await lab.json(...fault, '--method', 'POST', ...after);
        const outcome = await access(noun, 'create', name, ...more);
        if (after.length > 0) expect(outcome.code, outcome.stdout).to.equal(0);
        const there = (await names(noun)).includes(name);
        // Done, or not done and nothing left: never half.
        expect(there).to.equal(outcome.code === 0);
        if (!there) continue;
        await lab.json(
          ...fault.with(fault.indexOf(path), `${path}/*`),
          '--method',
          'DELETE',
          '--after',
        );
        await done(noun, 'delete', name);
        expect(await names(noun)).to.not.include(name);
        await lab.json('sandbox', 'fault', 'clear');
      }
    });
  }

  it('token: a lost answer is a lost secret, so another one is made; its end is looked up', async () => {
    await done('user', 'create', 'bot@pve');
    const path = '/access/users/*/token/*';
    const fault = ['sandbox', 'fault', 'add', '--action', 'reset', '--path', path, '--nth', '1'];
    await lab.json(...fault, '--method', 'POST', '--after');
    expect(await done('token', 'create', 'bot@pve!one')).to.have.property('secret');
    await lab.json('sandbox', 'fault', 'clear');
    await lab.json(...fault, '--method', 'DELETE', '--after');
    await done('token', 'delete', 'bot@pve!one');
    expect(await lab.json('access', 'token', 'list', 'bot@pve')).to.deep.equal([]);
    await done('user', 'delete', 'bot@pve');
  });

  it('what a change set is set back when its last step fails', async () => {
    await done('user', 'create', 'bot@pve', '--comment', 'before');
    await done('acl', 'set', '/', '--role', 'PVEAuditor', '--user', 'bot@pve', '--no-propagate');
    const grants = await lab.json('access', 'acl', 'list');
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'status', '--status', '500'],
      ...['--path', '/access/acl', '--method', 'PUT', '--nth', '2'],
    );
    // The first of its two steps changes what there was, the second is refused.
    const error = await refused(
      3,
      ...['acl', 'set', '/', '--role', 'PVEAuditor,PVEAdmin', '--user', 'bot@pve'],
    );
    expect(error.data['undone']).to.include('Let bot@pve have PVEAuditor on /, not below');
    expect(await lab.json('access', 'acl', 'list')).to.deep.equal(grants);
    await done('user', 'delete', 'bot@pve');
  });

  it('role set adds, removes and replaces', async () => {
    await done('role', 'create', 'Watcher', '--privilege', 'VM.Audit');
    await done('role', 'set', 'Watcher', '--add', 'VM.Console', '--add', 'Sys.Audit');
    const { privileges } = await done('role', 'set', 'Watcher', '--remove', 'VM.Audit');
    expect(privileges).to.deep.equal(['Sys.Audit', 'VM.Console']);
    await done('role', 'set', 'Watcher', '--privilege', 'VM.Audit');
    const role = await lab.json<{ privileges: string[] }>('access', 'role', 'show', 'Watcher');
    expect(role.privileges).to.deep.equal(['VM.Audit']);
    await done('role', 'delete', 'Watcher');
  });

  it('an ACL that is as wanted already is no write', async () => {
    await done('user', 'create', 'bot@pve');
    const set = ['acl', 'set', '/vms', '--role', 'PVEVMUser', '--user', 'bot@pve'];
    await done(...set);
    const writes = lab.writes();
    expect(await done(...set)).to.include({ changed: 0 });
    expect(lab.writes()).to.equal(writes);
    expect(await done(...set, '--no-propagate')).to.include({ changed: 1 });
    await done('acl', 'remove', '/vms', '--role', 'PVEVMUser', '--user', 'bot@pve');
    await done('user', 'delete', 'bot@pve');
  });

  for (const [code, words] of [
    ['PMX_INVALID_USER', ['user', 'create', 'ci']],
    ['PMX_REALM_NOT_FOUND', ['user', 'create', 'ci@nowhere']],
    ['PMX_ACCESS_EXISTS', ['user', 'create', 'root@pam']],
    ['PMX_ACCESS_NOT_FOUND', ['user', 'create', 'ci@pve', '--group', 'nobodys']],
    ['PMX_ACCESS_NOT_FOUND', ['user', 'set', 'ci@pve', '--disable']],
    ['PMX_ACCESS_NOT_FOUND', ['user', 'delete', 'root@pam!pmx']],
    ['PMX_NOTHING_TO_SET', ['user', 'set', 'root@pam']],
    ['PMX_ROOT_USER', ['user', 'delete', 'root@pam']],
    ['PMX_INVALID_EXPIRY', ['user', 'set', 'root@pam', '--expire', '2020-01-01']],
    ['PMX_INVALID_EXPIRY', ['user', 'set', 'root@pam', '--expire', '2099-02-31']],
    ['PMX_INVALID_GROUP', ['group', 'create', 'a b']],
    ['PMX_ACCESS_NOT_FOUND', ['group', 'delete', 'nobodys']],
    ['PMX_INVALID_ROLE_NAME', ['role', 'create', 'PVEMine', '--privilege', 'VM.Audit']],
    ['PMX_PRIVILEGE_UNKNOWN', ['role', 'create', 'Mine', '--privilege', 'VM.Monitor']],
    ['PMX_ROLE_BUILT_IN', ['role', 'set', 'PVEAuditor', '--add', 'VM.Console']],
    ['PMX_ROLE_BUILT_IN', ['role', 'delete', 'Administrator']],
    ['PMX_NOTHING_TO_SET', ['role', 'set', 'PVEAuditor']],
    ['PMX_INVALID_ACL_PATH', ['acl', 'set', 'vms/1', '--role', 'PVEAuditor', '--user', 'root@pam']],
    ['PMX_INVALID_ACL_PATH', ['acl', 'set', '/qemu', '--role', 'PVEAuditor', '--user', 'root@pam']],
    ['PMX_ACL_FOR_NOBODY', ['acl', 'set', '/vms', '--role', 'PVEAuditor']],
    ['PMX_ACCESS_NOT_FOUND', ['acl', 'set', '/vms', '--role', 'Nope', '--user', 'root@pam']],
    ['PMX_ACCESS_NOT_FOUND', ['acl', 'set', '/', '--role', 'PVEAdmin', '--user', 'no@pve']],
    ['PMX_ACCESS_NOT_FOUND', ['acl', 'set', '/', '--role', 'PVEAdmin', '--token', 'root@pam!no']],
    ['PMX_ACL_NOT_FOUND', ['acl', 'remove', '/vms', '--role', 'PVEAdmin', '--user', 'root@pam']],
    ['PMX_INVALID_TOKEN_ID', ['token', 'create', 'root@pam']],
    ['PMX_INVALID_TOKEN_ID', ['token', 'create', 'root@pam!x']],
    ['PMX_ACCESS_NOT_FOUND', ['token', 'delete', 'no@pve!token']],
  ] as const) {
    it(`refuses ${words.join(' ')}: ${code}, nothing changed`, async () => {
      const writes = lab.writes();
      expect((await refused(1, ...words)).code).to.equal(code);
      expect(lab.writes()).to.equal(writes);
    });
  }

  it('show says what is not there', async () => {
    for (const noun of ['user', 'group', 'role']) {
      const { code, stdout } = await lab.pmx(['access', noun, 'show', 'no@pve', '--json']);
      expect(code).to.equal(1);
      expect((JSON.parse(stdout) as Problem).error.code).to.equal('PMX_ACCESS_NOT_FOUND');
    }
  });

  it('refuses a password that the server would refuse', async () => {
    for (const [user, password] of [
      ['eva@pve', 'short'],
      ['eva@pam', 'long enough for all'],
    ] as const) {
      const words = ['access', 'user', 'create', user, '--password-stdin', '--json'];
      const { code, stdout } = await lab.pmx(words, { input: password });
      expect(code).to.equal(1);
      expect((JSON.parse(stdout) as Problem).error.code).to.equal('PMX_INVALID_PASSWORD');
      expect(stdout).to.not.include(password);
    }
  });

  it('can-i judges it by the calls that it makes', async () => {
    const { code, stdout } = await lab.pmx(['auth', 'can-i', 'access group create ops', '--json']);
    expect(code, stdout).to.equal(0);
  });
});
