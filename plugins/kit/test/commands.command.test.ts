import { expect } from 'chai';

import {
  findHost,
  InterruptedError,
  type Plan,
  ProxmoxError,
  registerHost,
  RequestError,
  SurroundingsError,
} from '../dist/index.js';
import { createFakeHost, type FakeHostOptions, runCommand } from '../dist/testing/index.js';
import {
  commandThatThrows,
  password,
  ThingCreate,
  ThingDelete,
  ThingList,
  ThingShow,
} from './fixtures.ts';
import { thrownBy } from './failure.ts';

const guests = [
  { vmid: 102, name: 'db', node: 'pve2', pool: 'prod' },
  { vmid: 101, name: 'web' },
];

function fakeHost(options: FakeHostOptions = {}): ReturnType<typeof createFakeHost> {
  return createFakeHost({ guests, ...options });
}

describe('kit: ListCommand', () => {
  it('prints rows under headers', async () => {
    const run = await runCommand(ThingList, [], { host: fakeHost() });
    expect(run).to.include({
      stdout: 'vmid\tname\tpool\n101\tweb\t-\n102\tdb\tprod\n',
      stderr: '',
      exitCode: 0,
    });
  });

  it('gives its rows as the JSON value', async () => {
    const { json, stdout, stderr } = await runCommand(ThingList, ['--json', '--node', 'pve2'], {
      host: fakeHost(),
    });
    expect(json).to.have.lengthOf(1);
    expect(json).to.have.nested.property('[0].vmid', 102);
    expect(JSON.parse(stdout)).to.deep.equal(json);
    expect(stderr).to.equal('');
  });

  for (const [argv, stdout, stderr] of [
    [[], '', 'No things.\n'],
    [['--json'], '[]\n', ''],
  ] as const) {
    it(`says that there is nothing: ${argv.join(' ') || 'words'}`, async () => {
      expect(await runCommand(ThingList, argv)).to.include({ stdout, stderr, exitCode: 0 });
    });
  }

  for (const [argv, stdout] of [
    ['--columns name,node', 'name\tnode\nweb\tpve1\ndb\tpve2\n'],
    ['--sort-by name', 'vmid\tname\tpool\n102\tdb\tprod\n101\tweb\t-\n'],
    ['--filter name~w*', 'vmid\tname\tpool\n101\tweb\t-\n'],
    ['--filter node=pve2 --no-headers', '102\tdb\tprod\n'],
    ['-o wide', 'vmid\tname\tpool\tlock\n101\tweb\t-\t-\n102\tdb\tprod\t-\n'],
    ['-o name --sort-by -vmid', 'db\nweb\n'],
    ['--watch=2s', 'vmid\tname\tpool\n101\tweb\t-\n102\tdb\tprod\n'],
  ] as const) {
    it(`shapes its rows: ${argv}`, async () => {
      const run = await runCommand(ThingList, argv.split(' '), { host: fakeHost() });
      expect(run).to.include({ stdout, stderr: '', exitCode: 0 });
    });
  }

  it('gives programs what was picked, under the names of the fields', async () => {
    const argv = ['--json', '--columns', 'name,vmid', '--filter', 'vmid>101'];
    const { json } = await runCommand(ThingList, argv, { host: fakeHost() });
    expect(json).to.deep.equal([{ name: 'db', vmid: 102 }]);
  });

  for (const [argv, code, env] of [
    ['--columns colour', 'PMX_UNKNOWN_COLUMN'],
    ['--sort-by colour', 'PMX_UNKNOWN_COLUMN'],
    ['--filter name', 'PMX_FILTER'],
    ['-o xml', 'PMX_OUTPUT_FORMAT'],
    ['--json -o yaml', 'PMX_OUTPUT_FORMAT'],
    ['--watch=soon', 'PMX_WATCH'],
    ['--watch=1ms', 'PMX_WATCH'],
    ['--watch=48h', 'PMX_WATCH'],
    ['--watch=2s -o csv', 'PMX_WATCH'],
    ['', 'PMX_OUTPUT_FORMAT', { PMX_OUTPUT: 'xml' }],
  ] as const) {
    it(`refuses ${argv || JSON.stringify(env)}`, async () => {
      const words = argv === '' ? [] : argv.split(' ');
      const { exitCode, stdout, stderr } = await runCommand(ThingList, words, {
        host: fakeHost(),
        env,
      });
      expect(exitCode).to.equal(1);
      expect(stdout + stderr).to.include(code);
    });
  }

  it('--json wins over PMX_OUTPUT', async () => {
    const { json } = await runCommand(ThingList, ['--json'], {
      host: fakeHost(),
      env: { PMX_OUTPUT: 'csv' },
    });
    expect(json).to.have.lengthOf(2);
  });

  it('an error is a document in formats that have one, and words in the others', async () => {
    const yaml = await runCommand(ThingList, ['--columns', 'x', '-o', 'yaml'], {
      host: fakeHost(),
    });
    expect(yaml.json).to.have.nested.property('error.code', 'PMX_UNKNOWN_COLUMN');
    const csv = await runCommand(ThingList, ['--columns', 'x', '-o', 'csv'], { host: fakeHost() });
    expect(csv.stdout).to.equal('');
    expect(csv.stderr).to.include('PMX_UNKNOWN_COLUMN');
  });
});

