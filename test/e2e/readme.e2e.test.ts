import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { Lab } from './support.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The lines behind `$ ` in console blocks: plain words, no quotes, so that splitting is enough. */
const lines = [...readme.matchAll(/```console\n([\s\S]*?)```/g)]
  .flatMap((match) => match[1]!.split('\n'))
  .filter((line) => line.startsWith('$ pmx '))
  .map((line) => line.slice('$ pmx '.length).split(' '));

describe('the README', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = new Lab();
    await createEmptyQcow2(lab.file('image.qcow2'), 2 ** 30);
  });

  after(() => lab.stop());

  it('has examples', () => {
    expect(lines.length).to.be.at.least(5);
  });

  for (const args of lines) {
    it(`pmx ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await lab.pmx(args);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.not.equal('');
    });
  }
});
