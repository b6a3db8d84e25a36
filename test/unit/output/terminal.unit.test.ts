import { expect } from 'chai';
import fc from 'fast-check';

import { Redactor, TerminalOutput } from '#dist/lib/output/index.js';
import type { OutputOptions } from '#dist/lib/output/terminal.js';
import { Sink } from './sink.ts';

function open(changes: Partial<OutputOptions> = {}) {
  const [stdout, stderr, redactor] = [new Sink(), new Sink(), new Redactor()];
  const output = new TerminalOutput({
    format: { type: 'table' },
    color: false,
    redact: (text) => redactor.redact(text),
    stdout,
    stderr,
    env: { TERM: 'xterm' },
    ...changes,
  });
  return { output, stdout, stderr, redactor };
}

const shape = { headers: true, reference: String };

/** Every way to write, and the stream it goes to for a person and with --json. */
const writers: Array<
  [
    name: string,
    write: (output: TerminalOutput, text: string) => void | Promise<void>,
    person: string,
    json: string,
  ]
> = [
  ['print', (output, text) => output.print(text), 'stdout', 'nowhere'],
  ['note', (output, text) => output.note(text), 'stderr', 'nowhere'],
  ['warn', (output, text) => output.warn(text), 'stderr', 'stderr'],
  ['problem', (output, text) => output.problem(text), 'stderr', 'stderr'],
  ['document', (output, text) => output.document({ text }), 'stdout', 'stdout'],
  [
    'table',
    (output, text) =>
      output.table([text], { ...shape, columns: [{ header: 'x', value: (row) => row }] }),
    'stdout',
    'nowhere',
  ],
  ['fields', (output, text) => output.fields([['x', text]]), 'stdout', 'nowhere'],
  [
    'impact',
    (output, text) => output.impact({ removes: [{ what: 'VM', name: text }], keeps: [] }),
    'stderr',
    'nowhere',
  ],
];