describe('kit: ShowCommand', () => {
  const pve = {
    '/nodes/pve1/qemu/101/config': { cores: 4 },
    '/nodes/pve9/qemu/101/config': { cores: 9 },
  };

  it('shows the value to a person', async () => {
    const run = await runCommand(ThingShow, ['--vmid', '101'], { host: createFakeHost({ pve }) });
    expect(run).to.include({ stdout: 'vmid: 101\ncores: 4\n', stderr: '', exitCode: 0 });
  });

  it('gives the value as JSON, and shows nothing', async () => {
    const host = createFakeHost({ pve });
    const { json, stdout } = await runCommand(ThingShow, ['--vmid=101', '--json'], { host });
    expect(json).to.deep.equal({ vmid: 101, cores: 4 });
    expect(JSON.parse(stdout)).to.deep.equal(json);
    expect(host.recording.documents).to.have.lengthOf(1);
  });

  it('takes flags from the environment that it is given, and from no other', async () => {
    process.env['PMX_NODE'] = 'from-the-developer';
    try {
      const host = createFakeHost({ pve });
      const argv = ['--vmid', '101', '--json'];
      const own = await runCommand(ThingShow, argv, { host, env: { PMX_NODE: 'pve9' } });
      expect(own.json).to.deep.equal({ vmid: 101, cores: 9 });
      expect((await runCommand(ThingShow, argv, { host })).json).to.deep.equal({
        vmid: 101,
        cores: 4,
      });
      expect(process.env['PMX_NODE']).to.equal('from-the-developer');
    } finally {
      delete process.env['PMX_NODE'];
    }
  });
});

describe('kit: views', () => {
  for (const [name, command, argv] of [
    ['ShowCommand', ThingShow, ['--vmid', '101']],
    ['ChangeCommand', ThingDelete, ['101', '--yes']],
    ['ChangeCommand of several', ThingDelete, ['101', '102', '--yes']],
  ] as const) {
    it(`${name} draws none with --json`, async () => {
      const pve = { '/nodes/pve1/qemu/101/config': { cores: 4 } };
      const words = await runCommand(command, [...argv, '--debug'], { host: fakeHost({ pve }) });
      expect(words.stderr).to.contain('[debug] viewed');
      const json = await runCommand(command, [...argv, '--debug', '--json'], {
        host: fakeHost({ pve }),
      });
      expect(json).to.include({ stderr: '', exitCode: 0 });
    });
  }
});

