import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { fileBlock } from '#dist/lib/operations/engine/handlers/file-block.js';
import { blockIn, withBlock } from '#dist/lib/operations/init/block.js';
import { FakePve } from '../engine/fake-pve.ts';
import { useFolder } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const block = '# >>> pmx >>>\none\ntwo\n# <<< pmx <<<\n';

describe('lines of pmx in a file of the user', () => {
  for (const [what, text, lines, expected] of [
    ['into nothing', '', ['one', 'two'], block],
    ['behind what is there', 'a\n', ['one', 'two'], `a\n${block}`],
    ['behind a last line without an end', 'a', ['one', 'two'], `a\n${block}`],
    [
      'in place of what was there',
      `a\n# >>> pmx >>>\nx\n# <<< pmx <<<\nb\n`,
      ['one', 'two'],
      `a\n${block}b\n`,
    ],
    ['again: nothing new', `a\n${block}b\n`, ['one', 'two'], `a\n${block}b\n`],
    ['out again', `a\n${block}b\n`, null, 'a\nb\n'],
    ['out of nothing', 'a\n', null, 'a\n'],
    ['a begin without an end is not ours', '# >>> pmx >>>\na\n', null, '# >>> pmx >>>\na\n'],
  ] as const)
    it(what, () => {
      expect(withBlock(text, 'pmx', lines)).to.equal(expected);
      expect(blockIn(expected, 'pmx')).to.deep.equal(lines === null ? undefined : [...lines]);
    });

  describe('the step', () => {
    const folder = useFolder();
    const run = (file: string, lines: string[] | null) =>
      fileBlock.run({ file, marker: 'pmx', lines }, contextFor(new FakePve()));

    it('keeps rights and links, and takes away a file that was made for it', async () => {
      const real = join(folder.path, 'dotfiles');
      const link = join(folder.path, '.bashrc');
      writeFileSync(real, 'a\n');
      chmodSync(real, 0o640);
      symlinkSync(real, link);
      await run(link, ['one', 'two']);
      expect(readFileSync(real, 'utf8')).to.equal(`a\n${block}`);
      expect(lstatSync(link).isSymbolicLink()).to.equal(true);
      expect(statSync(real).mode & 0o777).to.equal(0o640);
      await run(link, null);
      expect(readFileSync(real, 'utf8')).to.equal('a\n');

      const made = join(folder.path, 'fish', 'pmx.fish');
      await run(made, ['one']);
      expect(existsSync(made)).to.equal(true);
      await run(made, null);
      expect(existsSync(made)).to.equal(false);
    });

    it('a file that cannot be read is an error, and stays', async () => {
      const path = join(folder.path, 'is-a-folder');
      mkdirSync(path);
      const error = await run(path, ['one']).catch((thrown: NodeJS.ErrnoException) => thrown.code);
      expect(error).to.equal('EISDIR');
    });
  });
});
