import { writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Lab } from './support.ts';

describe('what is put into templates of VMs, and by files', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    writeFileSync(lab.file('setup.sh'), '#!/bin/sh\necho hello > /etc/motd\n');
    writeFileSync(
      lab.file('mine.yaml'),
      'id: mine\ntitle: Mine\ndescription: My own.\nscript: echo mine > /etc/motd\n',
    );
    await lab.template('origin');
    await lab.json('vm', 'create', 'web-01', '--template', 'origin', '--wait', 'agent');
  });
  after(() => lab.stop());

  it('goes into a clone of a VM as well, with its network on; the VM itself is not touched', async () => {
    const configOf = async () =>
      (await lab.json<{ config: object }>('vm', 'show', 'web-01')).config;
    const before = await configOf();
    const holdings = await lab.holdings();
    const from = ['template', 'create', '--from-vm', 'web-01', '--snippet', './mine.yaml'];
    const made = await lab.json<{ vmid: number; sealed: boolean }>(
      ...[...from, '--script', 'setup.sh', '--name', 'web', '--version', '1'],
    );
    expect(made.sealed).to.equal(true);
    const { config, recipe } = await lab.json<{
      recipe: Record<string, unknown>;
      config: Record<string, string>;
    }>('template', 'show', 'web');
    expect(config['net0']).to.include('bridge=vmbr0').and.not.to.include('link_down');
    expect(recipe['snippets']).to.deep.equal(['./mine.yaml']);
    expect(recipe['script']).to.match(/^sha256:/);
    expect(await configOf()).to.deep.equal(before);

    const after = await lab.holdings();
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'task-fail'],
      ...['--method', 'POST', '--path', '/nodes/*/qemu/*/template'],
    );
    const failed = await lab.pmx([...from, '--no-seal', '--name', 'never', '--json']);
    await lab.json('sandbox', 'fault', 'clear');
    expect(failed.code, failed.stdout).to.equal(3);
    expect(await lab.holdings(), 'the clone is taken back').to.deep.equal(after);
    expect(after.guests.length).to.equal(holdings.guests.length + 1);
  });

  it('refuses a clone that would have the address of the VM, or whose agent is off', async () => {
    const from = ['template', 'create', '--from-vm', 'web-01', '--packages', 'git', '--name', 'no'];
    const code = async (): Promise<string[]> => {
      const { stdout, code: exit } = await lab.pmx([...from, '--json']);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      return [error.code, String(exit), error.message];
    };
    await lab.json('vm', 'set', 'web-01', '--ip', '10.0.0.9/24,gw=10.0.0.1');
    const writes = lab.writes();
    const [named, exit, message] = await code();
    expect([named, exit]).to.deep.equal(['PMX_BAKE_UNSUPPORTED', '1']);
    expect(message).to.include('10.0.0.9');
    expect(lab.writes()).to.equal(writes);
    await lab.json('vm', 'set', 'web-01', '--ip', 'dhcp', '--no-agent');
    const before = lab.writes();
    expect((await code())[2]).to.include('agent is switched off');
    expect(lab.writes()).to.equal(before);
  });

  it('installs packages and runs what pmx itself has for them', async () => {
    await createEmptyQcow2(lab.file('base.qcow2'), 2 ** 20);
    writeFileSync(
      lab.file('app.yaml'),
      'templates: [{ name: app, image: base.qcow2, packages: [git, curl], snippets: [docker, nginx] }]\n',
    );
    const built = await lab.json<Array<{ ok: boolean; result: { vmid: number } }>>(
      ...['template', 'build', '-f', lab.file('app.yaml')],
    );
    expect(built.map(({ ok }) => ok)).to.deep.equal([true]);
    const [{ result }] = built as [(typeof built)[0]];
    await lab.json('vm', 'create', 'of-app', '--template', String(result.vmid), '--wait', 'agent');
    const asked = await lab.pmx([
      ...['vm', 'exec', 'of-app', '--', 'sh', '-c'],
      'command -v git && systemctl is-active docker nginx',
    ]);
    expect(asked.stdout).to.equal('/usr/bin/git\nactive\nactive\n');
    const second = lab.writes();
    await lab.json('template', 'build', '-f', lab.file('app.yaml'));
    expect(lab.writes()).to.equal(second);
  });
});