describe('kit: errors of commands', () => {
  const options = { code: 'PMX_X', message: 'It failed.', hints: ['Do this.'] };
  const thrown: Array<[thrown: unknown, code: string, exitCode: number]> = [
    [new RequestError(options), 'PMX_X', 1],
    [new SurroundingsError(options), 'PMX_X', 2],
    [new ProxmoxError(options), 'PMX_X', 3],
    [new InterruptedError(), 'PMX_INTERRUPTED', 130],
    [Object.assign(new Error('foreign'), { code: 'ACME_X', exitCode: 3, hints: [] }), 'ACME_X', 3],
    [new TypeError('x is undefined'), 'PMX_BUG', 2],
    ['a string', 'PMX_BUG', 2],
  ];
  for (const [error, code, exitCode] of thrown) {
    const command = commandThatThrows(() => {
      throw error;
    });
    it(`${code} (${exitCode}): one JSON document`, async () => {
      const run = await runCommand(command, ['--json']);
      expect(run.exitCode).to.equal(exitCode);
      expect(run.recording.documents).to.have.lengthOf(1);
      expect(JSON.parse(run.stdout)).to.deep.equal(run.json);
      expect(run.json).to.have.property('error').that.includes({ code, exitCode });
      expect(run.stderr).to.equal('');
    });

    it(`${code} (${exitCode}): words on stderr`, async () => {
      const run = await runCommand(command);
      expect(run).to.include({ exitCode, stdout: '', json: undefined });
      expect(run.stderr)
        .to.match(/^Error: .*/)
        .and.contain(`(${code}, request fake-request)`);
    });
  }

  const usage: Array<[argv: string[], code: string, named: string]> = [
    [['--nonsense'], 'PMX_USAGE', '--nonsense'],
    [['surplus'], 'PMX_USAGE', 'surplus'],
    [[], 'PMX_USAGE', 'Missing required flag vmid'],
    [['--vmid'], 'PMX_USAGE', '--vmid'],
    [['--vmid', '12'], 'PMX_INVALID_VMID', "'12'"],
    [['--vmid', '101', '--request-timeout', '0'], 'PMX_USAGE', '0'],
  ];
  for (const [argv, code, named] of usage) {
    it(`refuses '${argv.join(' ')}' with exit 1, as JSON and in words`, async () => {
      const json = await runCommand(ThingShow, ['--json', ...argv]);
      expect(json.exitCode).to.equal(1);
      expect(json.recording.documents).to.have.lengthOf(1);
      const { error } = json.json as { error: { code: string; message: string; hints: string[] } };
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(named).and.not.contain('Parsing --');
      expect(error.hints).to.not.be.empty;
      expect(Object.keys(error)).to.not.include.members(['parse', 'config', 'context', 'oclif']);

      const words = await runCommand(ThingShow, argv);
      expect(words).to.include({ exitCode: 1, stdout: '' });
      expect(words.stderr).to.contain(named);
    });
  }

  it('prints no other part of argv with a parse error', async () => {
    for (const argv of [
      ['--vmid', '101', '--node', 'hunter2', '--nonsense'],
      ['--json', '--node', 'hunter2', '--nonsense'],
    ]) {
      const { stdout, stderr } = await runCommand(ThingShow, argv);
      expect(stdout + stderr)
        .to.contain('--nonsense')
        .and.not.contain('hunter2');
    }
  });

  it('shows stacks with --debug only', async () => {
    const command = commandThatThrows(() => {
      throw new TypeError('x is undefined');
    });
    expect((await runCommand(command)).stderr).to.not.contain('    at ');
    expect((await runCommand(command, ['--debug'])).stderr).to.contain('    at ');
  });

  it('closes every session that it opened', async () => {
    for (const argv of [['--vmid', '101'], ['--nonsense'], ['--vmid', '101', '--json']]) {
      const { recording } = await runCommand(ThingShow, argv);
      expect(recording).to.include({ opened: 1, closed: 1 });
    }
  });
});

