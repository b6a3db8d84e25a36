import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab } from '../e2e/support.ts';
import { asking, calls, commands, type Facts, prepare, withFlags } from './calls.ts';

/** Files with their size and time of change, but for what the server itself writes. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !path.startsWith(join(folder, 'data', 'sandbox')) &&
        !path.startsWith(join(folder, 'cache')),
    )
    .map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`)
    .sort();
}

describe('every command of every manifest', function () {
  this.timeout(60_000);
  let lab: Lab;
  let facts: Facts;

  before(async function () {
    this.timeout(180_000);
    lab = await Lab.start('--idrac', '9');
    facts = await prepare(lab);
  });

  after(() => lab.stop());

  const all = commands().filter(({ id }) => id !== 'help');

  it('there are some', () => {
    expect(all.length).to.be.greaterThan(30);
  });

  for (const command of all) {
    const { id, flags } = command;
    const words = id.replaceAll(':', ' ');
    const changes = 'dry-run' in flags;

    it(`pmx ${words}: summary, example and descriptions are there`, () => {
      expect(command.summary).to.match(/^[A-Z].*\.$/);
      expect(command.examples, 'examples').to.not.be.empty;
      for (const example of command.examples!)
        expect(example).to.include(`<%= config.bin %> ${words}`);
      for (const item of [...Object.values(flags), ...Object.values(command.args)])
        expect(item.description).to.be.a('string');
    });

    it(`pmx ${words}: no value of this machine in the manifest`, () => {
      const defaults = Object.values(flags).map((flag) => flag.default);
      expect(JSON.stringify(defaults)).to.not.match(/\/(home|root|tmp|work)\b/);
    });

    it(`pmx ${words}${changes ? ' --dry-run' : ''}: writes nothing`, async () => {
      const call = calls[id];
      expect(call, `a call of "${id}" in this test`).to.be.a('function');
      const before = { writes: lab.writes(), files: snapshot(lab.path) };
      const args = withFlags(
        [...words.split(' '), ...call!(lab, facts)],
        changes ? ['--dry-run'] : [],
      );
      const { code, stdout, stderr } = await lab.pmx(args, { input: 'secret-from-stdin' });
      expect(code, `${args.join(' ')}\n${stdout}\n${stderr}`).to.equal(id in asking ? 1 : 0);
      if (id in asking) expect(stderr).to.include(asking[id]);
      else if (changes) expect(stdout).to.include('dry run, nothing is changed');
      expect(stdout + stderr).to.not.include('secret-from-stdin');
      expect(lab.writes()).to.equal(before.writes);
      expect(snapshot(lab.path)).to.deep.equal(before.files);
    });
  }

  /** Commands of which nobody can tell beforehand what they do. */
  const unplanned = new Set([
    'auth:can-i',
    'auth:role',
    'config:edit',
    // A login is an event on the controller.
    'idrac:cert:csr',
    'idrac:cert:export',
    'idrac:cert:replace',
    'idrac:cert:reset',
    'idrac:login',
    'idrac:power:cycle',
    'idrac:power:off',
    'idrac:power:on',
    'idrac:power:reset',
    'idrac:power:status',
    'idrac:time:sync',
    'init',
    'login',
    'preflight',
    'sandbox:log',
    'ct:watch',
    'vm:watch',
    'wait',
  ]);

  for (const { id } of all) {
    const words = id.split(':');
    it(`pmx auth can-i "${words.join(' ')} …": writes nothing`, async () => {
      const before = { writes: lab.writes(), files: snapshot(lab.path) };
      const line = [...words, ...calls[id]!(lab, facts)];
      const { code, stdout, stderr } = await lab.pmx(['auth', 'can-i', '--json', '--', ...line], {
        input: 'secret-from-stdin',
        env: { EDITOR: `touch ${lab.file('edited')} #` },
      });
      const { error } = JSON.parse(stdout) as { error?: { code: string } };
      if (unplanned.has(id)) expect(error?.code).to.equal('PMX_NO_PLAN');
      else expect(code, `${line.join(' ')}\n${stdout}\n${stderr}`).to.be.oneOf([0, 2, 3]);
      expect(stdout + stderr).to.not.include('secret-from-stdin');
      expect(lab.writes()).to.equal(before.writes);
      expect(snapshot(lab.path)).to.deep.equal(before.files);
    });
  }

  it('pmx auth can-i "logout --revoke": is no login', async () => {
    const requests = lab.requests().length;
    const { stdout } = await lab.pmx(
      ['auth', 'can-i', '--json', '--', 'logout', 'sandbox', '--revoke', '--password-stdin'],
      { input: lab.secret() },
    );
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'PMX_NO_PLAN');
    expect(lab.requests()).to.have.length(requests);
  });

  it('dry runs hold every call against the API description of the server', async () => {
    const { code, stderr } = await lab.pmx([
      'api',
      'put',
      '/nodes/pve1/qemu/101/config',
      'nosuchoption=1',
      '--dry-run',
    ]);
    expect(code).to.equal(0);
    expect(stderr).to.match(/Warning: .*nosuchoption/);
  });
});