describe('output: terminal', () => {
  for (const [name, write, person, json] of writers) {
    for (const [mode, target] of [
      [false, person],
      [true, json],
    ] as const) {
      it(`${name} goes to ${target}${mode ? ' with --json' : ''}`, async () => {
        const { output, stdout, stderr } = open({
          format: { type: mode ? 'json' : 'table' },
        });
        await write(output, 'some text');
        expect(stdout.text.includes('some text'), 'stdout').to.equal(target === 'stdout');
        expect(stderr.text.includes('some text'), 'stderr').to.equal(target === 'stderr');
        expect((stdout.text + stderr.text).replace(/\n$/, '').length > 0).to.equal(
          target !== 'nowhere',
        );
      });
    }

    it(`${name} shows no protected value`, async () => {
      const { output, stdout, stderr, redactor } = open();
      redactor.protect('correct-horse');
      await write(output, 'it is correct-horse!');
      expect(stdout.text + stderr.text)
        .to.contain('it is [secret]!')
        .and.not.contain('correct-horse');
    });
  }

  it('lines fields up, continues lines below the first and leaves empty ones out', () => {
    const { output, stdout } = open();
    output.fields([
      ['vmid', 101],
      ['description', 'one\ntwo\n'],
      ['empty', ''],
      ['absent', undefined],
      ['zero', 0],
    ]);
    expect(stdout.text).to.equal(
      [
        'vmid:         101',
        'description:  one',
        '              two',
        '              ',
        'zero:         0',
        '',
      ].join('\n'),
    );
  });

  it('has no trouble with nothing to show', () => {
    const { output, stdout } = open();
    output.fields([['absent', undefined]]);
    output.impact({ removes: [], keeps: [] });
    expect(stdout.text).to.equal('');
  });

  it('lists what goes and what stays', () => {
    const { output, stderr } = open();
    output.impact({
      removes: [
        { what: 'VM', name: '101' },
        { what: 'disk', name: 'scsi0', detail: '20 GiB' },
      ],
      keeps: [{ what: 'ISO', name: 'x.iso', detail: 'shared' }],
    });
    expect(stderr.text).to.equal(
      'Goes:\n  - VM 101\n  - disk scsi0 (20 GiB)\nStays:\n  = ISO x.iso (shared)\n',
    );
  });

  it('colours words, not the text behind them', () => {
    const { output, stderr } = open({ color: true });
    output.warn('careful');
    output.problem('Error: broken');
    output.problem('No Error: here');
    expect(stderr.text).to.equal(
      '\u001b[33mWarning:\u001b[39m careful\n\u001b[31mError:\u001b[39m broken\nNo Error: here\n',
    );
  });

  it('a dumb terminal gets lines, one below the other', () => {
    const tty = { stdout: new Sink(true), stderr: new Sink(true) };
    const { output } = open({ ...tty, env: { TERM: 'dumb' } });
    output.status('40 %');
    output.redraw([1], { ...shape, columns: [{ header: 'x', value: () => 'one' }] }, 'Every 2 s');
    expect(output.live).to.equal(false);
    expect(tty.stderr.text).to.equal('');
    expect(tty.stdout.text).to.match(/one/).and.to.not.include('\u001b');
    const { output: other } = open({ ...tty, env: { TERM: 'xterm' } });
    expect(other.live).to.equal(true);
  });

  it('prints null for no value', async () => {
    const { output, stdout } = open({ format: { type: 'json' } });
    await output.document(undefined);
    expect(stdout.text).to.equal('null\n');
  });

  const documents: Array<[name: string, value: unknown, expected: unknown]> = [
    ['a text', { password: 'a b"c' }, { password: '[secret]' }],
    ['a number', { cipassword: 12_345 }, { cipassword: '[secret]' }],
    ['PVE’s mask', { cipassword: '**********' }, { cipassword: '**********' }],
    ['nothing', { password: null, cipassword: '' }, { password: null, cipassword: '' }],
    ['a switch', { password: true }, { password: true }],
    ['an object', { password: { set: true } }, { password: { set: true } }],
    ['JSON in a text', { body: '{"password":"x y"}' }, { body: '{"password":"[secret]"}' }],
    ['another name', { passwordless: 'yes' }, { passwordless: 'yes' }],
  ];
  for (const [name, value, expected] of documents) {
    it(`a document stays one when a password is ${name}`, async () => {
      const { output, stdout } = open({ format: { type: 'json' } });
      await output.document({ before: 1, value, after: [2] });
      expect(JSON.parse(stdout.text)).to.deep.equal({ before: 1, value: expected, after: [2] });
    });
  }

  it('a document stays one when a secret looks like a number or like JSON', async () => {
    const { output, stdout, redactor } = open({ format: { type: 'json' } });
    for (const secret of ['123456', '": "x"', 'uptime']) redactor.protect(secret);
    await output.document({ uptime: 1_234_567, text: 'pin 123456' });
    expect(JSON.parse(stdout.text)).to.deep.equal({ uptime: 1_234_567, text: 'pin [secret]' });
  });

  it('any value with any secret gives a document that parses, and does not hold the secret', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ noUnicodeString: false }),
        fc.string({ minLength: 6 }),
        async (value, secret) => {
          const { output, stdout, redactor } = open({ format: { type: 'json' } });
          redactor.protect(secret);
          await output.document({ value, secret, within: [`<${secret}>`] });
          const shown = JSON.parse(stdout.text) as { secret: string; within: string[] };
          expect(shown.secret).to.equal('[secret]');
          expect(shown.within[0]).to.not.contain(secret);
        },
      ),
    );
  });
});

describe('output: the line that says how far many are', () => {
  const wipe = '\r\u001b[K';
  const opened = (isTTY: boolean, type: 'table' | 'json' = 'table') => {
    const [stdout, stderr] = [new Sink(isTTY), new Sink(isTTY)];
    const { output, redactor } = open({ stdout, stderr, format: { type } });
    return { output, redactor, stdout, stderr };
  };

  it('is drawn in place, and again below what is written meanwhile', () => {
    const { output, stdout, stderr } = opened(true);
    output.status('1 of 3 done');
    output.print('VM 101 runs.');
    output.status('2 of 3 done');
    output.note('VM 102: refused');
    output.status(undefined);
    expect(stdout.text).to.equal('VM 101 runs.\n');
    expect(stderr.text).to.equal(
      [
        '1 of 3 done',
        `${wipe}1 of 3 done`,
        `${wipe}2 of 3 done`,
        `${wipe}VM 102: refused\n2 of 3 done`,
        wipe,
      ].join(''),
    );
  });

  it('without one nothing is wiped', () => {
    const { output, stderr } = opened(true);
    output.status(undefined);
    output.note('x');
    expect(stderr.text).to.equal('x\n');
  });

  it('fits into one line, without secrets', () => {
    const { output, redactor, stderr } = opened(true);
    redactor.protect('hunter2-and-more');
    output.status(`hunter2-and-more ${'x'.repeat(200)}`);
    expect(stderr.text).to.have.length(79).and.not.contain('hunter2');
  });

  for (const [what, isTTY, type] of [
    ['no terminal', false, 'table'],
    ['programs', true, 'json'],
  ] as const)
    it(`is silent for ${what}`, () => {
      const { output, stdout, stderr } = opened(isTTY, type);
      output.status('1 of 3 done');
      output.status(undefined);
      expect([stdout.text, stderr.text]).to.deep.equal(['', '']);
    });
});
