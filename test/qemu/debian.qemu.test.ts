import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';

/** A first boot under emulation takes a minute on an idle machine. */
const BOOT_SECONDS = 600;

/** Debian with cloud-init: what pmx asks for is really there in the guest. */
describe('engine qemu, Debian guest', function () {
  this.timeout(1_500_000);
  let lab: QemuLab;
  let key: string;

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    const image = guestImage('debian-image.sh');
    if ('missing' in image) skipping(this, image.missing);
    lab = await QemuLab.start('--memory-limit', '1200M');
    const file = lab.lab.file('key');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'qemu-test', '-f', file]);
    key = readFileSync(`${file}.pub`, 'utf8').trim();
    const args = [
      'template',
      'create',
      '--image',
      image.path,
      '--name',
      'debian',
      '--memory',
      '1G',
    ];
    await lab.lab.json(...args);
  });

  after(async () => {
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  afterEach(async () => {
    const guests = await lab.lab.json<{ vmid: number; name: string }[]>('vm', 'list');
    for (const { vmid } of guests) {
      await lab.lab.pmx(['vm', 'stop', String(vmid), '-y']);
      await lab.lab.pmx(['vm', 'delete', String(vmid), '-y']);
    }
  });

  async function create(name: string, ...flags: string[]): Promise<number> {
    const { vmid } = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', name, '--template', 'debian', ...flags],
      ...['--wait', 'agent', '--wait-timeout', String(BOOT_SECONDS)],
    );
    return vmid;
  }

  /** cloud-init ends later than the agent begins; its exit status is about things that this test does not ask for. */
  const configured = (vmid: number): Promise<unknown> =>
    lab.shell(vmid, 'cloud-init status --wait', BOOT_SECONDS);

  it('has host name, user and key of Proxmox VE’s own cloud-init drive, and shuts down when asked', async () => {
    const file = lab.lab.file('key.pub');
    const vmid = await create('native-01', '--user', 'alice', '--ssh-key', file);
    await configured(vmid);
    const script = 'hostname; id -un alice; cat ~alice/.ssh/authorized_keys';
    expect((await lab.shell(vmid, script)).out).to.equal(`native-01\nalice\n${key}\n`);
    const info = await lab.get<{ result: { id: string } }>(vmid, '/agent/get-osinfo');
    expect(info.result.id).to.equal('debian');
    await lab.lab.json('vm', 'shutdown', String(vmid), '-y');
    expect((await lab.status(vmid)).status).to.equal('stopped');
  });

  it('has what own user-data asks for', async () => {
    const file = lab.lab.file('user-data');
    const lines = [
      '#cloud-config',
      'hostname: own-name',
      'users:',
      '  - name: bob',
      `    ssh_authorized_keys: ["${key}"]`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const vmid = await create('own-01', '--user-data', file);
    await configured(vmid);
    const script = 'hostname; id -un bob; cat ~bob/.ssh/authorized_keys';
    expect((await lab.shell(vmid, script)).out).to.equal(`own-name\nbob\n${key}\n`);
  });
});
