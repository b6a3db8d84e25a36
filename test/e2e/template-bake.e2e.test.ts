import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Lab, type Outcome, until } from './support.ts';

const snippet = (id: string, script: string): string =>
  `id: ${id}\ntitle: ${id}\ndescription: My own.\nscript: ${script}\n`;

describe('what is put into templates', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await createEmptyQcow2(lab.file('base.qcow2'), 64 * 2 ** 20);
    writeFileSync(lab.file('setup.sh'), '#!/bin/sh\necho hunter2 > /etc/motd\n');
    writeFileSync(lab.file('plain.txt'), 'echo no interpreter\n');
    writeFileSync(
      lab.file('mine.yaml'),
      `${snippet('mine', 'echo mine > /etc/motd')}check: test -f /etc/motd\n`,
    );
    writeFileSync(lab.file('slow.yaml'), snippet('slow', 'sleep 5'));
    writeFileSync(lab.file('wrong.yaml'), 'id: Mine\nscrpt: "true"\n');
  });
  after(() => lab.stop());

  const create = (...args: string[]): Promise<Outcome> =>
    lab.pmx(['template', 'create', '--image', 'base.qcow2', ...args, '--json']);

  it('goes in through the agent of a first boot, and leaves only the template', async () => {
    const before = await lab.holdings();
    const made = await create(
      ...['--name', 'own', '--version', '1', '--snippet', './mine.yaml', '--script', 'setup.sh'],
    );
    expect(made.code, made.stdout + made.stderr).to.equal(0);
    const { vmid } = JSON.parse(made.stdout) as { vmid: number };
    const shown = await lab.json<{
      recipe: Record<string, unknown>;
      config: Record<string, string>;
    }>('template', 'show', 'own');
    expect(shown.recipe['snippets']).to.deep.equal(['./mine.yaml']);
    expect(shown.recipe['script']).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(shown.config['scsi1']).to.include('cloudinit').and.not.to.include('.iso');
    const after = await lab.holdings();
    expect(after.volumes.filter((volid) => /\.iso$|import\//.test(volid))).to.deep.equal([]);
    expect(after.guests).to.deep.equal([...before.guests, String(vmid)].sort());

    const refused = await lab.pmx(['template', 'refresh', 'own', '--json']);
    expect(refused.code, refused.stdout).not.to.equal(0);
  });

  it('takes VM, image and ISO back when a guest cannot do it, and notes no word of a script', async () => {
    const before = await lab.holdings();
    writeFileSync(
      lab.file('broken.sh'),
      '#!/bin/sh\necho hunter2 > /etc/motd\necho broken >&2\nexit 3\n',
    );
    const failed = await create(
      ...['--name', 'bad', '--packages', 'git,curl', '--script', 'broken.sh', '--version', '1'],
    );
    expect(failed.code, failed.stdout + failed.stderr).to.equal(3);
    const { error } = JSON.parse(failed.stdout) as {
      error: { code: string; message: string; data: { operation: string; left: string[] } };
    };
    expect(error.code).to.equal('PMX_GUEST_PROGRAM_FAILED');
    expect(error.message).to.match(/'broken\.sh' failed in VM \d+: broken$/);
    expect(error.data.left).to.deep.equal([]);
    expect(await lab.holdings()).to.deep.equal(before);
    const file = `state/operations/${error.data.operation}.jsonl`;
    const journal = readFileSync(lab.file(file), 'utf8');
    expect(journal).to.include('broken.sh').and.not.to.include('hunter2');
  });

  for (const [verb, status] of [
    ['rollback', 'rolled-back'],
    ['resume', 'completed'],
  ] as const) {
    it(`kill -9 while it is being put in, then ${verb}: nothing is left over`, async () => {
      const before = await lab.holdings();
      const child = lab.spawn([
        ...['template', 'create', '--image', 'base.qcow2', '--name', `killed-${verb}`],
        ...['--snippet', './slow.yaml', '--script', 'setup.sh', '--json'],
      ]);
      child.stdin!.end();
      // The snippet takes a while: it is under way when it was asked for.
      const asked = lab.requests().filter(({ path }) => path.endsWith('/agent/exec')).length;
      await until(
        () => lab.requests().filter(({ path }) => path.endsWith('/agent/exec')).length >= asked + 2,
        'the snippet',
      );
      child.kill('SIGKILL');
      await once(child, 'close');
      const [operation] = await lab.json<Array<{ id: string; status: string }>>('op', 'list');
      expect(operation!.status).to.equal('interrupted');
      const ended = await lab.pmx(['op', verb, operation!.id]);
      expect(ended.code, ended.stderr).to.equal(0);
      const shown = await lab.json<{ status: string }>('op', 'show', operation!.id);
      expect(shown.status).to.equal(status);
      const after = await lab.holdings();
      if (verb === 'rollback') expect(after).to.deep.equal(before);
      else expect(after.guests.length).to.equal(before.guests.length + 1);
      expect(after.volumes.filter((volid) => /\.iso$|import\//.test(volid))).to.deep.equal([]);
    });
  }

  it('says in a dry run what would be put in, and changes nothing', async () => {
    const writes = lab.writes();
    const plan = await lab.pmx([
      ...['template', 'create', '--image', 'base.qcow2', '--name', 'dry', '--snippet', 'docker'],
      '--dry-run',
    ]);
    expect(plan.code, plan.stderr).to.equal(0);
    expect(plan.stdout).to.include('Snippet docker').and.include('Remove the ISO');
    expect(plan.stdout).not.to.include('install_packages');
    expect(lab.writes()).to.equal(writes);
  });

  it('refuses what cannot be put in, before anything is changed', async () => {
    const writes = lab.writes();
    const cases: Array<[string[], string]> = [
      [['--packages', 'git;reboot'], 'PMX_INVALID_PACKAGE'],
      [['--snippet', 'dokcer'], 'PMX_SNIPPET_UNKNOWN'],
      [['--snippet', './wrong.yaml'], 'PMX_SNIPPET_INVALID'],
      [['--snippet', './none.yaml'], 'PMX_FILE_UNREADABLE'],
      [['--script', 'plain.txt'], 'PMX_SCRIPT_INVALID'],
      [['--script', 'none.sh'], 'PMX_FILE_UNREADABLE'],
    ];
    for (const [words, wanted] of cases) {
      const outcome = await create('--name', 'never', ...words);
      const { error } = JSON.parse(outcome.stdout) as { error: { code: string } };
      expect([error.code, outcome.code], words.join(' ')).to.deep.equal([wanted, 1]);
    }
    expect(lab.writes()).to.equal(writes);
  });
});
