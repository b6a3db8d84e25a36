import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { bin, Lab, until } from './support.ts';
import { hasTerminal, Terminal } from './terminal.ts';

const shells = {
  bash: { start: ['bash', '--norc', '-i'], load: 'source ./script', prompt: 'PS1="ready> "' },
  zsh: {
    start: ['zsh', '-f', '-i'],
    load: 'autoload -Uz compinit; compinit -u -D; source ./script',
    prompt: 'PS1="ready> "; unsetopt zle_bracketed_paste',
  },
  fish: {
    start: ['fish', '--no-config', '-i'],
    load: 'source ./script',
    prompt: 'function fish_prompt; echo -n "ready> "; end',
  },
} as const;

const missing = (shell: string): boolean => spawnSync(shell, ['--version']).status !== 0;

describe('Tab in real shells', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    if (!hasTerminal) this.skip();
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base', '--tags', 'prod');
    mkdirSync(lab.file('bin'));
    writeFileSync(lab.file('bin/pmx'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
    chmodSync(lab.file('bin/pmx'), 0o755);
    const known = async (): Promise<boolean> =>
      (await lab.pmx(['complete', '--', 'vm', 'start', ''])).stdout.includes('web-01');
    await until(known, 'names in the cache');
  });

  after(() => lab?.stop());

  for (const [shell, { start, load, prompt }] of Object.entries(shells)) {
    (missing(shell) ? it.skip : it)(`${shell}: words, flags and values`, async () => {
      const { stdout } = await lab.pmx(['completion', shell]);
      writeFileSync(lab.file('script'), stdout);
      const path = `${lab.file('bin')}:${process.env['PATH']}`;
      const terminal = new Terminal(lab, [], { PATH: path }, start);
      const lines = [
        ['pmx vm shut', 'pmx vm shutdown'],
        ['pmx vm create x --templ', 'pmx vm create x --template'],
        ['pmx vm create x --wait=a', 'pmx vm create x --wait=agent'],
        ['pmx vm create x --template b', 'pmx vm create x --template base'],
        ['pmx --context sand', 'pmx --context sandbox'],
        ['pmx vm start we', 'pmx vm start web-01'],
        ['pmx vm list -l tag=p', 'pmx vm list -l tag=prod'],
      ] as const;
      try {
        terminal.type(`${prompt}\n${load}\necho lo""aded\n`);
        await terminal.sees('loaded');
        for (const [typed, completed] of lines) {
          // Ctrl-A: in front of what was completed, so that it is printed instead of run.
          terminal.type(`${typed}\t\x01echo "<" \n`);
          await terminal.sees(`< ${completed}`);
        }
        terminal.type('exit\n');
        expect(await terminal.end()).to.equal(0);
      } finally {
        terminal.kill();
      }
    });
  }
});
