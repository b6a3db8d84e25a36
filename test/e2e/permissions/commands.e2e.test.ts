import { expect } from 'chai';

import { Lab, until } from '../support.ts';

interface Answer {
  allowed: boolean | null;
  missing: Array<{ path: string; privileges: string[] }>;
}

describe('auth can-i, auth role, preflight and wait', function () {
  this.timeout(120_000);
  let lab: Lab;
  let narrow: Record<string, string>;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base', '--vmid', '9000');
    await lab.json('vm', 'create', 'web', '--template', 'base', '--vmid', '200', '--start');
    await lab.json('api', 'post', '/access/users', 'userid=ci@pve');
    const made = await lab.json<{ data: { value: string } }>(
      'api',
      'post',
      '/access/users/ci@pve/token/t1',
      'privsep=1',
    );
    const { contexts } = JSON.parse(
      JSON.stringify({ contexts: await lab.json('context', 'show') }),
    ) as { contexts: { endpoint: string; fingerprint: string } };
    narrow = {
      PMX_HOST: contexts.endpoint,
      PMX_FINGERPRINT: contexts.fingerprint,
      PMX_TOKEN_ID: 'ci@pve!t1',
      PMX_TOKEN_SECRET: made.data.value,
    };
  });
  after(() => lab.stop());

  it('can-i: yes is 0, no is 3 with path and privilege; role --apply turns one into the other', async () => {
    const line = 'vm delete web --stop';
    const yes = await lab.pmx(['auth', 'can-i', line]);
    expect(yes.code, yes.stderr).to.equal(0);
    expect(yes.stdout).to.match(/^yes: root@pam!pmx/);

    const twice = ['vm', 'list', '--filter', 'name=web', '--filter', 'status=running'];
    const again = await lab.pmx(['auth', 'can-i', '--', ...twice]);
    expect(again.stdout + again.stderr).to.contain(`pmx ${twice.join(' ')}`);

    const start = ['api', 'post', '/nodes/pve1/qemu/200/status/reset'];
    const no = await lab.pmx(['auth', 'can-i', '--json', '--', ...start], { env: narrow });
    expect(no.code, no.stderr).to.equal(3);
    const answer = JSON.parse(no.stdout) as Answer;
    expect(answer.missing[0]).to.include({ path: '/vms/200' });
    expect(answer.missing[0]!.privileges).to.deep.equal(['VM.PowerMgmt']);

    const role = [
      'auth',
      'role',
      '--for',
      start.join(' '),
      '--token',
      'ci@pve!t1',
      '--name',
      'Resetter',
    ];
    const printed = await lab.pmx(role);
    expect(printed.stdout).to.include('pveum role add Resetter-vms --privs VM.PowerMgmt');
    expect(printed.stdout).to.include('--propagate 0');
    const writes = lab.writes();
    expect((await lab.pmx([...role, '--dry-run'])).stdout).to.include(
      'dry run, nothing is changed',
    );
    expect(lab.writes()).to.equal(writes);
    expect((await lab.pmx([...role, '--apply'])).code).to.equal(0);
    const now = await lab.pmx(['auth', 'can-i', start.join(' ')], { env: narrow });
    expect(now.code, now.stdout).to.equal(0);
    expect((await lab.pmx(start, { env: narrow })).code).to.equal(0);
    // Once more changes nothing and is no mistake.
    expect((await lab.pmx([...role, '--apply'])).code).to.equal(0);
  });

  it('role --apply takes everything back when a part fails', async () => {
    const before = await lab.json('api', 'get', '/access/roles');
    const { code } = await lab.pmx([
      ...['auth', 'role', '--for', 'vm stop web', '--user', 'nobody@pve', '--name', 'Gone'],
      '--apply',
    ]);
    expect(code).to.equal(3);
    expect(await lab.json('api', 'get', '/access/roles')).to.deep.equal(before);
  });

  it('role: says that an id which is still to be picked may change', async () => {
    const role = ['auth', 'role', '--for'];
    const picked = await lab.pmx([...role, 'vm create x --template base']);
    expect(picked.stderr).to.match(/VMID \d+ is only the next free one now/);
    const named = await lab.pmx([...role, 'vm create x --template base --vmid 300']);
    expect(named.stderr).to.equal('');
    expect(named.stdout).to.include('pveum acl modify /vms/300 --users USER@REALM');
  });

  it('role: a role of that name with other privileges is left alone', async () => {
    await lab.json('api', 'post', '/access/roles', 'roleid=Taken-vms', 'privs=VM.Console');
    const { code, stderr } = await lab.pmx([
      ...['auth', 'role', '--for', 'vm stop web', '--user', 'ci@pve', '--name', 'Taken', '--apply'],
    ]);
    expect(code).to.equal(1);
    expect(stderr).to.include('PMX_ROLE_EXISTS');
  });

  const wrong: Array<[args: string[], code: string]> = [
    [['auth', 'can-i', ''], 'PMX_COMMAND_UNKNOWN'],
    [['auth', 'can-i', 'no such thing'], 'PMX_COMMAND_UNKNOWN'],
    [['auth', 'can-i', '--', '--json'], 'PMX_COMMAND_UNKNOWN'],
    [['auth', 'can-i', `vm list 'x`], 'PMX_INVALID_COMMAND_LINE'],
    [['auth', 'can-i', 'vm list --nonsense'], 'PMX_USAGE'],
    [['auth', 'can-i', 'vm start nosuch'], 'PMX_VM_NOT_FOUND'],
    [['auth', 'can-i', 'auth can-i "vm list"'], 'PMX_NO_PLAN'],
    [['auth', 'can-i', 'wait web --for running'], 'PMX_NO_PLAN'],
    [['auth', 'can-i', 'vm list --context other'], 'PMX_CONTEXT_INSIDE'],
    [['auth', 'role', '--for', 'vm list', '--name', 'PVEMine'], 'PMX_INVALID_ROLE_NAME'],
    [['auth', 'role', '--for', 'vm list', '--user', 'nobody'], 'PMX_INVALID_USER'],
    [['auth', 'role', '--for', 'vm list', '--token', 'a@pve'], 'PMX_INVALID_TOKEN_ID'],
    [['auth', 'role', '--for', 'vm list', '--apply'], 'PMX_ROLE_FOR_NOBODY'],
    [
      [
        'auth',
        'role',
        '--for',
        'api put /nodes/pve1/qemu/200/config args=x',
        '--user',
        'ci@pve',
        '--apply',
      ],
      'PMX_ROLE_NOT_ENOUGH',
    ],
    [['api', 'put', '/nodes/pve1/qemu/200/config', 'args=x'], 'PMX_ROOT_ONLY'],
    [['preflight', 'vm list | cat "'], 'PMX_INVALID_COMMAND_LINE'],
    [['wait', 'nosuch', '--for', 'running'], 'PMX_GUEST_NOT_FOUND'],
    [['wait', 'web', '--for', 'task'], 'PMX_INVALID_UPID'],
    [['wait', 'web', '--for', 'running', '--timeout', '0'], 'PMX_INVALID_DURATION'],
    [['wait', 'web', '--for', 'happiness'], 'PMX_USAGE'],
    [['wait', 'web'], 'PMX_USAGE'],
  ];
  for (const [args, expected] of wrong) {
    it(`pmx ${args.join(' ')}: ${expected}, exit 1, no write`, async () => {
      const writes = lab.writes();
      const { code, stdout, stderr } = await lab.pmx([
        ...(args.includes('--') ? ['--json'] : []),
        ...args,
        ...(args.includes('--') ? [] : ['--json']),
      ]);
      expect(code, stdout + stderr).to.equal(1);
      expect((JSON.parse(stdout) as { error: { code: string } }).error.code).to.equal(expected);
      expect(lab.writes()).to.equal(writes);
    });
  }

  it('preflight: 0 when nothing is in the way, with one row a check', async () => {
    const { code, stdout } = await lab.pmx([
      'preflight',
      '--',
      'vm',
      'create',
      'x',
      '--template',
      'base',
    ]);
    expect(code, stdout).to.equal(0);
    for (const check of ['plan', 'parameters', 'version', 'vmid', 'rights'])
      expect(stdout).to.match(new RegExp(`^ok +${check} `, 'm'));
  });

  it('preflight: 1 for the request, 3 for the rights, and one JSON document', async () => {
    const bad = await lab.pmx([
      'preflight',
      'api put /nodes/pve1/qemu/200/config nosuch=1',
      '--json',
    ]);
    expect(bad.code).to.equal(1);
    const report = JSON.parse(bad.stdout) as {
      ok: boolean;
      checks: Array<{ check: string; status: string }>;
    };
    expect(report.ok).to.equal(false);
    expect(
      report.checks.filter(({ status }) => status === 'fail').map(({ check }) => check),
    ).to.deep.equal(['parameters']);
    const rights = await lab.pmx(['preflight', 'api post /pools poolid=x'], { env: narrow });
    expect(rights.code, rights.stdout).to.equal(3);
    expect(rights.stdout).to.include('Pool.Allocate on /pool/x is missing');
  });

  it('dry run: the same warnings, and still 0', async () => {
    const dry = await lab.pmx(['api', 'post', '/pools', 'poolid=x', '--dry-run'], { env: narrow });
    expect(dry.code).to.equal(0);
    expect(dry.stderr).to.include('Pool.Allocate on /pool/x is missing');
  });

  it('wait: address, several targets, what is gone, a task', async () => {
    const ip = await lab.pmx(['wait', 'web', '--for', 'ip']);
    expect(ip.stdout).to.match(/^[\d.]+\n$/);
    const both = await lab
      .json<Array<{ target: string }>>(
        'wait',
        '200',
        'nosuch',
        '--for',
        'deleted',
        '--timeout',
        '1',
      )
      .catch((error: Error) => error.message);
    expect(both).to.match(/PMX_WAIT_TIMEOUT[^]*"target": "200 \(web\)"[^]*"target": "nosuch"/);
    const [task] = await lab.json<Array<{ upid: string }>>('task', 'list');
    expect((await lab.pmx(['wait', task!.upid, '--for', 'task'])).stdout).to.equal('OK\n');
  });

  it('wait: ends as soon as it is true', async () => {
    const child = lab.pmx(['wait', 'web', '--for', 'stopped', '--interval', '100ms']);
    await lab.json('vm', 'stop', 'web');
    const { code, stdout } = await child;
    expect(code).to.equal(0);
    expect(stdout).to.equal('200 (web): stopped\n');
  });

  it('wait: time-out is 2 and says what was seen last', async () => {
    const { code, stderr } = await lab.pmx([
      'wait',
      '9000',
      '--for',
      'running',
      '--timeout',
      '500ms',
    ]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/9000 \(base\) \(last seen: it is stopped\)/);
  });

  it('wait: Ctrl-C is 130', async () => {
    const seen = (): number =>
      lab.requests().filter(({ path }) => path.endsWith('/9000/status/current')).length;
    const before = seen();
    const child = lab.spawn(['wait', '9000', '--for', 'running']);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until(() => seen() > before, 'a first look');
    child.kill('SIGINT');
    expect(await ended).to.equal(130);
  });
});
