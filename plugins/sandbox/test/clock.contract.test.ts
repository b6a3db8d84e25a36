import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import { Bench } from './helper.ts';
import type { Json } from './helper.ts';

const YEAR_2017 = Date.UTC(2017, 5, 1) / 1000;
/** What a loaded machine may need between a call and its answer. */
const SLACK_SECONDS = 30;
/** systemd's build date: no boot begins earlier. */
const BUILD = Date.UTC(2026, 3, 27) / 1000;

describe('time inside a guest', function () {
  this.timeout(60_000);
  let bench: Bench;

  before(async () => {
    bench = await Bench.start();
    await make(100, {});
  });

  after(() => bench.stop());

  async function make(vmid: number, more: Record<string, unknown>): Promise<void> {
    const settings = { vmid, name: `vm-${vmid}`, agent: 1, scsi0: 'local:1,format=qcow2', ...more };
    await bench.ok(bench.post('/nodes/pve1/qemu', settings));
    await bench.ok(bench.post(`/nodes/pve1/qemu/${vmid}/status/start`));
  }

  async function sh(script: string, vmid = 100): Promise<Json> {
    const path = `/nodes/pve1/qemu/${vmid}/agent`;
    const { data } = await bench.send('POST', `${path}/exec`, {
      json: { command: ['sh', '-c', script] },
    });
    for (;;) {
      const status = await bench.read(`${path}/exec-status?pid=${data.pid}`);
      if (status.exited === 1)
        return {
          out: status['out-data'] ?? '',
          err: status['err-data'] ?? '',
          code: status.exitcode,
        };
      await sleep(20);
    }
  }
  const out = async (script: string, vmid = 100): Promise<string> => (await sh(script, vmid)).out;
  const clock = async (vmid = 100): Promise<number> => Number(await out('date +%s', vmid));
  const rtc = async (vmid = 100): Promise<number> =>
    Date.parse((await out('hwclock -r', vmid)).trim().replace(' ', 'T')) / 1000;
  const host = (): number => Date.now() / 1000;
  const near = (value: number, wanted: number): void => {
    expect(value).to.be.within(wanted - 2, wanted + SLACK_SECONDS);
  };

  const dates: [string, string][] = [
    ['date -u -d @0', 'Thu Jan  1 00:00:00 UTC 1970\n'],
    ['date -u -d @1e', ''],
    ['date -u -d "2017-06-01 12:30:05" +%s', `${YEAR_2017 + 45_005}\n`],
    [
      'date -u -d "1 Jun 2017 12:30" "+%F %T %A %B %j %p"',
      '2017-06-01 12:30:00 Thursday June 152 PM\n',
    ],
    ['date -u -d "2017-06-01T00:00:00+02:00" -Iseconds', '2017-05-31T22:00:00+00:00\n'],
    ['date -u -d "2017-06-01 + 2 days" +%F', '2017-06-03\n'],
    ['date -u -d "2017-06-01 1 week ago" +%F', '2017-05-25\n'],
    ['date -u -d "@1496275200" -R', 'Thu, 01 Jun 2017 00:00:00 +0000\n'],
    [
      'date -u -d @1496275200 "+%-m/%_d/%y %I%p %V %G %u %:z %3N%%"',
      '6/ 1/17 12AM 22 2017 4 +00:00 000%\n',
    ],
    ['date -u -d "2017-02-30" +%F', ''],
    ['date -u -d nonsense', ''],
  ];
  for (const [script, wanted] of dates) {
    it(`answers ${script}`, async () => {
      const result = await sh(script);
      expect(result.out, result.err).to.equal(wanted);
      if (wanted !== '') return;
      expect(result.code).to.equal(1);
      expect(result.err).to.match(/^date: invalid date '/);
    });
  }

  it('takes a shift back while its NTP service runs, and the agent follows', async () => {
    expect(await out('systemctl is-active systemd-timesyncd')).to.equal('active\n');
    await sh(`date -u -s @${YEAR_2017}`);
    near(await clock(), YEAR_2017);
    near((await bench.read('/nodes/pve1/qemu/100/agent/get-time')).result / 1e9, YEAR_2017);
    for (let tries = 0; (await clock()) < BUILD; tries++) {
      expect(tries, 'the shift is still there').to.be.lessThan(200);
      await sleep(100);
    }
    near(await clock(), host());
  });

  it('keeps a shift once NTP is off; the hardware clock is another one', async () => {
    await sh('timedatectl set-ntp false');
    expect(await out('timedatectl show -p NTP --value')).to.equal('no\n');
    expect(await out('systemctl is-enabled systemd-timesyncd; echo $?')).to.equal('disabled\n1\n');
    await sh(`date -u -s @${YEAR_2017}`);
    await sleep(4500);
    near(await clock(), YEAR_2017);
    near(await rtc(), host());
    await sh('hwclock --systohc');
    near(await rtc(), YEAR_2017);
    await sh('timedatectl set-time "2018-01-01 00:00:00"');
    near(await clock(), Date.UTC(2018, 0, 1) / 1000);
    near(await rtc(), Date.UTC(2018, 0, 1) / 1000);
  });

  it('resets what a reset resets: hardware clock kept, system clock not before the build of systemd', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/reset'));
    near(await rtc(), Date.UTC(2018, 0, 1) / 1000);
    near(await clock(), BUILD);
    expect(await out('systemctl is-active systemd-timesyncd')).to.equal('inactive\n');
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/reboot'));
    near(await rtc(), host());
    near(await clock(), host());
    expect((await sh('timedatectl set-ntp true; timedatectl set-time 12:00')).err).to.equal(
      'Failed to set time: Automatic time synchronization is enabled\n',
    );
  });

  it('begins at startdate with every start', async () => {
    await make(101, { startdate: '2017-06-01T00:00:00', tags: 'no-ntp' });
    near(await rtc(101), YEAR_2017);
    near(await clock(101), BUILD);
    expect(await out('timedatectl', 101)).to.match(/NTP service: n\/a/);
    expect((await sh('timedatectl set-ntp true', 101)).err).to.equal(
      'Failed to set ntp: NTP not supported\n',
    );
    await make(102, { startdate: '2027-06-01' });
    near(await rtc(102), Date.UTC(2027, 5, 1) / 1000);
    near(await clock(102), Date.UTC(2027, 5, 1) / 1000);
  });

  it('steps with chrony only when that starts', async () => {
    await make(103, { tags: 'chrony' });
    expect(await out('systemctl show chronyd -p Id --value', 103)).to.equal('chrony.service\n');
    await sh(`date -u -s @${YEAR_2017}`, 103);
    await sleep(4500);
    expect(await clock(103)).to.be.lessThan(YEAR_2017 + 120);
    await sh('systemctl restart chrony', 103);
    for (let tries = 0; (await clock(103)) < BUILD; tries++) {
      expect(tries, 'the shift is still there').to.be.lessThan(200);
      await sleep(100);
    }
  });

  it('has services that can be switched, for now and for the next boot', async () => {
    expect((await sh('systemctl is-active ssh nosuch; echo $?')).out).to.equal(
      'active\ninactive\n3\n',
    );
    await sh('systemctl mask --now systemd-timesyncd');
    const refused = await sh('systemctl start systemd-timesyncd');
    expect([refused.code, refused.err]).to.deep.equal([
      1,
      'Failed to start systemd-timesyncd.service: Unit systemd-timesyncd.service is masked.\n',
    ]);
    expect(await out('systemctl is-enabled systemd-timesyncd')).to.equal('masked\n');
    await sh('systemctl unmask systemd-timesyncd; systemctl start systemd-timesyncd');
    expect(await out('systemctl is-active systemd-timesyncd')).to.equal('active\n');
    expect((await sh('systemctl start nosuch')).code).to.equal(5);
    expect((await sh('systemctl stop qemu-guest-agent')).code).to.equal(1);
    expect(await out('systemctl list-units --type=service')).to.include('ssh.service');
    expect(await out('systemctl --version')).to.match(/^systemd 252 /);
  });

  it('has a time zone and a name of its own, on its disk', async () => {
    await sh('timedatectl set-timezone Europe/Berlin; hostnamectl set-hostname other');
    expect(await out('date -d @1496275200')).to.equal('Thu Jun  1 02:00:00 CEST 2017\n');
    expect(await out('timedatectl show -p Timezone')).to.equal('Timezone=Europe/Berlin\n');
    expect((await bench.read('/nodes/pve1/qemu/100/agent/get-timezone')).result.zone).to.match(
      /^CES?T$/,
    );
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/reboot'));
    expect(await out('hostname; cat /etc/timezone')).to.equal('other\nEurope/Berlin\n');
    expect((await sh('timedatectl set-timezone Nowhere/Land')).err).to.equal(
      "Failed to set time zone: Invalid or not installed time zone 'Nowhere/Land'\n",
    );
  });

  it('tells how cloud-init is doing', async () => {
    expect(await out('cloud-init status')).to.equal('status: disabled\n');
    await make(104, { ide2: 'local:cloudinit' });
    expect(await out('cloud-init status --wait', 104)).to.match(/status: done\n$/);
    expect(JSON.parse(await out('cloud-init status --format json', 104))).to.include({
      status: 'done',
      datasource: 'nocloud',
    });
    expect(await out('cloud-init status --long', 104)).to.include('DataSourceNoCloud');
  });
});
