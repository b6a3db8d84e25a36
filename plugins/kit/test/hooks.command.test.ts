import { expect } from 'chai';
import { ChangeCommand, defineHook, findHost, type Plan, registerHost } from '@pmx-cli/kit';
import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';
import { ProxmoxError } from '@pmx-cli/kit/errors';

import { thrownBy } from './failure.ts';

class Paint extends ChangeCommand<{ color: string }> {
  static override summary = 'Paint a guest.';
  protected override async plan(): Promise<Plan> {
    return {
      operation: 'vm.paint',
      target: 'VM 101',
      title: 'Paint VM 101',
      steps: [],
      result: { color: 'red' },
      secrets: { colour: 'hush' },
      held: { said: 'hello' },
    };
  }
  protected override view({ color }: { color: string }): void {
    this.output.print(`It is ${color}.`);
  }
}

class Unplug extends Paint {
  protected override async plan(): Promise<Plan> {
    return { ...(await super.plan()), operation: 'plugin.uninstall' };
  }
}

class TakeBack extends Paint {
  protected override async plan(): Promise<Plan> {
    return { ...(await super.plan()), continues: { operationId: 'x', mode: 'rollback' } };
  }
}

const against = defineHook('pmx:plan', async () => ({ veto: 'it is Friday.' }));

describe('kit: hooks of plugins', () => {
  for (const words of [[], ['--dry-run'], ['--yes']]) {
    it(`a veto stops a change before it begins${words.map((word) => `, ${word}`).join('')}`, async () => {
      const run = await runCommand(Paint, words, { hooks: { 'pmx:plan': against } });
      expect(run.exitCode).to.equal(1);
      expect(run.stderr).to.include('against this: Paint VM 101: it is Friday.');
      expect(run.stderr).to.include('PMX_VETOED');
      expect(run.plans).to.deep.equal([]);
    });
  }

  it('a guard that is broken lets nothing through, and the way out of it is named', async () => {
    const broken = async (): Promise<never> => {
      throw new ProxmoxError({ code: 'PMX_X', message: 'no answer' });
    };
    const run = await runCommand(Paint, [], { hooks: { 'pmx:plan': broken } });
    expect(run.exitCode).to.equal(1);
    expect(run.stderr).to.include('no answer').and.to.include('pmx plugins uninstall');
    expect(run.plans).to.deep.equal([]);
  });

  it('sees the plan without its secrets, and cannot change it', async () => {
    let shown = '';
    const curious = defineHook('pmx:plan', async ({ plan, command, dryRun }) => {
      shown = JSON.stringify({ plan, command, dryRun });
      (plan as { title: string }).title = 'something else';
    });
    const run = await runCommand(Paint, [], { hooks: { 'pmx:plan': curious } });
    expect(run.exitCode).to.equal(0);
    expect(run.plans[0]!.title).to.equal('Paint VM 101');
    expect(shown).to.include('Paint VM 101').and.to.include('"dryRun":false');
    expect(shown).to.not.include('hush').and.to.not.include('hello');
  });

  it('is not asked about its own removal, nor about what is taken back', async () => {
    const hooks = { 'pmx:plan': against };
    expect((await runCommand(Unplug, [], { hooks })).exitCode).to.equal(0);
    expect((await runCommand(TakeBack, [], { hooks })).exitCode).to.equal(0);
  });

  it('is told how it ended: done, or failed with what error', async () => {
    const told: unknown[] = [];
    const listener = defineHook('pmx:done', async ({ plan, status, result, error }) => {
      told.push([plan.title, status, result ?? error?.code]);
    });
    const hooks = { 'pmx:done': listener };
    await runCommand(Paint, [], { hooks });
    const host = createFakeHost({
      run: () => {
        throw new ProxmoxError({ code: 'PMX_TASK_FAILED', message: 'no paint' });
      },
    });
    expect((await runCommand(Paint, [], { hooks, host })).exitCode).to.equal(3);
    await runCommand(Paint, ['--dry-run'], { hooks });
    expect(told).to.deep.equal([
      ['Paint VM 101', 'completed', { color: 'red' }],
      ['Paint VM 101', 'failed', 'PMX_TASK_FAILED'],
    ]);
  });

  it('what fails afterwards is a warning: it has happened', async () => {
    const broken = async (): Promise<never> => {
      throw new Error('mail is down');
    };
    const run = await runCommand(Paint, ['--json'], { hooks: { 'pmx:done': broken } });
    expect(run.exitCode).to.equal(0);
    expect(run.json).to.deep.equal({ color: 'red' });
    expect(run.stderr).to.include('failed afterwards: mail is down');
  });
});

describe('kit: another version of the plugin API', () => {
  const any = Symbol.for('pmx.host');
  for (const [apiVersion, words] of [
    [0, 'needs pmx >= 0.1.0'],
    [2, 'needs an older pmx'],
  ] as const) {
    it(`a pmx with version ${apiVersion} of it: ${words}`, () => {
      const before = registerHost(undefined);
      const registry = globalThis as { [key: symbol]: unknown };
      try {
        registry[any] = { apiVersion, version: '9.9.9' };
        const error = thrownBy(findHost);
        expect(error).to.include({ code: 'PMX_PLUGIN_INCOMPATIBLE', exitCode: 1 });
        expect(error.message).to.include(words).and.to.include('9.9.9');
      } finally {
        registerHost(before);
      }
    });
  }
});
