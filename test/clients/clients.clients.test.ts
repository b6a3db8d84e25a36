import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, type Outcome, outcomeOf } from '../e2e/support.ts';

/** Debian's Python, which python3-proxmoxer and ansible are packaged for. */
const python = '/usr/bin/python3';
const folder = import.meta.dirname;

function missing(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
}

interface Settings {
  LAB_PORT: string;
  LAB_SECRET: string;
  LAB_TEMPLATE: string;
}

/** Other people's clients against the sandbox: nothing of pmx takes part. */
describe("other people's clients", function () {
  this.timeout(180_000);
  let lab: Lab;
  let settings: Settings;

  before(async () => {
    lab = await Lab.start();
    const template = await lab.template('base');
    const { endpoint } = await lab.json<{ endpoint: string }>('context', 'show', 'sandbox');
    settings = {
      LAB_PORT: new URL(endpoint).port,
      LAB_SECRET: lab.secret(),
      LAB_TEMPLATE: String(template),
    };
  });

  after(() => lab.stop());

  function run(command: string, args: string[]): Promise<Outcome> {
    // Python's requests lets these two win over validate_certs: false.
    const { REQUESTS_CA_BUNDLE: _requests, CURL_CA_BUNDLE: _curl, ...env } = lab.env();
    const child = spawn(command, args, {
      cwd: lab.path,
      env: {
        ...env,
        ...settings,
        ANSIBLE_LOCALHOST_WARNING: 'False',
        PYTHONWARNINGS: 'ignore',
      },
    });
    child.stdin.end();
    return outcomeOf(child);
  }

  it('proxmoxer: clone, configure, resize, start, agent, snapshot, delete, by token and by password', async function () {
    if (missing(python, '-c', 'import proxmoxer')) {
      console.log('      skipped: Debian package python3-proxmoxer is not installed');
      this.skip();
    }
    const { code, stdout, stderr } = await run(python, [join(folder, 'proxmoxer_job.py')]);
    expect(code, stderr).to.equal(0);
    const seen = JSON.parse(stdout) as Record<'token' | 'password', Record<string, unknown>> & {
      missing: string;
    };
    for (const way of ['token', 'password'] as const) {
      expect(seen[way], way).to.deep.include({ memory: '1024', left: [] });
      expect(seen[way]['version']).to.match(/^9\./);
      expect(seen[way]['addresses']).to.include('10.0.0.9');
      expect(seen[way]['snapshots']).to.include.members(['before', 'current']);
    }
    expect(seen.missing).to.match(/^500 .*4711/);
  });

  it('Ansible: community.general.proxmox_kvm clones, starts, stops and deletes', async function () {
    if (missing('ansible-playbook', '--version')) {
      console.log('      skipped: Debian package ansible is not installed');
      this.skip();
    }
    const { code, stdout, stderr } = await run('ansible-playbook', [
      '-e',
      `ansible_python_interpreter=${python}`,
      join(folder, 'proxmox_kvm.yaml'),
    ]);
    expect(code, stdout + stderr).to.equal(0);
    const vms = await lab.json<Array<{ vmid: number }>>('vm', 'list');
    expect(vms.map(({ vmid }) => vmid)).to.not.include(700);
  });

  it('Ansible: the inventory plugin lists the guests with their groups', async function () {
    if (missing('ansible-inventory', '--version')) {
      console.log('      skipped: Debian package ansible is not installed');
      this.skip();
    }
    await lab.json(
      'vm',
      'create',
      'inventory-vm',
      '--template',
      'base',
      '--tags',
      'web',
      '--start',
    );
    const file = lab.file('lab.proxmox.yml');
    writeFileSync(
      file,
      [
        'plugin: community.general.proxmox',
        `url: https://127.0.0.1:${settings.LAB_PORT}`,
        'user: root@pam',
        'token_id: pmx',
        `token_secret: ${settings.LAB_SECRET}`,
        'validate_certs: false',
        'want_facts: true',
        '',
      ].join('\n'),
      { mode: 0o600 },
    );
    const { code, stdout, stderr } = await run('ansible-inventory', ['-i', file, '--list']);
    expect(code, stdout + stderr).to.equal(0);
    const { _meta } = JSON.parse(stdout) as {
      _meta: { hostvars: Record<string, Record<string, unknown>> };
    };
    expect(_meta.hostvars).to.have.property('inventory-vm');
    expect(_meta.hostvars['inventory-vm']).to.include({
      proxmox_status: 'running',
      proxmox_node: 'pve1',
    });
  });
});
