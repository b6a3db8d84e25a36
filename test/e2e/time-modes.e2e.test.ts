import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, type Outcome, outcomeOf, until } from './support.ts';

interface Shifted {
  mode: 'agent' | 'rtc';
  error: number | null;
  restoreAt: string | null;
  autoRestore: 'systemd-timer' | 'watcher' | null;
  record: string;
}

interface Vm {
  vmid: number;
  node: string;
}

/** Guests without an agent, guests that go elsewhere meanwhile, and who restores in time. */
describe('pmx time, ways to shift and to restore', function () {
  this.timeout(90_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--nodes', '2', '--idrac', '9:expired');
    await lab.template('base');
    for (const name of ['jump', 'old']) await lab.json('vm', 'create', name, '--template', 'base');
    const { vmid } = await vm('old');
    await lab.json('api', 'put', `/nodes/pve1/qemu/${vmid}/config`, 'agent=0');
    await lab.json('vm', 'start', 'old');
    await lab.json('vm', 'start', 'jump');
    await lab.json('wait', 'jump', '--for', 'agent');
  });

  after(() => lab.stop());

  const vm = (name: string): Promise<Vm> => lab.json<Vm>('vm', 'show', name);
  const time = (...words: string[]): Promise<Outcome> => lab.pmx(['time', ...words]);
  const records = (): string[] => {
    const folder = join(lab.path, 'state', 'time');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  };

  async function shift(name: string, ...words: string[]): Promise<Shifted> {
    const [{ result }] = await lab.json<[{ result: Shifted }]>(
      ...['time', 'shift', name, '--to', '2020-01-31Z', '--yes', ...words],
    );
    return result;
  }

  /** What QEMU began with, and what it will begin with. */
  async function state(name: string) {
    const { vmid, node } = await vm(name);
    const path = `/nodes/${node}/qemu/${vmid}`;
    const [now, next, { status }] = await Promise.all([
      lab.json<{ startdate?: string }>('api', 'get', `${path}/config`, 'current=1'),
      lab.json<{ startdate?: string }>('api', 'get', `${path}/config`),
      lab.json<{ status: string }>('api', 'get', `${path}/status/current`),
    ]);
    return { status, now: now.startdate, next: next.startdate };
  }

  const home = { status: 'running', now: undefined, next: undefined };
  const away = {
    status: 'running',
    now: '2020-01-31T00:00:00',
    next: '2020-01-31T00:00:00',
  };

  it('shifts a guest without agent by its startdate, and takes exactly that back', async () => {
    expect(await shift('old', '--mode', 'auto')).to.include({ mode: 'rtc', error: null });
    expect(await state('old')).to.deep.equal(away);
    expect(records()).to.have.length(1);
    // A second shift does not change what is gone back to.
    await lab.json('time', 'shift', 'old', '--to', '2019-01-01Z', '--mode', 'rtc', '--yes');
    expect((await state('old')).now).to.equal('2019-01-01T00:00:00');
    const { code, stdout, stderr } = await time('restore', 'old', '--yes');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('not measured, since no agent answers');
    expect(await state('old')).to.deep.equal(home);
    expect(records()).to.deep.equal([]);
  });

  it('says before what it would do, and that systemd has a mind of its own', async () => {
    const writes = lab.writes();
    const { code, stdout } = await time(
      ...['shift', 'old', '--to', '2020-01-31Z', '--mode', 'rtc', '--dry-run'],
    );
    expect(code).to.equal(0);
    expect(stdout).to.match(/Shut down VM .*begin at 2020-01-31T00:00:00.*Start VM/s);
    expect(stdout).to.include('does not boot earlier than systemd was built');
    expect(lab.writes()).to.equal(writes);
  });

  it('a guest that is off is started for it, and is off again afterwards', async () => {
    await lab.json('vm', 'stop', 'old', '--yes');
    await shift('old', '--mode', 'rtc');
    expect(await state('old')).to.deep.equal(away);
    expect((await time('restore', 'old', '--yes')).code).to.equal(0);
    expect(await state('old')).to.deep.equal({ ...home, status: 'stopped' });
    await lab.json('vm', 'start', 'old');
  });

  it('is brought home by --due after kill -9 at every step of a cold start', async () => {
    for (const step of ['off', 'configure', 'on']) {
      const child = lab.spawn(
        ['time', 'shift', 'old', '--to', '2020-01-31Z', '--mode', 'rtc'].concat('--yes'),
      );
      const outcome = outcomeOf(child);
      await reaches(step);
      child.kill('SIGKILL');
      await outcome;
      const { code, stderr } = await time('restore', '--due', '--yes');
      expect(code, `${step}: ${stderr}`).to.equal(0);
      expect(await state('old'), step).to.deep.equal(home);
      expect(records()).to.deep.equal([]);
    }
  });

  it('a restore that is killed is finished by the next one', async () => {
    for (const step of ['off', 'on']) {
      await shift('old', '--mode', 'rtc');
      const child = lab.spawn(['time', 'restore', 'old', '--yes']);
      const outcome = outcomeOf(child);
      await reaches(step);
      child.kill('SIGKILL');
      await outcome;
      const { code, stderr } = await time('restore', '--all', '--yes');
      expect(code, `${step}: ${stderr}`).to.equal(0);
      expect(await state('old'), step).to.deep.equal(home);
    }
  });

  it('takes a cold start back that fails', async () => {
    await lab.json(
      ...[
        'sandbox',
        'fault',
        'add',
        '--action',
        'task-fail',
        '--path',
        '/nodes/*/qemu/*/status/start',
      ],
      ...['--nth', '1'],
    );
    const { code, stderr } = await time(
      ...['shift', 'old', '--to', '2020-01-31Z', '--mode', 'rtc', '--yes'],
    );
    await lab.json('sandbox', 'fault', 'clear');
    expect(code, stderr).to.equal(3);
    expect(await state('old')).to.deep.equal(home);
    expect(records()).to.deep.equal([]);
  });

  it('a guest with systemd is set right through its agent, on top of a cold start', async () => {
    await shift('jump', '--mode', 'rtc');
    await lab.json('wait', 'jump', '--for', 'agent');
    const offset = async (): Promise<number> =>
      (await lab.json<[{ offset: number }]>('time', 'status', 'jump'))[0].offset;
    // It went to the date that its systemd was built at.
    expect(await offset()).to.be.above(-400 * 86_400_000);
    await shift('jump');
    expect(await offset()).to.be.below(-2000 * 86_400_000);
    const { code, stdout, stderr } = await time('restore', 'jump', '--yes');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/the clock is back, \d+ ms off/);
    expect(await state('jump')).to.deep.equal(home);
    expect(Math.abs(await offset())).to.be.below(1000);
  });

  it('refuses to start a guest cold that is shifted through its agent', async () => {
    await shift('jump');
    const { code, stderr } = await time(
      ...['shift', 'jump', '--to', '2020-01-31Z', '--mode', 'rtc', '--yes'],
    );
    expect([code, stderr]).to.deep.equal([1, stderr]);
    expect(stderr).to.include('PMX_SHIFT_OPEN');
    expect((await time('restore', 'jump')).code).to.equal(0);
  });

  it('restores on another node, and after a rollback', async () => {
    await shift('jump', '--persist');
    await lab.json('vm', 'migrate', 'jump', '--to', 'pve2', '--with-local-disks', '--online');
    expect((await vm('jump')).node).to.equal('pve2');
    expect((await time('restore', 'jump')).code).to.equal(0);
    await lab.json('vm', 'snapshot', 'create', 'jump', '--name', 'before');
    await shift('jump');
    await lab.json('vm', 'snapshot', 'rollback', 'jump', 'before', '--yes');
    if ((await state('jump')).status === 'stopped') await lab.json('vm', 'start', 'jump');
    await lab.json('wait', 'jump', '--for', 'agent');
    const { code, stderr } = await time('restore', 'jump');
    expect(code, stderr).to.equal(0);
    const [status] = await lab.json<[{ offset: number; ntp: string[]; shift: unknown }]>(
      ...['time', 'status', 'jump'],
    );
    expect(Math.abs(status.offset)).to.be.below(1000);
    expect(status.ntp).to.deep.equal(['systemd-timesyncd.service']);
    expect(status.shift).to.equal(null);
  });

  it('shifts for an iDRAC, and says what is none', async () => {
    const { idrac } = JSON.parse(readFileSync(lab.file('data/sandbox/ready.json'), 'utf8')) as {
      idrac: Array<{ url: string }>;
    };
    const controller = new URL(idrac[0]!.url).host;
    const [, server = ''] = lab.server();
    const window = await lab.json<{ shifts: Array<{ to: string; hosts: string[] }> }>(
      ...['time', 'window', controller, '--for', '1h'],
    );
    expect(window.shifts.map(({ hosts }) => hosts)).to.deep.equal([[controller]]);
    const date = await time('window', controller, '--for', '1h', '--date');
    expect(date.stdout).to.equal(`${window.shifts[0]!.to}\n`);
    const dry = ['--duration', '1h', '--dry-run'];
    const { code, stdout, stderr } = await time(
      ...['shift', 'jump', '--from-idrac', controller, ...dry],
    );
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include(window.shifts[0]!.to);
    for (const [flag, host, reason] of [
      ['--from-idrac', new URL(server).host, 'no management controller'],
      ['--for-cert', new URL(server).host, 'valid now'],
      ['--for-cert', '127.0.0.1:1', '127.0.0.1:1: '],
    ] as const) {
      const refused = await time('shift', 'jump', flag, host, ...dry);
      expect(refused.code, refused.stderr).to.equal(1);
      expect(refused.stderr).to.include('PMX_SHIFT_USELESS').and.to.include(reason);
    }
  });

  it('deploys a jump VM whose clock can be shifted at once', async () => {
    const missing = await lab.pmx(['vm', 'deploy-timeshift', 'hop']);
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.include('pmx template create debian-13');
    const words = ['vm', 'deploy-timeshift', 'hop', '--template', 'base'];
    const dry = await lab.pmx([...words, '--dry-run']);
    expect(dry.stdout)
      .to.include('Upload cloud-init ISO')
      .and.to.include('Wait for the guest agent');
    const { vmid } = await lab.json<Vm>(...words);
    const config = await lab.json<{ agent: string }>(
      ...['api', 'get', `/nodes/pve1/qemu/${vmid}/config`],
    );
    expect(config.agent).to.equal('enabled=1');
    const run = await time('run', 'hop', '--to', '2020-01-31Z', '--', 'date', '-u', '+%F');
    expect([run.code, run.stdout]).to.deep.equal([0, '2020-01-31\n']);
  });

  describe('by a timer of systemd', () => {
    /** A systemctl that writes down what it is told, as long as nothing says otherwise. */
    function programs(systemctl: string): { PATH: string; XDG_CONFIG_HOME: string } {
      const folder = lab.file('fake-bin');
      mkdirSync(folder, { recursive: true });
      for (const [name, script] of Object.entries({ systemctl, loginctl: 'echo no' })) {
        writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(folder, name), 0o755);
      }
      return {
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        XDG_CONFIG_HOME: lab.file('xdg-config'),
      };
    }
    const log = (): string[] => readFileSync(lab.file('systemctl.log'), 'utf8').trim().split('\n');
    const units = (): string[] => {
      const folder = lab.file('xdg-config/systemd/user');
      return existsSync(folder) ? readdirSync(folder).sort() : [];
    };

    it('sets one where systemctl --user works, says so, and removes it with the restore', async () => {
      const env = programs(
        `echo "$@" >>"${lab.file('systemctl.log')}"; case "$*" in *is-system-running) echo degraded; exit 1;; esac`,
      );
      const words = ['time', 'shift', 'jump', '--to', '2020-01-31Z', '--auto-restore', '24h'];
      const { code, stdout, stderr } = await lab.pmx(words, { env });
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/back by itself at \S+ \(a timer of systemd\)/);
      const [service, timer] = units();
      expect(service).to.match(/^pmx-time-\d+.*\.service$/);
      expect(log()).to.deep.equal([
        '--user is-system-running',
        '--user daemon-reload',
        `--user enable --now ${timer}`,
      ]);
      const text = (name: string): string =>
        readFileSync(lab.file(`xdg-config/systemd/user/${name}`), 'utf8');
      const { vmid } = await vm('jump');
      const record = JSON.parse(
        readFileSync(join(lab.path, 'state', 'time', records()[0]!), 'utf8'),
      ) as { restoreAt: string };
      expect(text(timer!)).to.match(/OnCalendar=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
      const [, calendar = ''] = /OnCalendar=(.*)/.exec(text(timer!)) ?? [];
      expect(Date.parse(calendar) - Date.parse(record.restoreAt)).to.be.within(0, 1000);
      expect(text(timer!)).to.include('Persistent=true');
      expect(text(service!)).to.match(
        new RegExp(`ExecStart=".*run.js" "time" "restore" "${vmid}" "--yes"`),
      );
      expect(text(service!)).to.include(`"PMX_HOME=${lab.path}"`);
      expect(statSync(lab.file(`xdg-config/systemd/user/${service}`)).mode & 0o777).to.equal(0o600);

      const restore = await lab.pmx(['time', 'restore', 'jump'], { env });
      expect(restore.code, restore.stderr).to.equal(0);
      expect(units()).to.deep.equal([]);
      expect(log().slice(3)).to.deep.equal([
        `--user disable --now ${timer}`,
        '--user daemon-reload',
      ]);
    });

    it('takes the shift back when systemd does not take the timer', async () => {
      const env = programs('case "$*" in *is-system-running) echo running;; *) exit 1;; esac');
      const words = ['time', 'shift', 'jump', '--to', '2020-01-31Z', '--auto-restore', '24h'];
      const { code, stderr } = await lab.pmx(words, { env });
      expect(code, stderr).to.equal(2);
      expect(stderr).to.include('PMX_TIMER_REFUSED');
      expect(records()).to.deep.equal([]);
    });

    it('has a process of its own where it does not, and says why', async () => {
      const env = programs('echo "Failed to connect to bus: No medium found" >&2; exit 1');
      const words = ['time', 'shift', 'jump', '--to', '2020-01-31Z', '--duration', '1h'];
      const dry = await lab.pmx([...words, '--dry-run'], { env });
      expect(dry.stdout).to.include('Failed to connect to bus');
      const { code, stdout } = await lab.pmx(words, { env });
      expect(code).to.equal(0);
      expect(stdout).to.match(/back by itself at \S+ \(a process of this machine\)/);
      expect((await lab.pmx(['time', 'restore', 'jump'], { env })).code).to.equal(0);
    });
  });

  /** The newest journal has begun this step. */
  async function reaches(step: string): Promise<void> {
    const folder = join(lab.path, 'state', 'operations');
    const before = new Set(readdirSync(folder).filter((name) => name.endsWith('.jsonl')));
    await until(() => {
      const fresh = readdirSync(folder).find(
        (name) => name.endsWith('.jsonl') && !before.has(name),
      );
      return (
        fresh !== undefined &&
        readFileSync(join(folder, fresh), 'utf8').includes(
          `"event":"step-started","step":"${step}"`,
        )
      );
    }, `step ${step}`);
  }
});
