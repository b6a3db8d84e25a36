import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createFakeHost } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { shippedScript } from '#dist/lib/completion/scripts/index.js';
import { withBlock } from '#dist/lib/operations/init/block.js';
import { planCompletion } from '#dist/lib/operations/init/completion.js';
import { completionLines, rcFile, shellOf } from '#dist/lib/operations/init/shells.js';
import { useFolder } from '../../engine/lab.ts';

const home = '/home/me';

describe('the shell that loads the completion', () => {
  for (const [path, shell] of [
    ['/bin/bash', 'bash'],
    ['/usr/bin/zsh', 'zsh'],
    ['/usr/local/bin/fish', 'fish'],
    ['/bin/dash', undefined],
    [undefined, undefined],
  ] as const)
    it(`SHELL=${path}: ${shell}`, () => {
      expect(shellOf({ env: { SHELL: path } })).to.equal(shell);
    });

  for (const [shell, env, file] of [
    ['bash', {}, '/home/me/.bashrc'],
    ['zsh', {}, '/home/me/.zshrc'],
    ['zsh', { ZDOTDIR: '/etc/me' }, '/etc/me/.zshrc'],
    ['fish', {}, '/home/me/.config/fish/config.fish'],
    ['fish', { XDG_CONFIG_HOME: '/cfg' }, '/cfg/fish/config.fish'],
  ] as const)
    it(`${shell} reads ${file}`, () => {
      expect(rcFile(shell, { env, home })).to.equal(file);
    });

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const folder = useFolder();
    const there = spawnSync(shell, ['-c', 'exit 0']).status === 0;
    (there ? it : it.skip)(`${shell} takes the lines, whatever the path has`, () => {
      const script = join(folder.path, "it's a \\ script");
      writeFileSync(script, 'echo loaded\n');
      for (const [path, said] of [
        [script, 'loaded\n'],
        [join(folder.path, 'nowhere'), ''],
      ] as const) {
        const { stdout, stderr, status } = spawnSync(
          shell,
          ['-c', completionLines(shell, path).join('\n')],
          { encoding: 'utf8' },
        );
        expect([stdout, stderr, status]).to.deep.equal([said, '', 0]);
      }
    });
    (there ? it : it.skip)(`${shell} without pmx and without its scripts says nothing`, () => {
      const { stdout, stderr } = spawnSync(
        spawnSync('which', [shell], { encoding: 'utf8' }).stdout.trim(),
        ['-c', completionLines(shell, undefined).join('\n')],
        { encoding: 'utf8', env: { PATH: folder.path, HOME: folder.path } },
      );
      expect(stdout).to.equal('');
      expect(stderr).to.not.contain('pmx');
    });
  }
});

describe('consent to the lines', () => {
  const folder = useFolder();
  const file = () => join(folder.path, '.bashrc');
  async function planned(answers: boolean[], shell?: 'bash') {
    const host = createFakeHost({ answers });
    const session = host.open({ log: {}, 'no-color': true });
    const setup = await planCompletion(session, shell, {
      env: {},
      home: folder.path,
      script: shippedScript,
    });
    return { setup, prompts: host.recording.prompts };
  }

  it('Yes is one step, which its undo takes out again', async () => {
    const { setup } = await planned([true], 'bash');
    expect(setup.file).to.equal(file());
    const [step] = setup.steps;
    if (step?.kind !== 'file.block') throw new Error('no block');
    expect(step.args.lines).to.have.length(1);
    expect(step.args.lines![0]).to.contain('completions/pmx.bash');
    expect(step.undo).to.have.nested.property('[0].args.lines', null);
  });

  it('No is no step', async () => {
    expect((await planned([false], 'bash')).setup).to.deep.equal({ file: null, steps: [] });
  });

  it('what stands there already is not asked about', async () => {
    const [step] = (await planned([true], 'bash')).setup.steps;
    if (step?.kind !== 'file.block') throw new Error('no block');
    writeFileSync(file(), withBlock('a\n', step.args.marker, step.args.lines));
    const { setup, prompts } = await planned([], 'bash');
    expect(setup).to.deep.equal({ file: file(), steps: [] });
    expect(prompts).to.be.empty;
  });

  it('lines of an earlier version come back with undo', async () => {
    writeFileSync(file(), withBlock('', 'pmx completion', ['old']));
    const [step] = (await planned([true], 'bash')).setup.steps;
    expect(step!.undo).to.have.deep.nested.property('[0].args.lines', ['old']);
    expect(readFileSync(file(), 'utf8')).to.contain('old');
  });

  it('a file that cannot be read, and a shell that is not known, are no reason to fail', async () => {
    mkdirSync(file());
    for (const shell of ['bash', undefined] as const) {
      const { setup, prompts } = await planned([], shell);
      expect(setup).to.deep.equal({ file: null, steps: [] });
      expect(prompts).to.be.empty;
    }
  });
});
