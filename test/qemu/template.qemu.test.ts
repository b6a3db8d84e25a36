import { readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { digest, Publisher } from '../unit/catalog/publisher.ts';
import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';

interface Tested {
  ok: boolean;
  clone: { address: string | null };
  checks: Array<{ name: string; ok: boolean; detail: string }>;
}

/** From a publisher's image to a template that has shown what it can, with nothing but pmx. */
describe('catalogue → template → template test, a Debian guest', function () {
  this.timeout(1_200_000);
  let lab: QemuLab;
  let publisher: Publisher;

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    const image = guestImage('debian-image.sh');
    if ('missing' in image) skipping(this, image.missing);
    const content = readFileSync(image.path);
    [lab, publisher] = await Promise.all([
      QemuLab.start('--memory-limit', '1200M'),
      Publisher.start(),
    ]);
    const file = 'my-debian-amd64.qcow2';
    publisher.put(`/images/20261120/${file}`, content);
    publisher.put('/images/20261120/SHA512SUMS', `${digest('sha512', content)}  ${file}\n`);
    publisher.put(
      '/images/',
      '<a href="20261101/">20261101/</a> <a href="20261120/">20261120/</a>',
    );
    const entry = {
      id: 'my-debian',
      distribution: 'debian',
      version: '12',
      arch: { x86_64: 'amd64' },
      image: `${publisher.base}/images/{build}/my-debian-{arch}.qcow2`,
      newest: { url: `${publisher.base}/images/`, pattern: 'href="(\\d{8})/"' },
      format: 'qcow2',
      checksum: {
        url: `${publisher.base}/images/{build}/SHA512SUMS`,
        algorithm: 'sha512',
        format: 'coreutils',
      },
      provisioning: 'cloud-init',
      minDisk: 2,
      firmware: 'bios',
      os: 'l26',
      status: 'supported',
    };
    // JSON is YAML, too.
    writeFileSync(lab.lab.file('mine.yaml'), JSON.stringify([entry]));
    await lab.lab.json('config', 'set', 'catalog', lab.lab.file('mine.yaml'));
  });

  after(async () => {
    await publisher?.stop();
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  it('passes every check, and leaves only the template', async () => {
    writeFileSync(
      lab.lab.file('setup.sh'),
      '#!/bin/sh\nset -e\ncp /etc/machine-id /etc/built-by\ncat /etc/ssh/ssh_host_*.pub > /etc/built-keys\n',
    );
    const made = await lab.lab.json<{ vmid: number; name: string }>(
      ...['template', 'create', 'my-debian', '--memory', '1G', '--version', 'auto'],
      // There is no network in there: these packages are asked for, and found.
      ...['--packages', 'curl,openssl', '--snippet', 'qemu-guest-agent,hardening'],
      ...['--script', lab.lab.file('setup.sh')],
    );
    expect(made.name).to.equal('my-debian');
    expect(publisher.asked.map(({ path }) => path)).to.include('/images/20261120/SHA512SUMS');
    const before = await lab.lab.holdings();
    expect(before.volumes.filter((volid) => /\.iso$|import\//.test(volid))).to.deep.equal([]);

    const report = lab.lab.file('report.xml');
    const { code, stdout, stderr } = await lab.lab.pmx([
      ...['template', 'test', 'my-debian', '--junit', report, '--json'],
    ]);
    expect(code, stdout + stderr + lab.serialLog(made.vmid + 1).slice(-3000)).to.equal(0);
    const tested = JSON.parse(stdout) as Tested;
    expect(tested.checks.map(({ name }) => name)).to.have.members([
      ...['agent', 'network', 'cloud-init', 'hostname', 'user', 'key', 'disk', 'units'],
    ]);
    expect(tested.checks.filter(({ ok }) => !ok)).to.deep.equal([]);
    expect(tested.clone.address).to.match(/^\d+(\.\d+){3}$/);
    const junit = readFileSync(report, 'utf8');
    expect(junit).to.match(/<testsuites[^>]* tests="8"[^>]* failures="0"/);

    expect(await lab.lab.holdings()).to.deep.equal(before);
    expect(lab.processes()).to.deep.equal([]);
  });

  it('has in its clones what was put in, keys of their own, and what an ISO of cloudinit render says', async () => {
    const files = {
      'web.tpl': [
        '## template: pmx',
        '## value name: string',
        '## value motto: string',
        '#cloud-config',
        'users: [{ name: {{ name }} }]',
        'write_files:',
        '  - path: /etc/motto',
        '    content: {{ motto }}',
        '',
      ],
      'late.sh': ['#!/bin/sh', 'hostname > /etc/late', ''],
    };
    for (const [name, lines] of Object.entries(files))
      writeFileSync(lab.lab.file(name), lines.join('\n'));
    const motto = 'it\'s: "a" #1';
    await lab.lab.json(
      ...['cloudinit', 'render', lab.lab.file('web.tpl'), lab.lab.file('late.sh'), '--multipart'],
      ...['--set', 'name=carol', '--set', `motto=${motto}`, '--hostname', 'web-01'],
      ...['--layout', 'configdrive', '--iso', lab.lab.file('seed.iso')],
    );
    await lab.lab.json('storage', 'upload', lab.lab.file('seed.iso'), '--storage', 'local');
    const { vmid } = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', 'web-01', '--template', 'my-debian'],
    );
    await lab.put(vmid, '/config', 'scsi1=local:iso/seed.iso,media=cdrom');
    await lab.lab.json('vm', 'start', 'web-01');
    await lab.agentUp(vmid, 600);
    const { out } = await lab.shell(
      vmid,
      [
        'cloud-init status --wait',
        'hostname; id -un carol; cat /etc/motto; echo; cat /etc/late',
        'cmp -s /etc/machine-id /etc/built-by || echo other machine',
        'cat /etc/ssh/ssh_host_*.pub | cmp -s - /etc/built-keys || echo other keys',
        'sshd -T | grep -i ^passwordauthentication',
        'ls /root/.pmx-script* 2>/dev/null',
      ].join('\n'),
      600,
    );
    expect(out.replace(/^\.*/, '').trim().split('\n')).to.deep.equal([
      'status: done',
      'web-01',
      'carol',
      motto,
      'web-01',
      'other machine',
      'other keys',
      'passwordauthentication no',
    ]);
    await lab.lab.json('vm', 'stop', 'web-01', '--yes');
  });
});
