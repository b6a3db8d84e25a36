import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Home } from './support.ts';

const template = [
  '## template: pmx',
  '## value name: string',
  '## value password: secret',
  '#cloud-config',
  'hostname: {{ name }}',
  'users:',
  '  - {name: ops, hashed_passwd: {{ password }}}',
  '',
].join('\n');

describe('files for cloud-init', function () {
  this.timeout(60_000);
  const home = new Home();

  before(() => {
    writeFileSync(home.file('web.tpl'), template);
    writeFileSync(home.file('secrets.yaml'), 'password: $6$salt$hunter2\n');
    writeFileSync(home.file('setup.sh'), '#!/bin/sh\necho set up\n');
    writeFileSync(home.file('bad.yaml'), '#cloud-config\npakages: [git]\napt_update: true\n');
    writeFileSync(home.file('old.yaml'), '#cloud-config\napt_update: true\n');
    writeFileSync(home.file('tabs.yaml'), '#cloud-config\na:\n\tb: 1\n');
  });
  after(() => home.remove());

  it('has line and column of every fault of every file, and an exit code', async () => {
    const { code, stdout, stderr } = await home.pmx([
      'cloudinit',
      'validate',
      'bad.yaml',
      'tabs.yaml',
      'setup.sh',
    ]);
    expect(code, stderr).to.equal(1);
    expect(stdout.split('\n').filter((line) => !line.startsWith(' '))).to.deep.equal([
      'bad.yaml:2:1: error: pakages is no key that cloud-init knows here',
      'bad.yaml:3:13: warning: apt_update is out of date since cloud-init 22.2',
      'tabs.yaml:3:1: error: is not valid YAML at line 3, column 1: a tab is used as indentation; use blanks; the guest would ignore the whole file',
      'setup.sh: ok (script, there is no schema for it)',
      '',
    ]);
    expect((await home.pmx(['cloudinit', 'validate', 'old.yaml'])).code).to.equal(0);
    expect((await home.pmx(['cloudinit', 'validate', 'old.yaml', '--strict'])).code).to.equal(1);
  });

  it('looks into what cloud-init takes apart, and says what it did not look at', async () => {
    const archive = (key: string): string =>
      `#cloud-config-archive\n- |\n  #!/bin/sh\n  true\n- type: text/cloud-config\n  content: |\n    ${key}: [git]\n`;
    writeFileSync(home.file('good.yaml'), archive('packages'));
    writeFileSync(home.file('parts.yaml'), archive('pakages'));
    writeFileSync(
      home.file('jinja.yaml'),
      '## template: jinja\n#cloud-config\nhostname: {{ ds.meta_data.name }}\n',
    );
    const { code, stdout } = await home.pmx([
      ...['cloudinit', 'validate', 'good.yaml', 'parts.yaml', 'jinja.yaml'],
    ]);
    expect(code).to.equal(1);
    expect(stdout.split('\n').filter((line) => !line.startsWith(' '))).to.deep.equal([
      'good.yaml: ok (cloud-config-archive, cloud-init 26.2; 2 parts: script, cloud-config)',
      'parts.yaml:7:5: error: part 2: pakages is no key that cloud-init knows here',
      'jinja.yaml: ok (jinja, cloud-init 26.2; not rendered, so values are not checked)',
      '',
    ]);
  });

  it('shows user-data without its secrets, which are only in files of their owner', async () => {
    const values = ['--set', 'name=web-01', '--values', 'secrets.yaml'];
    const shown = await home.pmx(['cloudinit', 'render', 'web.tpl', ...values, '--debug']);
    expect(shown.code, shown.stderr).to.equal(0);
    expect(shown.stdout).to.equal(
      '#cloud-config\nhostname: "web-01"\nusers:\n  - {name: ops, hashed_passwd: "***"}\n',
    );
    expect(shown.stdout + shown.stderr).not.to.include('hunter2');

    const made = await home.pmx([
      ...['cloudinit', 'render', 'web.tpl', 'setup.sh', '--multipart', ...values],
      ...['--out', 'user-data', '--iso', 'seed.iso', '--hostname', 'web-01', '--json'],
    ]);
    expect(made.code, made.stdout + made.stderr).to.equal(0);
    expect(made.stdout + made.stderr).not.to.include('hunter2');
    expect(JSON.parse(made.stdout).iso).to.include({ label: 'cidata', layout: 'nocloud' });
    expect(readFileSync(home.file('user-data'), 'utf8')).to.include('$6$salt$hunter2');
    for (const name of ['user-data', 'seed.iso'])
      expect(statSync(home.file(name)).mode & 0o777).to.equal(0o600);
    expect(readdirSync(home.path).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });

  for (const [layout, path, label] of [
    ['nocloud', '/user-data', 'cidata'],
    ['configdrive', '/openstack/latest/user_data', 'config-2'],
  ] as const) {
    it(`makes an ISO of layout ${layout} that isoinfo reads`, async function () {
      const args = [
        'cloudinit',
        'render',
        'setup.sh',
        '--iso',
        `${layout}.iso`,
        '--layout',
        layout,
      ];
      const { code, stderr } = await home.pmx(args);
      expect(code, stderr).to.equal(0);
      const isoinfo = (...words: string[]) =>
        spawnSync('isoinfo', ['-i', home.file(`${layout}.iso`), ...words], { encoding: 'utf8' });
      const head = isoinfo('-d');
      if (head.error) this.skip();
      expect(head.stdout).to.include(`Volume id: ${label}`);
      expect(isoinfo('-R', '-x', path).stdout).to.equal('#!/bin/sh\necho set up\n');
      // Equal input, equal bytes: a pipeline can see that nothing changed.
      const before = readFileSync(home.file(`${layout}.iso`));
      await home.pmx(args);
      expect(readFileSync(home.file(`${layout}.iso`)).equals(before)).to.equal(true);
    });
  }

  it('writes nothing when something is wrong', async () => {
    const cases: Array<[string[], string, number]> = [
      [['bad.yaml'], 'PMX_CLOUDINIT_INVALID', 1],
      [['old.yaml', 'setup.sh'], 'PMX_CLOUDINIT_SEVERAL', 1],
      [['web.tpl', '--set', 'name=x'], 'PMX_CLOUDINIT_VALUE', 1],
      [['web.tpl', '--set', 'name'], 'PMX_CLOUDINIT_VALUE', 1],
      [
        ['web.tpl', '--set', 'name=x', '--set', 'nmae=x', '--values', 'secrets.yaml'],
        'PMX_CLOUDINIT_VALUE',
        1,
      ],
      [['tabs.yaml'], 'PMX_CLOUDINIT_YAML', 1],
      [['missing.yaml'], 'PMX_FILE_UNREADABLE', 1],
      [['old.yaml', '--values', 'setup.sh'], 'PMX_CLOUDINIT_VALUE', 1],
    ];
    for (const [words, wanted, exit] of cases) {
      const outcome = await home.pmx(['cloudinit', 'render', ...words, '--out', 'never', '--json']);
      const { error } = JSON.parse(outcome.stdout) as { error: { code: string } };
      expect([error.code, outcome.code], words.join(' ')).to.deep.equal([wanted, exit]);
      expect(outcome.stdout + outcome.stderr).not.to.include('hunter2');
      expect(existsSync(home.file('never'))).to.equal(false);
    }
    const unwritable = await home.pmx([
      'cloudinit',
      'render',
      'old.yaml',
      '--out',
      'no/such/folder',
    ]);
    expect(unwritable.code).to.equal(2);
  });

  it('explains keys, and offers the one that was meant', async () => {
    const { keys, type } = await home.json<{ keys: Array<{ name: string }>; type: string }>(
      'cloudinit',
      'schema',
      'ntp',
    );
    expect(type).to.equal('nothing or a mapping');
    expect(keys.map(({ name }) => name)).to.include.members(['enabled', 'pools', 'servers']);
    const wrong = await home.pmx(['cloudinit', 'schema', 'ntp.sevrers']);
    expect(wrong.code).to.equal(1);
    expect(wrong.stderr).to.include('ntp.servers');
  });
});