describe('kit: ChangeCommand', () => {
  const confirmed = ['101', '--yes'];

  it('carries the plan out and shows its result', async () => {
    const run = await runCommand(ThingDelete, confirmed, { host: fakeHost() });
    expect(run).to.include({ stdout: 'Thing 101 is gone.\n', exitCode: 0 });
    expect(run.plans.map(({ target }) => target)).to.deep.equal(['thing 101']);
    expect(run.recording.prompts).to.deep.equal([]);
  });

  it('gives one result for each target as JSON', async () => {
    const run = await runCommand(ThingDelete, ['101', '102', '--yes', '--json'], {
      host: fakeHost(),
    });
    expect(run.json).to.deep.equal([
      { target: 'thing 101', ok: true, result: { gone: 101 } },
      { target: 'thing 102', ok: true, result: { gone: 102 } },
    ]);
    expect(run.recording.documents).to.have.lengthOf(1);
    expect(run.stderr).to.equal('');
  });

  it('gives the result alone when there is one plan, and goes on afterwards', async () => {
    const json = await runCommand(ThingCreate, ['--json']);
    expect(json.json).to.deep.equal({ vmid: 101 });
    const words = await runCommand(ThingCreate, ['--afterwards']);
    expect(words.stdout).to.match(/^Thing 101 .*\nAfterwards\.\n$/);
  });

  describe('dry run', () => {
    for (const argv of [['--dry-run'], ['--dry-run', '--yes'], ['--dry-run', '--as', 'curl']]) {
      it(`prints and runs nothing: ${argv.join(' ')}`, async () => {
        const run = await runCommand(ThingDelete, ['101', '102', ...argv], { host: fakeHost() });
        expect(run).to.include({
          stdout:
            'Delete thing 101 (web)\n  Delete VM 101\nDelete thing 102 (db)\n  Delete VM 102\n',
          stderr: '',
          exitCode: 0,
        });
        expect(run.plans).to.deep.equal([]);
        expect(run.recording.prompts).to.deep.equal([]);
      });
    }

    it('gives the plans as JSON, with warnings and without secrets', async () => {
      const run = await runCommand(ThingCreate, ['--dry-run', '--json'], {
        host: createFakeHost({ problems: ['cores: too many'] }),
      });
      expect(run.plans).to.deep.equal([]);
      expect(run.recording.documents).to.have.lengthOf(1);
      const document = run.json as { dryRun: boolean; plans: Plan[]; warnings: string[] };
      expect(document).to.deep.include({ dryRun: true, warnings: ['cores: too many'] });
      expect(document.plans[0]).to.not.have.property('secrets');
      expect(document.plans[0]!.steps[0]).to.have.nested.property(
        'args.params.cipassword.$secret',
        'pw',
      );
      expect(run.stdout).to.not.contain(password);
      expect(run.stderr).to.equal('Warning: cores: too many\n');
    });

    for (const [argv, style] of [
      [[], 'words'],
      [['--as', 'words'], 'words'],
      [['--as', 'curl'], 'curl'],
      [['--as=pvesh'], 'pvesh'],
    ] as const) {
      it(`shows calls as ${style} with '${argv.join(' ')}'`, async () => {
        const { recording } = await runCommand(ThingDelete, ['101', '--dry-run', ...argv], {
          host: fakeHost(),
        });
        expect(recording.described.map((described) => described.style)).to.deep.equal([style]);
      });
    }

    for (const argv of [
      ['101', '--as', 'curl'],
      ['101', '--dry-run', '--as', 'perl'],
    ]) {
      it(`refuses '${argv.join(' ')}'`, async () => {
        const run = await runCommand(ThingDelete, argv, { host: fakeHost({ answers: [true] }) });
        expect(run.exitCode).to.equal(1);
        expect(run.stderr).to.contain('--as').and.contain('(PMX_USAGE,');
        expect(run.plans).to.deep.equal([]);
      });
    }
  });

  describe('confirmation', () => {
    it('asks before what cannot be taken back, naming it and its impact', async () => {
      const run = await runCommand(ThingDelete, ['web'], { host: fakeHost({ answers: [true] }) });
      expect(run.recording.prompts).to.deep.equal(['Delete thing 101 (web)?']);
      expect(run.stderr).to.equal('goes: thing 101\nstays: ISO shared.iso\n');
      expect(run.plans).to.have.lengthOf(1);
      expect(run.exitCode).to.equal(0);
    });

    it('asks once for several', async () => {
      const run = await runCommand(ThingDelete, ['101', '102'], {
        host: fakeHost({ answers: [true] }),
      });
      expect(run.recording.prompts).to.deep.equal(['2 changes?']);
      expect(run.plans).to.have.lengthOf(2);
    });

    it('does nothing when the answer is no', async () => {
      const run = await runCommand(ThingDelete, ['101'], { host: fakeHost({ answers: [false] }) });
      expect(run).to.include({ exitCode: 1, stdout: '' });
      expect(run.stderr).to.contain('(PMX_DECLINED,');
      expect(run.plans).to.deep.equal([]);
    });

    for (const [how, argv, options] of [
      ['there is no terminal', ['101'], { canPrompt: false, answers: [true] }],
      ['the output is JSON', ['101', '--json'], { canPrompt: true, answers: [true] }],
    ] as Array<[string, string[], FakeHostOptions]>) {
      it(`refuses when ${how}`, async () => {
        const run = await runCommand(ThingDelete, argv, { host: fakeHost(options) });
        expect(run.exitCode).to.equal(1);
        expect(run.stdout + run.stderr)
          .to.contain('PMX_CONFIRMATION_NEEDED')
          .and.contain('--yes')
          .and.contain('Delete thing 101 (web)');
        expect(run.plans).to.deep.equal([]);
        expect(run.recording.prompts).to.deep.equal([]);
      });
    }

    it('is not needed for what can be taken back', async () => {
      const harmless = await runCommand(ThingCreate, [], {
        host: createFakeHost({ canPrompt: false }),
      });
      expect(harmless).to.include({ exitCode: 0 });
      const destructive = await runCommand(ThingCreate, ['--destructive'], {
        host: createFakeHost({ canPrompt: false }),
      });
      expect(destructive).to.include({ exitCode: 1 });
      expect(destructive.plans).to.deep.equal([]);
    });
  });

  describe('several targets', () => {
    const failing = (error: () => unknown) => (plan: Plan) => {
      if (plan.target === 'thing 102') throw error();
      return { gone: Number(plan.target.split(' ')[1]) };
    };
    const many = Array.from({ length: 9 }, (_, index) => ({ vmid: 101 + index }));
    const locked = (): ProxmoxError =>
      new ProxmoxError({ code: 'PMX_LOCKED', message: 'It is locked.' });

    it('one failure stops no other, and ends with 3', async () => {
      const host = fakeHost({ guests: many, run: failing(locked) });
      const run = await runCommand(ThingDelete, ['101-109', '--yes'], { host });
      expect(run.exitCode).to.equal(3);
      expect(run.plans).to.have.lengthOf(9);
      expect(run.stdout.trim().split('\n')).to.have.lengthOf(8);
      expect(run.stderr)
        .to.contain('thing 102: It is locked.\n')
        .and.contain('1 of 9 failed: thing 102.')
        .and.contain('(PMX_PARTIAL_FAILURE,');
    });

    it('tells what became of each as JSON', async () => {
      const host = fakeHost({ run: failing(locked) });
      const run = await runCommand(ThingDelete, ['101', '102', '--yes', '--json'], { host });
      expect(run.exitCode).to.equal(3);
      expect(run.recording.documents).to.have.lengthOf(1);
      expect(run.json).to.have.nested.property('error.code', 'PMX_PARTIAL_FAILURE');
      expect(run.json)
        .to.have.nested.property('error.data.results')
        .that.deep.equals([
          { target: 'thing 101', ok: true, result: { gone: 101 } },
          {
            target: 'thing 102',
            ok: false,
            error: { code: 'PMX_LOCKED', message: 'It is locked.' },
          },
        ]);
    });

    it('a single target fails with its own error', async () => {
      const host = fakeHost({ run: failing(locked) });
      const run = await runCommand(ThingDelete, ['102', '--yes'], { host });
      expect(run.exitCode).to.equal(3);
      expect(run.stderr).to.contain('(PMX_LOCKED,').and.not.contain('PMX_PARTIAL_FAILURE');
    });

    it('draws progress for one, not for several at once', async () => {
      const one = await runCommand(ThingDelete, confirmed, { host: fakeHost() });
      const two = await runCommand(ThingDelete, ['101', '102', '--yes'], { host: fakeHost() });
      expect(one.recording.runs.map(({ options }) => options.quiet ?? false)).to.deep.equal([
        false,
      ]);
      expect(two.recording.runs.map(({ options }) => options.quiet)).to.deep.equal([true, true]);
    });

    for (const [argv, settings, expected] of [
      [[], {}, 8],
      [['--parallel', '3'], { parallel: 5 }, 3],
      [[], { parallel: 5 }, 5],
      [['--parallel', '100'], {}, 30],
    ] as Array<[string[], FakeHostOptions['settings'], number]>) {
      it(`runs ${expected} at a time with ${argv.join(' ') || JSON.stringify(settings)}`, async () => {
        let running = 0;
        let most = 0;
        const host = fakeHost({
          guests: Array.from({ length: 30 }, (_, index) => ({ vmid: 101 + index })),
          settings,
          run: async () => {
            most = Math.max(most, ++running);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            return { gone: 1 };
          },
        });
        const run = await runCommand(ThingDelete, ['101-130', '--yes', ...argv], { host });
        expect(run.exitCode).to.equal(0);
        expect(most).to.equal(expected);
      });
    }

    it('begins nothing more after the first failure with --fail-fast', async () => {
      const host = fakeHost({ guests: many, run: failing(locked) });
      const argv = ['101-109', '--yes', '--json', '--fail-fast', '--parallel', '1'];
      const run = await runCommand(ThingDelete, argv, { host });
      expect(run.exitCode).to.equal(3);
      expect(run.plans).to.have.lengthOf(2);
      const { error } = run.json as { error: { message: string; data: { results: unknown[] } } };
      expect(error.message).to.equal(
        '1 of 9 failed: thing 102. 7 of 9: not begun, for another one failed (--fail-fast).',
      );
      expect(error.data.results[8]).to.deep.equal({
        target: 'thing 109',
        ok: false,
        error: {
          code: 'PMX_NOT_BEGUN',
          message: 'Not begun, for another one failed (--fail-fast).',
        },
      });
    });

    it('gives up on a server that cannot be reached', async () => {
      const dead = (): SurroundingsError =>
        new SurroundingsError({ code: 'PMX_UNREACHABLE', message: 'Nothing listens.' });
      const guests = Array.from({ length: 40 }, (_, index) => ({ vmid: 101 + index }));
      const host = fakeHost({
        guests,
        run: ({ target }) => {
          if (target === 'thing 103') return { gone: 103 };
          throw dead();
        },
      });
      const run = await runCommand(ThingDelete, ['101-140', '--yes', '--parallel', '1'], { host });
      expect(run.plans).to.have.lengthOf(8);
      expect(run.stderr).to.contain('the server could not be reached 5 times in a row');
    });

    it('names ten that failed, not hundreds', async () => {
      const guests = Array.from({ length: 12 }, (_, index) => ({ vmid: 101 + index }));
      const host = fakeHost({
        guests,
        run: () => {
          throw locked();
        },
      });
      const run = await runCommand(ThingDelete, ['101-112', '--yes', '--parallel', '1'], { host });
      expect(run.stderr).to.contain('thing 110 and 2 more.');
    });

    it('passes on how long to wait for a lock', async () => {
      const argv = ['101', '102', '--yes', '--wait-lock', '2m'];
      const { recording } = await runCommand(ThingDelete, argv, { host: fakeHost() });
      expect(recording.runs.map(({ options }) => options.waitLock)).to.deep.equal([
        120_000, 120_000,
      ]);
    });

    it('an interruption wins over failures and ends with 130', async () => {
      const host = fakeHost({
        run: ({ target }) => {
          throw target === 'thing 101' ? locked() : new InterruptedError();
        },
      });
      const run = await runCommand(ThingDelete, ['101', '102', '--yes', '--json'], { host });
      expect(run.exitCode).to.equal(130);
      expect(run.json).to.have.nested.property('error.code', 'PMX_INTERRUPTED');
      expect(run.recording.documents).to.have.lengthOf(1);
    });

    it('begins nothing more after Ctrl-C, and ends with 130 also when all that ran succeeded', async () => {
      const stop = new AbortController();
      const host = fakeHost({
        guests: many,
        signal: stop.signal,
        run: () => {
          stop.abort();
          return { gone: 1 };
        },
      });
      const run = await runCommand(ThingDelete, ['101-109', '--yes'], { host });
      expect(run.exitCode).to.equal(130);
      expect(run.plans).to.have.lengthOf(1);
      expect(run.stderr).to.contain('(PMX_INTERRUPTED,').and.not.contain('PMX_BUG');
    });
  });

  it('hides the secrets of a plan before anything of it is printed', async () => {
    for (const argv of [
      [],
      ['--json'],
      ['--dry-run'],
      ['--dry-run', '--json'],
      ['--destructive'],
    ]) {
      const { stdout, stderr } = await runCommand(ThingCreate, argv);
      expect(stdout + stderr, argv.join(' ')).to.not.be.empty.and.not.contain(password);
    }
  });

  for (const [argv, keepOnFailure] of [
    [confirmed, false],
    [[...confirmed, '--keep-on-failure'], true],
    [['101', '102', '--yes', '--keep-on-failure'], true],
  ] as const) {
    it(`passes on ${keepOnFailure ? '' : 'no '}--keep-on-failure for ${argv.join(' ')}`, async () => {
      const { recording } = await runCommand(ThingDelete, argv, { host: fakeHost() });
      expect(recording.runs).to.not.be.empty;
      for (const { options } of recording.runs)
        expect(options.keepOnFailure).to.equal(keepOnFailure);
    });
  }

  it('an unknown target changes nothing', async () => {
    const run = await runCommand(ThingDelete, ['101', 'nobody', '--yes'], { host: fakeHost() });
    expect(run.exitCode).to.equal(1);
    expect(run.stderr).to.contain('(PMX_THING_NOT_FOUND,');
    expect(run.plans).to.deep.equal([]);
  });
});

