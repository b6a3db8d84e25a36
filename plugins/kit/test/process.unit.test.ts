import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { readRunning } from '../dist/index.js';

describe('kit: background processes', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-process-'));
    file = join(directory, 'ready.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('reads what a living process wrote', () => {
    const ready = { pid: process.pid, port: 8006 };
    writeFileSync(file, JSON.stringify(ready));
    expect(readRunning(file)).to.deep.equal(ready);
  });

  it('knows that a process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(file, JSON.stringify({ pid }));
    expect(readRunning(file)).to.equal(undefined);
  });

  it('does not take a later process for the one that wrote the file', function () {
    if (process.platform !== 'linux') this.skip();
    writeFileSync(file, JSON.stringify({ pid: process.pid }));
    utimesSync(file, new Date(0), new Date(0));
    expect(readRunning(file)).to.equal(undefined);
  });

  for (const content of [undefined, '', '{"pid":', '{}', '{"pid":"x"}']) {
    it(`finds nobody in ${content ?? 'a file that is not there'}`, () => {
      if (content !== undefined) writeFileSync(file, content);
      expect(readRunning(file)).to.equal(undefined);
    });
  }
});
