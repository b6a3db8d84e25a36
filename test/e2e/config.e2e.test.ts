import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Home, Lab } from './support.ts';

const secret = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

interface Failure {
  error: { code: string; message: string; exitCode: number };
}

describe('configuration', function () {
  this.timeout(120_000);
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  const config = (): string => readFileSync(home.file('config/config.yaml'), 'utf8');
  const failed = async (...args: string[]): Promise<Failure['error']> => {
    const { code, stdout } = await home.pmx([...args, '--json']);
    const { error } = JSON.parse(stdout) as Failure;
    expect(code).to.equal(error.exitCode);
    return error;
  };
  const addLab = (...more: string[]) =>
    home.pmx(
      [
        'context',
        'add',
        'lab',
        '--host',
        'pve1',
        '--token-id',
        'ci@pve!tok',
        '--token-stdin',
        ...more,
      ],
      { input: secret },
    );

  it('is set, read, unset, listed and brought back', async () => {
    await home.json('config', 'set', 'request-timeout', '60');
    await home.json('config', 'set', 'defaults.tags', 'a,b');
    expect((await home.pmx(['config', 'get', 'requestTimeout'])).stdout).to.equal('60\n');
    expect((await home.pmx(['config', 'get', 'defaults.tags'])).stdout).to.equal('a,b\n');
    await home.json('config', 'unset', 'requestTimeout');
    expect((await home.pmx(['config', 'get', 'requestTimeout'])).stdout).to.equal('');
    const [newest] = await home.json<Array<{ id: string }>>('config', 'history');
    await home.json('config', 'restore', newest!.id);
    expect((await home.pmx(['config', 'get', 'requestTimeout'])).stdout).to.equal('60\n');
    await home.json('config', 'reset', '--yes');
    expect((await home.pmx(['config', 'get', 'defaults.tags'])).stdout).to.equal('');
  });

  for (const [args, code] of [
    [['config', 'set', 'requestTimeout', 'soon'], 'PMX_INVALID_SETTING'],
    [['config', 'set', 'requestTimout', '5'], 'PMX_UNKNOWN_SETTING'],
    [['config', 'get', 'node'], 'PMX_UNKNOWN_SETTING'],
    [['config', 'set', 'pager', 'less', '--in', 'project'], 'PMX_PROJECT_KEY_REFUSED'],
    [['config', 'set', 'contexts.nope.node', 'x'], 'PMX_CONTEXT_NOT_FOUND'],
    [['config', 'set', 'currentContext', 'nope'], 'PMX_CONTEXT_NOT_FOUND'],
    [['config', 'unset', 'pager'], 'PMX_SETTING_NOT_SET'],
    [['config', 'restore', 'nope'], 'PMX_BACKUP_NOT_FOUND'],
    [['config', 'edit'], 'PMX_NO_EDITOR'],
    [['config', 'edit', '--editor', 'false'], 'PMX_EDITOR_FAILED'],
    [['config', 'import', 'nope.conf', '--from', 'cpcg'], 'PMX_FILE_NOT_FOUND'],
    [['config', 'reset'], 'PMX_CONFIRMATION_NEEDED'],
    [['context', 'rename', 'nope', 'other'], 'PMX_CONTEXT_NOT_FOUND'],
    [['context', 'export', 'nope'], 'PMX_CONTEXT_NOT_FOUND'],
    [['context', 'import', 'nope.yaml'], 'PMX_FILE_NOT_FOUND'],
  ] as const) {
    it(`pmx ${args.join(' ')} is refused: ${code}`, async () => {
      expect((await failed(...args)).code).to.equal(code);
    });
  }

  it('config edit takes what an editor leaves, and refuses nonsense', async () => {
    await home.json('config', 'set', 'output', 'wide');
    writeFileSync(home.file('edit.sh'), 'sed -i s/wide/csv/ "$1"\n');
    await home.json('config', 'edit', '--editor', `sh ${home.file('edit.sh')}`);
    expect(config()).to.equal('output: csv\n');
    writeFileSync(home.file('edit.sh'), 'echo "broken: [" >> "$1"\n');
    const error = await failed('config', 'edit', '--editor', `sh ${home.file('edit.sh')}`);
    expect(error.code).to.equal('PMX_CONFIG_UNREADABLE');
    expect(config()).to.equal('output: csv\n');
  });

  it('config migrate writes one spelling, and a version', async () => {
    mkdirSync(home.file('config'));
    writeFileSync(home.file('config/config.yaml'), '# top\nrequest-timeout: 7\n', { mode: 0o600 });
    await home.json('config', 'migrate');
    expect(config()).to.contain('# top').and.contain('requestTimeout: 7').and.contain('version: 1');
    expect((await home.json<{ changed: boolean }>('config', 'migrate')).changed).to.equal(false);
  });

  it('config import takes the token into the secret store, and says what it leaves', async () => {
    const text = `PVE_HOST=https://old:8006/api2/json\nPVE_TOKEN_ID=ci@pve!tok\nPVE_TOKEN_SECRET='${secret}'\nNODE_NAME=pve3\nODD_ONE=1\n`;
    writeFileSync(home.file('old.conf'), text, { mode: 0o644 });
    const { code, stderr, stdout } = await home.pmx([
      'config',
      'import',
      'old.conf',
      '--from',
      'cpcg',
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('context cpcg with its secret');
    expect(stderr).to.contain('Others could read').and.contain('ODD_ONE');
    expect(config()).to.contain('endpoint: https://old:8006').and.contain('node: pve3');
    expect(config() + stdout + stderr).to.not.contain(secret);
    expect(readFileSync(home.file('config/secrets.json'), 'utf8')).to.contain(secret);
  });

  it('contexts are copied, renamed, exported and imported with their secrets', async () => {
    expect((await addLab()).code).to.equal(0);
    await home.json('context', 'copy', 'lab', 'copy');
    await home.json('context', 'rename', 'lab', 'home');
    const shown = await home.json<{ secretStored: boolean; current: boolean }>(
      'context',
      'show',
      'home',
    );
    expect(shown).to.include({ secretStored: true, current: true });
    await home.json('context', 'validate');
    const plain = await home.pmx(['context', 'export']);
    expect(plain.stdout).to.contain('copy:').and.contain('home:');
    expect(plain.stdout).to.not.contain(secret);
    const env = { PMX_PASSPHRASE: 'correct horse' };
    const sealed = await home.pmx(['context', 'export', 'home', '--with-secrets'], { env });
    expect(sealed.stdout).to.match(/^-----BEGIN AGE/);
    writeFileSync(home.file('home.age'), sealed.stdout);
    await home.json('context', 'remove', 'home', '--yes');
    expect((await failed('context', 'import', 'home.age')).code).to.equal('PMX_NO_PASSPHRASE');
    const wrong = await home.pmx(['context', 'import', 'home.age', '--json'], {
      env: { PMX_PASSPHRASE: 'nope' },
    });
    expect((JSON.parse(wrong.stdout) as Failure).error.code).to.equal('PMX_WRONG_PASSPHRASE');
    expect((await home.pmx(['context', 'import', 'home.age'], { env })).code).to.equal(0);
    expect(await home.json('context', 'show', 'home')).to.include({ secretStored: true });
  });

  describe('settings reach those who follow them', () => {
    const user = (text: string): void => {
      mkdirSync(home.file('config'), { recursive: true });
      writeFileSync(home.file('config/config.yaml'), text, { mode: 0o600 });
    };
    const list = async (env: Record<string, string> = {}, ...flags: string[]): Promise<string> => {
      const { code, stdout, stderr } = await home.pmx(['config', 'path', ...flags], { env });
      expect(code, stderr).to.equal(0);
      return stdout;
    };
    const isJson = (text: string): boolean => text.startsWith('[');

    it('output: flag, variable, project, user', async () => {
      expect(await list()).to.match(/^LAYER/i);
      user('output: json\n');
      expect(isJson(await list())).to.equal(true);
      writeFileSync(home.file('.pmx.yaml'), 'output: csv\n');
      expect(await list()).to.match(/^layer,path,exists\n/);
      expect(await list({ PMX_OUTPUT: 'name' })).to.not.contain('layer');
      expect(await list({ PMX_OUTPUT: 'name' }, '-o', 'yaml')).to.match(/^- layer: /);
      expect(isJson(await list({ PMX_OUTPUT: 'name' }, '--json'))).to.equal(true);
    });

    it('output: also of errors, before and after the parsing', async () => {
      user('output: json\n');
      for (const args of [
        ['vm', 'lst'],
        ['vm', 'list', '--nope'],
        ['vm', 'list'],
      ]) {
        const { stdout, code } = await home.pmx(args);
        expect(code).to.equal(1);
        expect(JSON.parse(stdout)).to.have.nested.property('error.exitCode', 1);
      }
    });

    it('color: the variables of all programs win over files, PMX_COLOR over those', async () => {
      user('color: always\n');
      const colored = async (env: Record<string, string>, ...flags: string[]): Promise<boolean> =>
        (await list(env, ...flags)).includes('\u001b[');
      expect(await colored({ NO_COLOR: '' })).to.equal(true);
      expect(await colored({ NO_COLOR: '1' })).to.equal(false);
      expect(await colored({ NO_COLOR: '1', PMX_COLOR: 'always' })).to.equal(true);
      expect(await colored({ NO_COLOR: '', PMX_COLOR: 'never' })).to.equal(false);
      expect(await colored({ PMX_COLOR: 'always' }, '--no-color')).to.equal(false);
    });

    it('log: level, file and format', async () => {
      user(`logFile: ${home.file('log.jsonl')}\nlogFormat: json\n`);
      expect((await home.pmx(['context', 'show', 'nope'])).stderr).to.not.contain('"level"');
      const [line] = readFileSync(home.file('log.jsonl'), 'utf8').trimEnd().split('\n');
      expect(JSON.parse(line!)).to.include({ level: 'error', code: 'PMX_CONTEXT_NOT_FOUND' });
      user('logLevel: error\n');
      expect((await home.pmx(['context', 'show', 'nope'])).stderr).to.match(/ ERROR \[\w+\] /);
      const foreign = { LOG_LEVEL: 'INFORMATION' };
      user('');
      expect((await home.pmx(['context', 'list'], { env: foreign })).code).to.equal(0);
    });

    it('audit: off in the own file or by PMX_AUDIT, not in a project', async () => {
      const isKept = (): boolean => existsSync(home.file('state/audit'));
      await addLab();
      expect(isKept()).to.equal(true);
      rmSync(home.file('state/audit'), { recursive: true });
      await home.pmx(['context', 'use', 'lab'], { env: { PMX_AUDIT: 'off' } });
      expect(isKept()).to.equal(false);
      await home.json('config', 'set', 'audit', 'false');
      rmSync(home.file('state/audit'), { recursive: true });
      expect((await home.pmx(['context', 'use', 'lab'])).code).to.equal(0);
      expect(isKept()).to.equal(false);
      writeFileSync(home.file('.pmx.yaml'), 'audit: true\n');
      expect((await failed('context', 'use', 'lab')).code).to.equal('PMX_PROJECT_KEY_REFUSED');
    });

    it('what cannot be read stops every command but those that mend it', async () => {
      user('output: [\n');
      const { code, stderr } = await home.pmx(['audit', 'list']);
      expect(code).to.equal(2);
      expect(stderr).to.contain('PMX_CONFIG_UNREADABLE');
      expect((await home.pmx(['config', 'path'])).code).to.equal(0);
      const written = await home.pmx(['config', 'edit', '--editor', `cp ${home.file('good')}`]);
      expect(written.code, 'nothing to copy').to.equal(2);
      writeFileSync(home.file('good'), 'output: wide\n');
      const mended = await home.pmx(['config', 'edit', '--editor', `cp ${home.file('good')}`]);
      expect(mended.code, mended.stderr).to.equal(0);
      expect((await home.pmx(['audit', 'list'])).code).to.equal(0);
    });
  });

  it('a secret in a header is not taken from the command line', async () => {
    const { stderr, code } = await addLab('--header', 'X-Auth-Token=hunter2');
    expect(code).to.equal(1);
    expect(stderr).to.contain('PMX_SECRET_IN_FLAG').and.contain('${GATEWAY_SECRET}');
    expect(stderr).to.not.contain('hunter2');
    await addLab();
    const beside = '{"X-Auth-Token": "hunter2", "X-Gate": "${HOME}"}';
    const set = await home.pmx(['config', 'set', 'contexts.lab.headers', beside]);
    expect(set.code).to.equal(1);
    expect(set.stderr).to.contain('PMX_SECRET_IN_FLAG').and.not.contain('hunter2');
  });

  it('a cloned repository cannot send a stored secret elsewhere', async () => {
    await addLab();
    writeFileSync(home.file('.pmx.yaml'), 'contexts: {lab: {endpoint: "https://127.0.0.1:1"}}\n');
    const error = await failed('vm', 'list');
    expect(error.code).to.equal('PMX_PROJECT_KEY_REFUSED');
    rmSync(home.file('.pmx.yaml'));
  });
});

describe('contexts that guard', function () {
  this.timeout(120_000);
  let lab: Lab;
  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
  });
  after(() => lab.stop());

  const clear = async (field: string): Promise<void> => {
    await lab.json('config', 'unset', `contexts.sandbox.${field}`);
  };

  it('read-only: refuses every write before anything is sent, and dry runs say so', async () => {
    await lab.json('config', 'set', 'contexts.sandbox.readOnly', 'true');
    const before = lab.writes();
    for (const args of [
      ['vm', 'create', 'web-01', '--template', 'base'],
      ['api', 'post', '/pools', 'poolid=x'],
      ['template', 'delete', 'base', '--yes'],
    ]) {
      const { code, stdout } = await lab.pmx([...args, '--json']);
      expect(code).to.equal(1);
      expect(stdout).to.contain('PMX_READ_ONLY');
    }
    expect(lab.writes()).to.equal(before);
    const dry = await lab.pmx(['api', 'post', '/pools', 'poolid=x', '--dry-run']);
    expect(dry.code).to.equal(0);
    expect(dry.stderr).to.contain('Without --dry-run this is refused');
    expect((await lab.pmx(['vm', 'list'])).code).to.equal(0);
    await clear('readOnly');
  });

  it('confirm: always asks before changes that can be taken back, too', async () => {
    await lab.json('config', 'set', 'contexts.sandbox.confirm', 'always');
    const refused = await lab.pmx(['api', 'post', '/pools', 'poolid=ask', '--json']);
    expect(refused.code).to.equal(1);
    expect(refused.stdout).to.contain('PMX_CONFIRMATION_NEEDED');
    expect((await lab.pmx(['api', 'post', '/pools', 'poolid=ask', '--yes'])).code).to.equal(0);
    await clear('confirm');
  });

  it('pool, VMID range and tags go into new guests', async () => {
    await lab.json('api', 'post', '/pools', 'poolid=crew');
    await lab.json('config', 'set', 'contexts.sandbox.vmids', '7000-7001');
    await lab.json('config', 'set', 'contexts.sandbox.tags', 'crew,test');
    await lab.json('config', 'set', 'contexts.sandbox.pool', 'crew');
    const create = (name: string) =>
      lab.pmx(['vm', 'create', name, '--template', 'base', '--tags', 'own', '--json']);
    const first = JSON.parse((await create('in-range')).stdout) as { vmid: number; node: string };
    expect(first.vmid).to.equal(7000);
    const set = await lab.json<{ tags: string }>(
      'api',
      'get',
      `/nodes/${first.node}/qemu/7000/config`,
    );
    expect(set.tags.split(';').sort()).to.deep.equal(['crew', 'own', 'test']);
    const pool = await lab.json<{ members: Array<{ vmid: number }> }>('api', 'get', '/pools/crew');
    expect(pool.members.map(({ vmid }) => vmid)).to.include(7000);
    expect((await create('second')).code).to.equal(0);
    const full = await create('third');
    expect(full.code).to.equal(1);
    expect(full.stdout).to.contain('PMX_VMID_RANGE_FULL');
    for (const field of ['vmids', 'tags', 'pool']) await clear(field);
  });
});
