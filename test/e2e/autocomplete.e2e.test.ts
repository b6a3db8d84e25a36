import { existsSync } from 'node:fs';

import { expect } from 'chai';

import { Home } from './support.ts';

describe('pmx autocomplete', function () {
  this.timeout(60_000);
  const home = new Home();
  after(() => home.remove());

  it("says how to set it up, and keeps its scripts with pmx's own cache", async () => {
    const { code, stdout, stderr } = await home.pmx(['autocomplete', 'bash']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('pmx autocomplete script bash');
    expect(existsSync(home.file('cache/autocomplete/functions/zsh/_pmx'))).to.equal(true);
  });

  it('completes commands in bash with what the script says', async () => {
    const { stdout: script } = await home.pmx(['autocomplete', 'script', 'bash']);
    const { stdout } = await home.shell(`
      ${script.trim()}
      COMP_WORDS=(pmx vm sh) COMP_CWORD=2
      _pmx_autocomplete 2>/dev/null
      printf '%s\\n' "\${COMPREPLY[@]}"`);
    expect(stdout.split('\n').map((word) => word.trim())).to.include.members(['show', 'shutdown']);
  });

  it('an unknown shell is an error of usage', async () => {
    const { code, stderr } = await home.pmx(['autocomplete', 'tcsh']);
    expect(code).to.equal(1);
    expect(stderr).to.contain('PMX_USAGE');
  });
});
