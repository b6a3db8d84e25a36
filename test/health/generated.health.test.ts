import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { jobGroups, otherJob } from '#dist/help/jobs.js';

import { commands } from './calls.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const all = commands().filter(({ id, hidden }) => id !== 'help' && !hidden);

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  expect(status, `${program} ${args.join(' ')}\n${stdout}${stderr}`).to.equal(0);
  return stdout;
}

/** The test is left out, and says so, where its program is not there. */
function needs(program: string, title: string, test: Mocha.Func): void {
  const there = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (there) it(title, test);
  else it.skip(`${title} (${program} is not installed)`, test);
}

describe('man pages', function () {
  this.timeout(60_000);
  const pages = readdirSync(join(root, 'man'));

  it('there is one for each command, and for what is about all of them', () => {
    const expected = all.map(({ id }) => `pmx-${id.replaceAll(':', '-')}.1`);
    expect(pages.sort()).to.deep.equal(
      [...expected, 'pmx.1', 'pmx-config.5', 'pmx-exit-codes.7', 'pmx-plugins.7'].sort(),
    );
  });

  it('each has the parts that one looks for, and refers only to pages that are there', () => {
    for (const page of pages) {
      const text = readFileSync(join(root, 'man', page), 'utf8');
      const parts = [...text.matchAll(/^\.SH (.*)$/gm)].map(([, part]) => part);
      expect(parts, page).to.include.members(['NAME', 'DESCRIPTION', 'EXAMPLES', 'SEE ALSO']);
      if (page.endsWith('.1'))
        expect(parts, page).to.include.members(['SYNOPSIS', 'OPTIONS', 'EXIT STATUS']);
      for (const [, name, section] of text.matchAll(/\\fB(pmx[\w\\-]*)\\fR\((\d)\)/g))
        expect(pages, page).to.include(`${name!.replaceAll('\\', '')}.${section}`);
    }
  });

  needs('mandoc', 'mandoc finds nothing to warn of', () => {
    run('mandoc', ['-T', 'lint', '-W', 'warning', ...pages.map((page) => `man/${page}`)]);
  });
});

describe('completion scripts', function () {
  this.timeout(60_000);

  for (const [shell, file] of [
    ['bash', 'pmx.bash'],
    ['zsh', '_pmx'],
    ['fish', 'pmx.fish'],
  ] as const)
    needs(shell, `${file} is one of ${shell}`, () => {
      run(shell, ['-n', `completions/${file}`]);
    });

  it('are what pmx completion prints', () => {
    const printed = run(process.execPath, [join(root, 'bin/run.js'), 'completion', 'bash']);
    expect(printed).to.equal(readFileSync(join(root, 'completions/pmx.bash'), 'utf8'));
  });

  const lines: ReadonlyArray<readonly [line: string, expected: string]> = [
    ['pmx vm shut', 'shutdown'],
    ['pmx vm create x --templ', '--template'],
    ['pmx vm start --dry', '--dry-run'],
    ['pmx vm create x --wait=ag', '--wait=agent'],
    ['pmx vm list --log-level tr', 'trace'],
    ['pmx --cont', '--context'],
  ];

  needs('bash', 'bash knows words, flags and their values without starting pmx', () => {
    for (const [line, expected] of lines) {
      const answer = run(
        'bash',
        ['--norc'],
        [
          'pmx() { echo "pmx was started" >&2; exit 9; }',
          'COMP_WORDBREAKS=" "',
          'source completions/pmx.bash',
          `COMP_LINE='${line}' COMP_POINT=${line.length}`,
          '_pmx; echo "${COMPREPLY[*]}"',
        ].join('\n'),
      );
      expect(answer.trim(), line).to.equal(expected);
    }
  });

  needs('fish', 'fish knows them, too', () => {
    for (const [line, expected] of lines) {
      const script = [
        'function pmx; echo "pmx was started"; end',
        'source completions/pmx.fish',
        `complete -C '${line}'`,
      ].join('\n');
      const answer = run('fish', ['--no-config', '-c', script]);
      expect(answer.split('\t')[0]!.trim(), line).to.equal(expected);
    }
  });
});

describe('help', function () {
  this.timeout(60_000);
  const bin = join(root, 'bin/run.js');

  it('every noun of pmx has a place among the jobs', () => {
    const nouns = [...new Set(all.map(({ id }) => id.split(':')[0]!))].map((name) => ({ name }));
    expect(jobGroups(nouns).filter(([title]) => title === otherJob)).to.deep.equal([]);
  });

  it('fits 80 columns, tells every noun once, and every verb of a noun once', () => {
    const help = (...words: string[]): string => run(process.execPath, [bin, 'help', ...words]);
    const root = help();
    const vm = help('vm');
    for (const text of [root, vm, help('exit-codes'), help('environment')])
      for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80);
    const times = (text: string, word: string): number =>
      text.split('\n').filter((line) => line.startsWith(`  ${word} `)).length;
    for (const { id } of all) {
      const [noun, verb] = id.split(':');
      expect(times(root, noun!), noun).to.equal(1);
      if (noun === 'vm') expect(times(vm, verb!), id).to.equal(1);
    }
    expect(root).to.match(/\nGUESTS\n/);
    expect(vm).to.match(/\nPOWER\n {2}start /);
  });
});
