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
    const made = await lab.lab.json<{ vmid: number; name: string; version: string }>(
      ...['template', 'create', 'my-debian', '--memory', '1G', '--version', 'auto'],
    );
    expect(made.name).to.equal('my-debian');
    expect(publisher.asked.map(({ path }) => path)).to.include('/images/20261120/SHA512SUMS');
    const before = await lab.lab.holdings();

    const report = lab.lab.file('report.xml');
    const { code, stdout, stderr } = await lab.lab.pmx([
      'template',
      'test',
      'my-debian',
      '--junit',
      report,
      '--json',
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
});