describe('kit/testing', () => {
  it('is what plugins import', async () => {
    expect(await import('@pmx-cli/kit/testing')).to.include({ createFakeHost, runCommand });
  });

  it('puts host and exit code back', async () => {
    const mine = createFakeHost();
    const [before, exitCode] = [registerHost(mine), process.exitCode];
    try {
      process.exitCode = 42;
      await runCommand(ThingShow, ['--nonsense']);
      expect(process.exitCode).to.equal(42);
      expect(findHost()).to.equal(mine);
      registerHost(undefined);
      await runCommand(ThingList);
      expect(thrownBy(findHost).code).to.equal('PMX_NO_HOST');
    } finally {
      process.exitCode = exitCode;
      registerHost(before);
    }
  });

  const open = (options: FakeHostOptions, json = false) =>
    createFakeHost(options).open({
      format: { type: json ? 'json' : 'table' },
      log: { format: 'text' },
      'no-color': false,
    });

  it('answers GETs from values and functions, plain and typed', async () => {
    const pve = await open({
      pve: {
        '/version': { version: '9.0' },
        '/nodes/pve1/qemu': ({ full }: { full?: unknown }) => [{ vmid: 101, full }],
        '/null': null,
      },
    }).pve();
    expect(await pve.get('/version')).to.deep.equal({ version: '9.0' });
    expect(await pve.get('/nodes/pve1/qemu', { full: true })).to.deep.equal([
      { vmid: 101, full: true },
    ]);
    expect(await pve.api.nodes.$('pve1').qemu.$get({ full: false })).to.deep.equal([
      { vmid: 101, full: false },
    ]);
    expect(await pve.get('/null')).to.equal(null);
  });

  it('names an unknown path and the known ones', async () => {
    const pve = await open({ pve: { '/version': {} } }).pve();
    for (const path of ['/nodes', 'constructor']) {
      const error = await pve.get(path).then(
        () => expect.fail('answered'),
        (thrown: Error) => thrown,
      );
      expect(error.message).to.equal(
        `The fake host has no answer for GET ${path}; it has: /version.`,
      );
    }
  });

  it('protects its table from commands', async () => {
    const pve = await open({ pve: { '/x': { list: [1] } } }).pve();
    (await pve.get<{ list: number[] }>('/x')).list.push(2);
    expect(await pve.get('/x')).to.deep.equal({ list: [1] });
  });

  it('needs values for the variables of a result', async () => {
    const run = await runCommand(ThingCreate, [], {
      host: createFakeHost({ variables: { vmid: 7 } }),
    });
    expect(run.stdout).to.contain('Thing 7 ');
    const { operations } = open({ variables: { upid: 'UPID:x' } });
    const plan: Plan = {
      operation: 'x',
      target: 'x',
      title: 'x',
      steps: [],
      result: { upid: { $var: 'upid' } },
    };
    expect(await operations.run(plan)).to.deep.equal({ upid: 'UPID:x' });
    const error = await operations
      .run({ ...plan, result: { $var: 'other' } })
      .catch((thrown: Error) => thrown);
    expect(error).to.be.instanceOf(Error).with.property('message').that.contains("'other'");
  });

  it('finds guests as pmx does', async () => {
    const inventory = await open({
      guests: [...guests, { vmid: 103, name: 'db', template: true }],
    }).inventory();
    const found = async (words: string[], template?: boolean): Promise<unknown> =>
      inventory.resolveGuests(words, { noun: 'VM', template }).then(
        (list) => list.map(({ vmid }) => vmid),
        ({ code }: { code: string }) => code,
      );
    expect(await found(['web', '101'])).to.deep.equal([101]);
    expect(await found(['102-200'])).to.deep.equal([102, 103]);
    expect(await found(['*b'])).to.deep.equal([101, 102, 103]);
    expect(await found(['DB'], false)).to.deep.equal([102]);
    expect(await found(['db'])).to.equal('PMX_AMBIGUOUS_NAME');
    expect(await found(['101'], true)).to.equal('PMX_VM_NOT_FOUND');
    expect((await inventory.node('pve1')).status).to.equal('online');
    expect(await inventory.node('x').catch(({ code }: { code: string }) => code)).to.equal(
      'PMX_NODE_NOT_FOUND',
    );
  });

  it('lists storages of a node, and contexts with the first one as the current', async () => {
    const session = open({
      storages: [{ storage: 'local' }, { storage: 'nfs', node: 'pve2' }],
      contexts: {
        lab: { endpoint: 'https://lab:8006', node: 'pve7' },
        prod: { endpoint: 'https://prod:8006' },
      },
    });
    const inventory = await session.inventory();
    expect((await inventory.storages('pve2')).map(({ storage }) => storage)).to.deep.equal(['nfs']);
    expect(await inventory.storages()).to.have.lengthOf(2);
    expect(await session.contexts.current()).to.equal('lab');
    expect(await session.defaults()).to.include({ node: 'pve7' });
    expect(await session.contexts.get('x').catch(({ code }: { code: string }) => code)).to.equal(
      'PMX_CONTEXT_NOT_FOUND',
    );
  });

  it('answers questions in order, and fails a command that asks too much', async () => {
    const { prompt } = open({ answers: [true, 'hunter2', false] });
    expect(await prompt.confirm('1?')).to.equal(true);
    expect(await prompt.secret('2?')).to.equal('hunter2');
    expect(await prompt.confirm('3?')).to.equal(false);
    expect(await prompt.confirm('4?').catch(String)).to.contain('no answer left for: 4?');
    const silent = open({ answers: [true] }, true);
    expect(silent.prompt.possible).to.equal(false);
    expect(await silent.prompt.confirm('5?').catch(String)).to.contain('nothing can be asked: 5?');
  });
});
