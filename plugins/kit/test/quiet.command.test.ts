import { ChangeCommand, type Plan } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';
import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

function plan(target: string): Plan {
  return {
    operation: 'vm.unmake',
    target,
    title: `Unmake ${target}`,
    notes: [`${target} is old.`],
    impact: { removes: [{ what: 'VM', name: target }], keeps: [] },
    steps: [
      {
        id: 'unmake',
        title: 'Unmake it',
        kind: 'pve.call',
        destructive: true,
        args: { method: 'DELETE', path: '/nodes/pve1/qemu/101' },
      },
    ],
    result: { target },
  };
}

class Unmake extends ChangeCommand<{ target: string }> {
  static override summary = 'Unmake guests.';
  protected override async plan(): Promise<Plan | Plan[]> {
    return plan('VM 101');
  }
  protected override view({ target }: { target: string }): void {
    this.output.print(`${target} is gone.`);
  }
}

class UnmakeMany extends Unmake {
  protected override async plan(): Promise<Plan[]> {
    return ['VM 101', 'VM 102'].map(plan);
  }
}

/** What the guest says is what was asked for. */
class Speak extends Unmake {
  protected override readonly quiet = true;
}

const both = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;

describe('kit: --quiet', () => {
  it('says nothing of a success, of one or of several', async () => {
    for (const command of [Unmake, UnmakeMany]) {
      const loud = both(await runCommand(command, ['--yes']));
      expect(loud).to.include('is old').and.to.include('is gone').and.to.include('goes:');
      const run = await runCommand(command, ['--yes', '--quiet']);
      expect({ code: run.exitCode, said: both(run) }).to.deep.equal({ code: 0, said: '' });
    }
  });

  it('says errors, and what is to be confirmed', async () => {
    const host = createFakeHost({
      run: () => {
        throw new ProxmoxError({ code: 'PMX_TASK_FAILED', message: 'no way' });
      },
    });
    const failed = await runCommand(Unmake, ['--yes', '--quiet'], { host });
    expect(failed.exitCode).to.equal(3);
    expect(failed.stderr).to.include('no way').and.not.to.include('goes:');
    const unconfirmed = await runCommand(Unmake, ['--quiet']);
    expect(unconfirmed.exitCode).to.equal(1);
    expect(unconfirmed.stderr).to.include('PMX_CONFIRMATION_NEEDED').and.to.include('goes:');
  });

  it('leaves a document and a plan alone: they are asked for', async () => {
    const asDocument = await runCommand(Unmake, ['--yes', '--quiet', '--json']);
    expect(JSON.parse(asDocument.stdout)).to.deep.equal({ target: 'VM 101' });
    const planned = await runCommand(Unmake, ['--quiet', '--dry-run']);
    expect(planned.stdout).to.include('Unmake');
  });

  it('leaves output alone that is the command’s own', async () => {
    const run = await runCommand(Speak, ['--yes', '--quiet']);
    expect(run.stdout).to.include('is gone');
  });
});
