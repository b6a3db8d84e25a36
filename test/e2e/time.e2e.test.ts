import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { Lab, type Outcome, outcomeOf, until } from './support.ts';

interface Status {
  vmid: number;
  offset: number | null;
  ntp: string[] | null;
  shift: { to: string; due: boolean; reason: string | null } | null;
}

interface Shifted {
  error: number;
  original: number;
  stopped: string[];
  record: string;
}

const year = 365 * 86_400_000;

describe('pmx time', function () {
  this.timeout(90_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    for (const name of ['jump', 'other'])
      await lab.json('vm', 'create', name, '--template', 'base', '--start', '--wait', 'agent');
    await lab.json('vm', 'create', 'off', '--template', 'base');
  });

  after(() => lab.stop());

  const time = (...words: string[]): Promise<Outcome> => lab.pmx(['time', ...words]);
  const status = async (): Promise<Status> =>
    (await lab.json<Status[]>('time', 'status', 'jump'))[0]!;
  const records = (): string[] => {
    const folder = join(lab.path, 'state', 'time');
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  };

  const vmidOf = async (name: string): Promise<number> =>
    (await lab.json<{ vmid: number }>('vm', 'show', name)).vmid;

  /** As if nothing had ever happened to it. */
  async function expectHome(): Promise<void> {
    const now = await status();
    expect(Math.abs(now.offset!)).to.be.below(1000);
    expect(now.ntp).to.deep.equal(['systemd-timesyncd.service']);
    expect(now.shift).to.equal(null);
    expect(records()).to.deep.equal([]);
  }

  async function shift(...words: string[]): Promise<Shifted> {
    const [{ result }] = await lab.json<[{ result: Shifted }]>('time', 'shift', 'jump', ...words);
    return result;
  }

  it('shifts with the NTP service stopped, and brings both back', async () => {
    const begun = Date.now();
    const { error, stopped, record } = await shift('--offset=-3y', '--reason', 'old certificate');
    expect(Date.now() - begun).to.be.below(5000 * 2);
    expect(Math.abs(error)).to.be.below(1000);
    expect(stopped).to.deep.equal(['systemd-timesyncd.service']);
    expect(statSync(record).mode & 0o777).to.equal(0o600);
    const shifted = await status();
    expect(shifted.offset).to.be.within(-3 * year - 2 * 86_400_000, -3 * year + 86_400_000);
    expect(shifted.ntp).to.deep.equal([]);
    expect(shifted.shift).to.include({ due: false, reason: 'old certificate' });

    const { code, stdout } = await time('restore', 'jump');
    expect([code, stdout]).to.deep.equal([0, stdout]);
    expect(stdout).to.match(/the clock is back, \d+ ms off, systemd-timesyncd.service runs again/);
    await expectHome();
  });

  it('keeps the true original through a second shift, and restores twice without harm', async () => {
    const first = await shift('--to', '2022-05-01Z');
    const second = await shift('--to', '2020-01-31T12:00:00Z');
    expect(second.original).to.equal(first.original);
    expect(second.stopped).to.deep.equal([]);
    expect((await lab.pmx(['vm', 'exec', 'jump', '--', 'date', '-u', '+%F'])).stdout).to.equal(
      '2020-01-31\n',
    );
    expect((await time('restore', '--all')).code).to.equal(0);
    await expectHome();
    const again = await time('restore', 'jump');
    expect([again.code, again.stdout]).to.deep.equal([0, '']);
    expect(again.stderr).to.include('nothing to do');
  });

  it('restores what outlived a reboot', async () => {
    await shift('--to', '2020-01-31Z', '--persist');
    await lab.json('vm', 'reboot', 'jump');
    await lab.json('wait', 'jump', '--for', 'agent');
    expect((await time('restore', 'jump')).code).to.equal(0);
    await expectHome();
  });

  it('run: the exit code of the program, and the clock is home whatever it was', async () => {
    const outcome = await time(
      ...['run', 'jump', '--to', '2020-01-31Z', '--'],
      ...['sh', '-c', 'date -u +%F; exit 7'],
    );
    expect([outcome.code, outcome.stdout]).to.deep.equal([7, '2020-01-31\n']);
    expect(outcome.stderr).to.match(/the clock is back, \d+ ms off/);
    await expectHome();
  });

  it('run: Ctrl-C takes the shift back', async () => {
    const child = lab.spawn(['time', 'run', 'jump', '--to', '2020-01-31Z', '--', 'sleep', '30']);
    const outcome = outcomeOf(child);
    await reaches('exec', 'bound');
    child.kill('SIGINT');
    expect((await outcome).code).to.equal(130);
    await expectHome();
  });

  it('restores by itself, whatever became of the shell', async () => {
    await shift('--to', '2020-01-31Z', '--duration', '2s');
    await until(() => records().length === 0, 'the watcher');
    await expectHome();
  });

  it('is brought home by --due after kill -9 at every step', async () => {
    for (const step of ['save', 'ntp', 'clock', 'keep']) {
      const child = lab.spawn(['time', 'shift', 'jump', '--to', '2020-01-31Z']);
      const outcome = outcomeOf(child);
      await reaches(step, 'step-started');
      child.kill('SIGKILL');
      await outcome;
      const { code, stderr } = await time('restore', '--due', '--yes');
      expect(code, `${step}: ${stderr}`).to.equal(0);
      await expectHome();
    }
  });

  it('leaves a shift alone whose process is at work, or that is open on purpose', async () => {
    await shift('--to', '2020-01-31Z');
    expect((await time('restore', '--due', '--yes')).stderr).to.include(
      'No shift is to be restored',
    );
    expect((await status()).shift).to.include({ due: false });
    await lab.json('time', 'restore', 'jump');
  });

  /** The newest journal has such an event, for that step if it belongs to one. */
  async function reaches(step: string, event: string): Promise<void> {
    const folder = join(lab.path, 'state', 'operations');
    const before = new Set(readdirSync(folder).filter((name) => name.endsWith('.jsonl')));
    await until(() => {
      const fresh = readdirSync(folder).find(
        (name) => name.endsWith('.jsonl') && !before.has(name),
      );
      if (fresh === undefined) return false;
      const text = readFileSync(join(folder, fresh), 'utf8');
      const at = text.indexOf(`"event":"step-started","step":"${step}"`);
      return at >= 0 && text.indexOf(`"event":"${event}"`, event === 'bound' ? at : 0) >= 0;
    }, `${event} of ${step}`);
  }

  const wrong: Array<[title: string, words: string[], code: string]> = [
    ['a stopped VM', ['shift', 'off', '--to', '2020-01-31Z'], 'PMX_GUEST_NOT_RUNNING'],
    ['a template', ['shift', 'base', '--to', '2020-01-31Z'], 'PMX_VM_NOT_FOUND'],
    ['30 February', ['shift', 'jump', '--to', '2020-02-30'], 'PMX_INVALID_DATE'],
    ['no time', ['shift', 'jump'], 'PMX_NO_DATE'],
    ['no distance', ['shift', 'jump', '--offset=-0d'], 'PMX_INVALID_OFFSET'],
    ['too far away', ['shift', 'jump', '--to', '2012-01-01Z'], 'PMX_SHIFT_TOO_FAR'],
    ['no program', ['run', 'jump', '--to', '2020-01-31Z'], 'PMX_COMMAND_MISSING'],
    ['no host', ['window', 'a b'], 'PMX_INVALID_HOST'],
    ['nothing there', ['window', '127.0.0.1:1'], 'PMX_SHIFT_USELESS'],
  ];
  for (const [title, words, code] of wrong)
    it(`refuses ${title} and sends nothing`, async () => {
      const writes = lab.writes();
      const outcome = await lab.pmx(['time', ...words, '--json']);
      expect(outcome.code, outcome.stderr).to.equal(1);
      expect(outcome.stdout).to.include(code);
      expect(lab.writes()).to.equal(writes);
    });

  it('refuses a VM whose agent is off', async () => {
    await lab.json('api', 'put', `/nodes/pve1/qemu/${await vmidOf('other')}/config`, 'agent=0');
    await lab.json('vm', 'stop', 'other', '--yes');
    await lab.json('vm', 'start', 'other');
    const none = await time('shift', 'other', '--to', '2020-01-31Z');
    expect(none.code, none.stderr).to.equal(3);
    expect(none.stderr).to.include('PMX_AGENT_UNAVAILABLE');
  });
});
