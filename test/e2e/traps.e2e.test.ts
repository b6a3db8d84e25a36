import { mkdirSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { bin, Home } from './support.ts';

const pmx = `"${process.execPath}" "${bin}"`;

describe('traps of the shell', function () {
  this.timeout(60_000);
  let home: Home;

  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => home.remove());

  it('a cache that cannot be made is only slower', async () => {
    writeFileSync(home.file('cache'), 'in the way');
    const { code, stdout, stderr } = await home.pmx(['context', 'list', '--json']);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '[]\n', stderr: '' });
    expect((await home.pmx(['complete', '--', 'context', 'use', ''])).stdout).to.equal(':values\n');
  });

  it('a home for the cache where mkdir answers with ENOENT does not hang', async () => {
    const { code } = await home.pmx(['context', 'list'], {
      env: { XDG_CACHE_HOME: '/proc/nosuch' },
    });
    expect(code).to.equal(0);
  });

  it('no HOME is no crash', async () => {
    const { code, stderr } = await home.shell(
      `unset HOME PMX_HOME; cd /; ${pmx} --version && ${pmx} help >/dev/null`,
    );
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('a closed stdout ends it, without a stack trace', async () => {
    mkdirSync(home.file('x'));
    const { stderr } = await home.shell(`${pmx} help >&-; echo "ended" >&2`);
    expect(stderr)
      .to.include('ended')
      .and.to.not.match(/ at .*\.js:\d+/);
  });
});
