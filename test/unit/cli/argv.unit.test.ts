import { globalFlags } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

import { asConfigView, asExamples, hoistable, hoistGlobalFlags, withInterval } from '#dist/argv.js';

describe('argv', () => {
  it('knows the same global flags as kit, and whether a value follows', () => {
    const ofKit = Object.entries(globalFlags).flatMap(([name, flag]) => {
      const takesValue = flag.type === 'option';
      const char = 'char' in flag && flag.char ? [[`-${flag.char}`, takesValue]] : [];
      const aliases = ('aliases' in flag && flag.aliases) || [];
      return [...[name, ...aliases].map((word) => [`--${word}`, takesValue]), ...char];
    });
    expect(hoistable).to.deep.equal(Object.fromEntries(ofKit));
  });

  for (const [argv, expected] of [
    ['--show-config', 'config view'],
    ['vm create web --show-config --memory 2G -o yaml', 'config view -o yaml'],
    ['--context lab vm list --json --show-config', 'config view --context lab --json'],
    ['vm exec 101 -- x --show-config', 'vm exec 101 -- x --show-config'],
    ['vm list', 'vm list'],
  ] as const) {
    it(`--show-config is config view: pmx ${argv}`, () => {
      expect(asConfigView(argv.split(' ')).join(' ')).to.equal(expected);
    });
  }

  for (const [argv, expected] of [
    ['help vm create --examples', 'examples vm create'],
    ['help --examples -o json', 'examples -o json'],
    ['help vm create', 'help vm create'],
    ['vm exec 101 -- help --examples', 'vm exec 101 -- help --examples'],
  ] as const) {
    it(`help with --examples is examples: pmx ${argv}`, () => {
      expect(asExamples(argv.split(' ')).join(' ')).to.equal(expected);
    });
  }

  for (const [argv, expected] of [
    ['vm list --watch', 'vm list --watch=2s'],
    ['vm list --watch 5s --json', 'vm list --watch=5s --json'],
    ['vm list --watch 500ms', 'vm list --watch=500ms'],
    ['vm list --watch 2x', 'vm list --watch=2x'],
    ['snapshot list --watch 101', 'snapshot list --watch=2s 101'],
    ['vm list --watch=1m', 'vm list --watch=1m'],
    ['vm exec 101 -- top --watch', 'vm exec 101 -- top --watch'],
    ['vm list', 'vm list'],
  ] as const) {
    it(`an interval is the value of --watch, or 2s: pmx ${argv}`, () => {
      expect(withInterval(argv.split(' ')).join(' ')).to.equal(expected);
    });
  }

  const cases: Array<[name: string, argv: string, expected: string]> = [
    ['nothing to do', 'vm list', 'vm list'],
    ['in front of the words', '--json vm list', 'vm list --json'],
    ['between the words', 'vm --json list', 'vm list --json'],
    ['with a value', '--context lab vm list', 'vm list --context lab'],
    ['a short one', '-o yaml vm list', 'vm list -o yaml'],
    ['with a value behind =', '--context=lab vm list', 'vm list --context=lab'],
    ['a value that looks like a command', '--context vm vm list', 'vm list --context vm'],
    ['a value that looks like a flag', '--context --json vm list', 'vm list --context --json'],
    [
      'several',
      '--json --request-timeout 5 vm --debug list --no-color',
      'vm list --json --request-timeout 5 --debug --no-color',
    ],
    [
      'in front of the command’s own flags',
      '--json vm list --node pve1 --debug',
      'vm list --json --node pve1 --debug',
    ],
    [
      'behind -- nothing is touched',
      'vm exec 101 -- --json --context x',
      'vm exec 101 -- --json --context x',
    ],
    ['flags stay in front of --', '--json vm exec -- ls', 'vm exec --json -- ls'],
    [
      'the value of the command’s own flag is no word',
      'vm list --node --json x',
      'vm list --node --json x',
    ],
    ['- is the command’s', '--json vm delete - --yes', 'vm delete --json - --yes'],
    ['unknown flags in front stay there', '-x --json vm', '-x --json vm'],
    ['a missing value stays missing', 'vm list --context', 'vm list --context'],
    ['a longer name is another flag', '--jsonl vm', '--jsonl vm'],
    ['help without command', '--json --help', '--json --help'],
    ['flags alone ask for help', '--json --context lab', ''],
    ['nothing', '', ''],
  ];
  for (const [name, argv, expected] of cases) {
    it(`${name}: pmx ${argv}`, () => {
      const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');
      expect(hoistGlobalFlags(split(argv))).to.deep.equal(split(expected));
    });
  }

  const word = fc.stringMatching(/^[a-z0-9]{1,5}$/);
  const global = fc.oneof(
    fc.constantFrom(['--json'], ['--debug'], ['--no-color']),
    word.map((name) => ['--context', name]),
    word.map((name) => [`--context=${name}`]),
    fc.nat(99).map((seconds) => ['--request-timeout', String(seconds)]),
  );
  const rest = fc.oneof(
    fc.constant([]),
    fc
      .array(fc.oneof(word, fc.constantFrom('--json', '--context', '--', '-')), { maxLength: 5 })
      .map((tail) => ['--', ...tail]),
    fc
      .array(fc.oneof(word, fc.constantFrom('--json', '--context', '--', '-')), { maxLength: 5 })
      .map((tail) => ['--own', ...tail]),
  );

  it('keeps the order of words, of flags and of the rest, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, global), { maxLength: 8 }),
        word,
        rest,
        (parts, first, tail) => {
          const head = [first, ...parts];
          const words = head.filter((part) => typeof part === 'string');
          const flags = head.filter((part) => typeof part !== 'string').flat();
          expect(hoistGlobalFlags([...head.flat(), ...tail])).to.deep.equal([
            ...words,
            ...flags,
            ...tail,
          ]);
        },
      ),
    );
  });

  it('moving twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('--json', '--debug', '--', '-x', '--context=a'))),
        (argv) => {
          const once = hoistGlobalFlags(argv);
          expect(hoistGlobalFlags(once)).to.deep.equal(once);
        },
      ),
    );
  });
});
