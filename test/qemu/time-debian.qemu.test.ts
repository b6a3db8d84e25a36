import { spawnSync } from 'node:child_process';

import { expect } from 'chai';

import {
  type ExpiredServer,
  hostAddress,
  serveExpired,
  serveTime,
  type TimeServer,
} from './expired-server.ts';
import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';
import { TimeTrial } from './time-trial.ts';

/** A first boot under emulation takes a minute on an idle machine. */
const BOOT_SECONDS = 600;
/** Of curl, when it does not accept a certificate. */
const REFUSED = 60;

/** Debian with systemd-timesyncd, which an NTP server keeps right; curl, which asks a server for a page. */
describe('pmx time, a Debian guest that keeps its clock by NTP', function () {
  this.timeout(1_500_000);
  let lab: QemuLab;
  let vmid: number;
  let server: ExpiredServer;
  let ntp: TimeServer;
  let trial: TimeTrial;

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    if (spawnSync('openssl', ['version']).error) skipping(this, 'openssl not installed');
    const image = guestImage('debian-image.sh');
    if ('missing' in image) skipping(this, image.missing);
    const served = await serveTime();
    if (typeof served === 'string') skipping(this, served);
    ntp = served;
    lab = await QemuLab.start('--memory-limit', '1200M', '--open-network');
    server = await serveExpired(lab.lab.file('ca'));
    await lab.lab.json(
      ...['template', 'create', '--image', image.path, '--name', 'debian', '--memory', '1G'],
    );
    ({ vmid } = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', 'jump', '--template', 'debian', '--ip', 'dhcp'],
      ...['--wait', 'agent', '--wait-timeout', String(BOOT_SECONDS)],
    ));
    await lab.shell(vmid, 'cloud-init status --wait', BOOT_SECONDS);
    await lab.post(vmid, '/agent/file-write', 'file=/root/cert', `content=${server.cert}`);
    await lab.shell(vmid, configured);
    await synchronized();
    trial = new TimeTrial(lab, 'jump', [
      ...['curl', '-sS', '--max-time', '60', '--cacert', '/root/cert'],
      `https://${hostAddress}:${server.port}/`,
    ]);
  });

  after(async () => {
    await lab?.lab.pmx(['vm', 'stop', 'jump', '--yes']);
    await server?.stop();
    ntp?.stop();
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  /** No other server, asked as often as can be. */
  const configured = `mkdir -p /etc/systemd/timesyncd.conf.d
printf '[Time]\\nNTP=${hostAddress}\\nFallbackNTP=\\nPollIntervalMinSec=16\\nPollIntervalMaxSec=16\\n' \\
  >/etc/systemd/timesyncd.conf.d/test.conf
systemctl restart systemd-timesyncd`;

  const synchronized = (): Promise<void> =>
    lab.until('a synchronized clock', async () => {
      const { out } = await lab.shell(vmid, 'timedatectl show -p NTPSynchronized --value');
      return out.trim() === 'yes';
    });

  /** Kept by NTP, so what is right is the time of this machine. */
  async function expectHome(): Promise<void> {
    await trial.expectHome(0);
    expect((await trial.status()).ntp).to.deep.equal(['systemd-timesyncd.service']);
  }

  it('is refused before, accepted meanwhile and refused afterwards', async () => {
    await trial.expectExpired(REFUSED);
    await trial.expectAcceptedMeanwhile('served');
    await trial.expectExpired(REFUSED);
    await expectHome();
    const before = ntp.asked();
    await synchronized();
    await lab.until('a question of timesyncd', async () => ntp.asked() > before);
    await expectHome();
  });

  it('is left shifted by NTP, for as long as the shift is open', async () => {
    const begun = Date.now();
    await lab.lab.json('time', 'shift', 'jump', '--to', '2017-06-01Z');
    console.log(`      shifted in ${Date.now() - begun} ms`);
    const asked = ntp.asked();
    // Longer than timesyncd would have needed to ask again.
    await lab.shell(vmid, 'sleep 20');
    expect(ntp.asked()).to.equal(asked);
    const { offset } = await trial.status();
    expect(offset).to.be.below(-3000 * 86_400_000);
    await trial.expectBrought('jump');
    await expectHome();
  });

  it('comes home by --due after kill -9', async () => {
    for (const step of ['clock', 'ntp-back']) {
      await trial.expectHomeAfterKill(step);
      await expectHome();
    }
  });

  it('comes home after a reboot of the guest in the middle of a run', async () => {
    await trial.expectHomeAfterReboot(vmid, 0);
    await expectHome();
    await trial.expectExpired(REFUSED);
  });
});
