import { Args, Flags } from '@oclif/core';
import { args, ChangeCommand, flags, ListCommand, type Plan, PmxCommand } from '@pmx-cli/kit';
import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

/** Says what it was called with. */
class Make extends PmxCommand<unknown> {
  static override args = {
    name: Args.string({ description: 'Name of the thing.', required: true, ignoreStdin: true }),
    other: Args.string({ description: 'Not needed.', ignoreStdin: true }),
  };
  static override flags = {
    memory: flags.memory({ required: true }),
    count: Flags.integer({ description: 'How many.', required: true, min: 1, max: 5 }),
    colour: Flags.option({
      description: 'What it looks like.',
      options: ['red', 'green'] as const,
      required: true,
    })(),
    label: Flags.string({ description: 'May be left out.' }),
  };

  override async run(): Promise<unknown> {
    this.output.print(JSON.stringify([this.parsedArgs, this.parsedFlags]));
    return null;
  }
}

class Many extends PmxCommand<unknown> {
  static override strict = false;
  static override args = { thing: args.target('thing') };

  override async run(): Promise<unknown> {
    this.output.print(JSON.stringify(this.positionals));
    return null;
  }
}

class List extends ListCommand<unknown> {
  static override flags = { of: Flags.string({ description: 'Of what.', required: true }) };
  protected readonly columns = [{ header: 'x', value: () => 1 }];
  protected readonly whenEmpty = 'None.';
  protected override async list(): Promise<unknown[]> {
    return [];
  }
}

class Remove extends ChangeCommand<unknown> {
  static override args = { name: args.one('thing') };
  protected override async plan(): Promise<Plan> {
    throw new Error('is only parsed');
  }
  protected override view(): void {}
}

describe('missing values', () => {
  it('are asked for with their descriptions, flags first, and parsed like typed ones', async () => {
    const host = createFakeHost({ answers: ['2G', '3', 'green', 'web-01'] });
    const { stdout, exitCode, recording } = await runCommand(Make, [], { host });
    expect(exitCode).to.equal(0);
    expect(recording.prompts).to.deep.equal([
      'Memory, in MiB or with a unit (2G) (--memory SIZE)',
      'How many (--count VALUE)',
      'What it looks like (--colour VALUE)',
      'Name of the thing (NAME)',
    ]);
    const [given, flagsGiven] = JSON.parse(stdout) as [object, object];
    expect(given).to.include({ name: 'web-01' });
    expect(flagsGiven).to.include({ memory: 2048, count: 3, colour: 'green' });
  });

  it('what is given is not asked for', async () => {
    const host = createFakeHost({ answers: ['4'] });
    const words = ['web-01', '--memory', '1G', '--colour', 'red', '--label', 'x'];
    const { exitCode, recording } = await runCommand(Make, words, { host });
    expect(exitCode).to.equal(0);
    expect(recording.prompts).to.deep.equal(['How many (--count VALUE)']);
  });

  it('a value that is refused is asked for again, with the reason', async () => {
    const host = createFakeHost({ answers: ['lots', '', '1G', '9', '5', 'red', 'web-01'] });
    const { stderr, exitCode, recording } = await runCommand(Make, [], { host });
    expect(exitCode, stderr).to.equal(0);
    expect(recording.prompts.filter((text) => text.includes('--memory'))).to.have.length(3);
    expect(recording.prompts.filter((text) => text.includes('--count'))).to.have.length(2);
    expect(stderr).to.include("'lots'").and.to.include('--memory SIZE is needed');
    expect(stderr).to.match(/9.*5|5.*9/);
  });

  it('answers that look like flags are none, and several words are several', async () => {
    const host = createFakeHost({ answers: ["--help 'two words' 110-120"] });
    const { stdout } = await runCommand(Many, [], { host });
    expect(JSON.parse(stdout)).to.deep.equal(['--help', 'two words', '110-120']);
  });

  for (const [what, words, options, env] of [
    ['--no-input', ['--no-input'], { answers: ['x'] }, {}],
    ['the setting noInput', [], { answers: ['x'], settings: { noInput: true } }, {}],
    ['no terminal', [], {}, {}],
    ['--json', ['--json'], { answers: ['x'] }, {}],
    ['-o yaml', ['-o', 'yaml'], { answers: ['x'] }, {}],
  ] as const) {
    it(`with ${what} it is the usual usage error, and nothing is asked`, async () => {
      const host = createFakeHost(options);
      for (const command of [Make, Many, List, Remove]) {
        const { exitCode, recording, stderr, json } = await runCommand(command, words, {
          host,
          env,
        });
        expect(exitCode).to.equal(1);
        expect(recording.prompts).to.deep.equal([]);
        expect(stderr + JSON.stringify(json)).to.include('PMX_USAGE');
      }
    });
  }

  for (const words of [['a', 'b', 'c'], ['--nonsense'], ['--colour', 'blue'], ['--count', '9']]) {
    it(`what is wrong is said before anything is asked: ${words.join(' ')}`, async () => {
      const host = createFakeHost({ answers: ['x'] });
      const { exitCode, recording } = await runCommand(Make, words, { host });
      expect(exitCode).to.equal(1);
      expect(recording.prompts).to.deep.equal([]);
    });
  }
});
