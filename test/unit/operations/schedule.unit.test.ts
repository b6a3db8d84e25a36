import { spawnSync } from 'node:child_process';

import { expect } from 'chai';

import {
  cronLine,
  cronLineOf,
  cronSchedules,
  withCronLine,
} from '#dist/lib/operations/schedule/cron.js';
import {
  launchOf,
  markOf,
  parseScheduleName,
  readMark,
} from '#dist/lib/operations/schedule/entry.js';
import { timerUnits } from '#dist/lib/operations/schedule/timer.js';
import { parseWhen } from '#dist/lib/operations/schedule/when.js';

const times: ReadonlyArray<readonly [text: string, cron: string, calendar: string]> = [
  ['hourly', '0 * * * *', 'hourly'],
  ['daily', '0 0 * * *', 'daily'],
  ['weekly', '0 0 * * 1', 'weekly'],
  ['monthly', '0 0 1 * *', 'monthly'],
  ['every 15m', '*/15 * * * *', '*:0/15'],
  ['every 6h', '0 */6 * * *', '0/6:00'],
  ['3:05', '5 3 * * *', '*-*-* 03:05:00'],
  ['Mon-Fri 03:30', '30 3 * * 1,2,3,4,5', 'Mon,Tue,Wed,Thu,Fri *-*-* 03:30:00'],
  ['Sat-Mon 12:00', '0 12 * * 0,1,6', 'Sun,Mon,Sat *-*-* 12:00:00'],
  ['Mon,Thu 23:59', '59 23 * * 1,4', 'Mon,Thu *-*-* 23:59:00'],
];

describe('schedules: times', () => {
  for (const [text, cron, calendar] of times)
    it(`${text} → ${cron}`, () => {
      expect(parseWhen(text)).to.deep.equal({ text, cron, calendar });
    });

  for (const text of [
    '',
    'yearly',
    'every 7m',
    'every 0m',
    'every 60m',
    'every 24h',
    '24:00',
    '3:60',
    'mon 3:00',
    'Mon- 3:00',
    'Mon-Tue-Wed 3:00',
    '* * * * *',
    'constructor',
  ])
    it(`'${text}' is refused, with the forms that there are`, () => {
      expect(() => parseWhen(text))
        .to.throw(/is not valid: it must be hourly/)
        .with.property('code', 'PMX_INVALID_TIME_OF_SCHEDULE');
    });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  (hasSystemd ? it : it.skip)('systemd understands each of them', () => {
    for (const [, , calendar] of times) {
      const { status, stderr } = spawnSync('systemd-analyze', ['calendar', calendar], {
        encoding: 'utf8',
      });
      expect(status, `${calendar}: ${stderr}`).to.equal(0);
    }
  });
});

const schedule = {
  name: 'nightly',
  at: 'daily',
  command: ['vm', 'exec', "it's", '100%', '$HOME', '--', 'date', '+%s'],
};
const launch = launchOf(['/opt/node 24/node', '/opt/pmx/run.js', 'schedule', 'add'], {
  PMX_HOME: '/srv/p m%x',
  PMX_TOKEN_SECRET: 'not-in-there',
  XDG_CACHE_HOME: '',
});

describe('schedules: crontab', () => {
  const line = cronLine(schedule, parseWhen('daily'), launch);

  it('has folders but no secret, and nobody is asked', () => {
    expect(launch.env).to.deep.equal({ PMX_HOME: '/srv/p m%x' });
    expect(line).to.match(
      /^0 0 \* \* \* PMX_HOME='\/srv\/p m\\%x' '\/opt\/node 24\/node' \/opt\/pmx\/run.js --no-input vm exec /,
    );
    expect(line).to.not.include('not-in-there');
  });

  it('a shell gets the words as they were given', () => {
    // cron takes the backslash away and runs what is left; `set` stands for the program.
    const [, command] = /^0 0 \* \* \* (.*)$/.exec(line)!;
    const run = command!.replaceAll('\\%', '%').replace(/^PMX_HOME='[^']*' /, 'set -- ');
    const { stdout } = spawnSync('sh', ['-c', `${run}\nprintf '%s\\n' "$@"`], { encoding: 'utf8' });
    expect(stdout.trimEnd().split('\n')).to.deep.equal([
      '/opt/node 24/node',
      '/opt/pmx/run.js',
      '--no-input',
      ...schedule.command,
    ]);
  });

  it('is read back, and only own lines are touched', () => {
    const others = 'MAILTO=ops\n# pmx-schedule {"name":"nightly"}\n5 4 * * * backup\n';
    const both = withCronLine(others, 'nightly', line);
    expect(both).to.equal(`${others}${line}\n`);
    expect(cronSchedules(both)).to.deep.equal([{ ...schedule, by: 'cron' }]);
    expect(cronLineOf(both, 'nightly')).to.equal(line);
    const replaced = withCronLine(`${both}1 2 3 4 5 x\n`, 'nightly', '@daily other');
    expect(replaced).to.equal(`${others}@daily other\n1 2 3 4 5 x\n`);
    expect(withCronLine(both, 'nightly', null)).to.equal(others);
    expect(withCronLine('', 'x', null)).to.equal('');
  });

  it('a mark that is broken is none', () => {
    for (const text of ['', '# pmx-schedule {', '# pmx-schedule {"name":1}', '# pmx-schedule null'])
      expect(readMark(text), text).to.equal(undefined);
    expect(readMark(markOf(schedule))).to.deep.equal(schedule);
  });
});

describe('schedules: timers of systemd', () => {
  const { service, timer } = timerUnits(schedule, parseWhen('Mon-Fri 03:30'), launch);

  it('what means something to systemd is written twice', () => {
    expect(service).to.include('Environment="PMX_HOME=/srv/p m%%x"\n');
    expect(service).to.include(
      'ExecStart="/opt/node 24/node" "/opt/pmx/run.js" "--no-input" "vm" "exec" "it\'s" "100%%" "$$HOME" "--" "date" "+%%s"\n',
    );
    expect(timer).to.include('OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 03:30:00\nPersistent=true\n');
    expect(readMark(timer)).to.deep.equal(schedule);
  });
});

describe('schedules: names', () => {
  for (const name of ['nightly', 'a', '1-2', 'x'.repeat(40)])
    it(`${name} is one`, () => {
      expect(parseScheduleName(name)).to.equal(name);
    });
  for (const name of ['', '-a', 'Nightly', 'a b', '../x', 'x'.repeat(41), 'a.b'])
    it(`'${name}' is none`, () => {
      expect(() => parseScheduleName(name))
        .to.throw()
        .with.property('code', 'PMX_INVALID_SCHEDULE_NAME');
    });
});
