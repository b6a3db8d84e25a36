import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { page, pagerFor } from '#dist/lib/output/pager.js';
import { Sink } from './sink.ts';

const long = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
const terminal = new Sink(true);

describe('output: pager', () => {
  for (const [name, text, stdout, env, expected, setting] of [
    ['a long text on a terminal', long, terminal, {}, 'less'],
    ['the setting before PAGER', long, terminal, { PAGER: 'more' }, 'most', 'most'],
    ['PMX_PAGER before the setting', long, terminal, { PMX_PAGER: 'more' }, 'more', 'most'],
    ['none wanted, whatever is set', long, terminal, { PMX_PAGER: '' }, undefined, 'most'],
    ['PAGER', long, terminal, { PAGER: 'more' }, 'more'],
    ['PMX_PAGER before PAGER', long, terminal, { PAGER: 'more', PMX_PAGER: 'most -s' }, 'most -s'],
    ['none wanted', long, terminal, { PMX_PAGER: '' }, undefined],
    ['cat', long, terminal, { PAGER: 'cat' }, undefined],
    ['a short text', 'one line', terminal, {}, undefined],
    ['no terminal', long, new Sink(false), {}, undefined],
    ['CI', long, terminal, { CI: 'true' }, undefined],
    ['a dumb terminal', long, terminal, { TERM: 'dumb' }, undefined],
  ] as const) {
    it(`${name}: ${expected ?? 'no pager'}`, () => {
      expect(pagerFor(text, stdout, setting, env)).to.equal(expected);
    });
  }

  describe('running', () => {
    let folder: string;
    beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'pmx-pager-'))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it('gets the text, and is waited for', async () => {
      const path = join(folder, 'seen');
      expect(await page(long, `cat > ${path}`, process.env)).to.equal(true);
      expect(readFileSync(path, 'utf8')).to.equal(long);
    });

    it('that leaves early is no error', async () => {
      expect(await page(long.repeat(20_000), 'true', process.env)).to.equal(true);
    });

    it('that is not there has shown nothing', async () => {
      expect(await page(long, `${folder}/nothing 2>/dev/null`, process.env)).to.equal(false);
    });
  });
});
