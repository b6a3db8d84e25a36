import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { Home, type Outcome } from './support.ts';

const systemd = fileURLToPath(new URL('fakes-systemd', import.meta.url));

describe('pmx schedule', function () {
  this.timeout(60_000);
  let home: Home;

  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  const crontab = (): string => readFileSync(home.file('crontab'), 'utf8');
  const add = (...more: string[]): string[] => [
    'schedule',
    'add',
    'nightly',
    '--at',
    '03:30',
    ...more,
  ];
  const command = ['--', 'op', 'list', '--open'];

  describe('with cron', () => {
    it('adds a line, lists it, removes it, and leaves the others alone', async () => {
      const others = '# mine\n5 4 * * * true\n';
      writeFileSync(home.file('crontab'), others);
      const dry = await home.pmx(add('--with', 'cron', '--dry-run', ...command));
      expect(dry.code, dry.stderr).to.equal(0);
      expect(dry.stdout).to.include('30 3 * * *').and.to.include('op list --open');
      expect(crontab()).to.equal(others);

      const added = await home.pmx(add('--with', 'cron', ...command));
      expect(added.code, added.stderr).to.equal(0);
      expect(crontab()).to.match(/^# mine\n5 4 \* \* \* true\n30 3 \* \* \* .*PMX_HOME=/);
      expect(await home.json('schedule', 'list')).to.deep.equal([
        { name: 'nightly', at: '03:30', command: ['op', 'list', '--open'], by: 'cron' },
      ]);
      const removed = await home.pmx(['schedule', 'remove', 'nightly']);
      expect(removed.stdout).to.equal('Schedule nightly is gone.\n');
      expect(crontab()).to.equal(others);
    });

    it('what it writes runs', async () => {
      await home.pmx(add('--with', 'cron', '--', 'version'));
      const line = crontab()
        .replace(/^(\S+ ){5}/, '')
        .replaceAll('\\%', '%');
      const { code, stdout } = await home.shell(line);
      expect({ code, stdout }).to.deep.equal({
        code: 0,
        stdout: `pmx ${(await home.json<{ version: string }>('version')).version}\n`,
      });
    });

    it('a name twice, a command that is none, a bad time: 1, and nothing is written', async () => {
      await home.pmx(add('--with', 'cron', ...command));
      const before = crontab();
      const codeOf = async (args: string[]): Promise<unknown> => {
        const { code, stdout } = await home.pmx(['--json', ...args]);
        expect(code).to.equal(1);
        return (JSON.parse(stdout) as { error: { code: string } }).error.code;
      };
      expect(await codeOf(add(...command))).to.equal('PMX_SCHEDULE_EXISTS');
      expect(await codeOf(['schedule', 'add', 'x', '--at', 'daily', '--', 'nosuch'])).to.equal(
        'PMX_COMMAND_UNKNOWN',
      );
      expect(await codeOf(['schedule', 'add', 'x', '--at', 'daily'])).to.equal(
        'PMX_COMMAND_MISSING',
      );
      expect(await codeOf(['schedule', 'add', 'x', '--at', 'never', ...command])).to.equal(
        'PMX_INVALID_TIME_OF_SCHEDULE',
      );
      expect(
        await codeOf(['schedule', 'add', 'x', '--at', 'daily', '--', 'op', 'show', 'a\nb']),
      ).to.equal('PMX_INVALID_COMMAND_LINE');
      expect(await codeOf(['schedule', 'remove', 'x'])).to.equal('PMX_SCHEDULE_NOT_FOUND');
      expect(crontab()).to.equal(before);
    });

    it('pmx undo takes it back', async () => {
      await home.pmx(add('--with', 'cron', ...command));
      const { code, stderr } = await home.pmx(['undo', '--yes']);
      expect(code, stderr).to.equal(0);
      expect(crontab()).to.equal('');
    });
  });

  describe('with systemd', () => {
    const env = (extra: Record<string, string> = {}): Record<string, string> => ({
      PATH: `${systemd}${delimiter}${home.env()['PATH']}`,
      XDG_CONFIG_HOME: home.file('xdg'),
      ...extra,
    });
    const run = (args: string[], extra?: Record<string, string>): Promise<Outcome> =>
      home.pmx(args, { env: env(extra) });
    const unit = (kind: string): string =>
      home.file(join('xdg/systemd/user', `pmx-schedule-nightly.${kind}`));
    const orders = (): string[] =>
      readFileSync(home.file('systemctl.log'), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.includes('is-system-running'));

    it('is what auto takes, and says that it ends with the session', async () => {
      const { code, stdout, stderr } = await run(add(...command));
      expect(code, stderr).to.equal(0);
      expect(stdout).to.equal('Schedule nightly: pmx op list --open, 03:30, by systemd.\n');
      expect(stderr).to.include('loginctl enable-linger');
      expect(readFileSync(unit('timer'), 'utf8')).to.include('OnCalendar=*-*-* 03:30:00');
      expect(readFileSync(unit('service'), 'utf8')).to.include('"--no-input" "op" "list" "--open"');
      expect(orders()).to.deep.equal([
        '--user daemon-reload',
        '--user enable pmx-schedule-nightly.timer',
        '--user restart pmx-schedule-nightly.timer',
      ]);
      expect(existsSync(home.file('crontab'))).to.equal(false);

      // Moving it to cron leaves no timer behind, or it would run twice.
      expect((await run(add('--with', 'cron', '--replace', ...command))).code).to.equal(0);
      expect(existsSync(unit('timer'))).to.equal(false);
      expect(crontab()).to.include('pmx-schedule');
    });

    it('leaves nothing where systemd refuses it', async () => {
      const { code, stderr } = await run(add(...command), { SYSTEMCTL_REFUSES: 'enable' });
      expect(code).to.equal(2);
      expect(stderr).to.include('PMX_TIMER_REFUSED');
      expect(existsSync(unit('timer'))).to.equal(false);
      expect(existsSync(unit('service'))).to.equal(false);
    });

    it('a timer of somebody else is not seen', async () => {
      const folder = home.file('xdg/systemd/user');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'pmx-schedule-mine.timer'), '[Timer]\nOnCalendar=daily\n');
      const { stdout } = await run(['schedule', 'list', '--json']);
      expect(JSON.parse(stdout)).to.deep.equal([]);
    });
  });
});
