import { spawnSync } from 'node:child_process';

import { expect } from 'chai';

import { type ExpiredServer, hostAddress, serveExpired } from './expired-server.ts';
import { guestImage, missingPrograms, QemuLab, skipping } from './support.ts';
import { TimeTrial } from './time-trial.ts';

/** A real guest, small enough to be killed often, and a server whose certificate has expired. */
describe('pmx time, a real guest and an expired certificate', function () {
  this.timeout(600_000);
  let lab: QemuLab;
  let vmid: number;
  let server: ExpiredServer;
  let trial: TimeTrial;

  before(async function () {
    const missing = missingPrograms();
    if (missing !== undefined) skipping(this, missing);
    if (spawnSync('openssl', ['version']).error) skipping(this, 'openssl not installed');
    const image = guestImage('micro-guest.sh');
    if ('missing' in image) skipping(this, image.missing);
    lab = await QemuLab.start('--memory-limit', '700M', '--open-network');
    server = await serveExpired(lab.lab.file('ca'));
    await lab.lab.json(
      ...['template', 'create', '--image', image.path, '--name', 'micro', '--memory', '256M'],
    );
    ({ vmid } = await lab.lab.json<{ vmid: number }>(
      ...['vm', 'create', 'jump', '--template', 'micro', '--wait', 'agent'],
      ...['--wait-timeout', '120'],
    ));
    await connect();
    trial = new TimeTrial(lab, 'jump', [
      ...['openssl', 's_client', '-connect', `${hostAddress}:${server.port}`],
      ...['-CAfile', '/tmp/cert', '-verify_return_error', '-brief'],
    ]);
    await trial.begin();
  });

  after(async () => {
    await lab?.lab.pmx(['vm', 'stop', 'jump', '--yes']);
    await server?.stop();
    await lab?.stop();
    expect(lab?.processes() ?? []).to.deep.equal([]);
  });

  /** It lives in memory: with each boot its files and its address are gone. */
  async function connect(): Promise<void> {
    await lab.post(vmid, '/agent/file-write', 'file=/tmp/cert', `content=${server.cert}`);
    await lab.shell(vmid, 'ip addr add 10.0.2.15/24 dev eth0');
  }

  it('is refused before, accepted meanwhile and refused afterwards', async () => {
    await trial.expectExpired(1);
    await trial.expectAcceptedMeanwhile('Verification: OK');
    await trial.expectExpired(1);
    await trial.expectHome();
  });

  it('comes home by --due after kill -9 at every step of a run', async () => {
    for (const step of ['save', 'ntp', 'clock', 'exec', 'back', 'ntp-back', 'measure', 'forget'])
      await trial.expectHomeAfterKill(step);
    await trial.expectExpired(1);
  });

  it('comes home after a reboot of the guest in the middle', async () => {
    await trial.begin();
    await lab.lab.json('time', 'shift', 'jump', '--to', '2017-06-01Z');
    await lab.post(vmid, '/status/reset');
    await lab.agentUp(vmid);
    await trial.expectBrought('jump');
    await trial.expectHome();
  });

  it('comes home after a reboot of the guest in the middle of a run', async () => {
    await trial.begin();
    await trial.expectHomeAfterReboot(vmid);
    await connect();
    await trial.expectExpired(1);
  });
});
