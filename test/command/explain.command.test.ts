import { runCommand } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import Explain from '#dist/commands/explain.js';
import { catalogue } from '#dist/lib/explain/index.js';

describe('pmx explain', () => {
  it('says what happened, why, and what to do', async () => {
    const { stdout, exitCode } = await runCommand(Explain, ['task-timeout']);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^PMX_TASK_TIMEOUT: A task takes longer than pmx waits$/m);
    expect(stdout).to.match(/^Usual causes\n {2}- /m);
    expect(stdout).to.match(/^What to do\n {2}→ /m);
    expect(stdout).to.include('  → Wait on: pmx task wait UPID --timeout 7200');
  });

  it('gives the entry as JSON', async () => {
    const { json } = await runCommand(Explain, ['no-disk', '--json']);
    expect(json).to.deep.equal(catalogue.find(({ code }) => code === 'PMX_NO_DISK'));
  });

  it('explains exit codes', async () => {
    expect((await runCommand(Explain, ['3'])).stdout).to.match(/^Exit code 3 \(proxmox\)/);
    const { json } = await runCommand(Explain, ['2', '--json']);
    expect(json).to.include({ exitCode: 2, name: 'surroundings' });
  });

  it('lists all codes without one', async () => {
    const { stdout } = await runCommand(Explain);
    for (const { code, title } of catalogue) expect(stdout).to.include(code).and.include(title);
    const { json } = await runCommand(Explain, ['--json']);
    expect(json).to.have.lengthOf(catalogue.length);
    expect((json as object[])[0]).to.have.all.keys('code', 'title');
  });

  it('refuses a code that there is not', async () => {
    const { stderr, exitCode } = await runCommand(Explain, ['PMX_NO_CONTEXTS']);
    expect(exitCode).to.equal(1);
    expect(stderr).to.include('Did you mean: PMX_NO_CONTEXT');
    expect(stderr).to.include('PMX_UNKNOWN_CODE');
  });
});
