import { spawnSync } from 'node:child_process';

import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';

import { type GivenValues, multipart, renderTemplate } from '#dist/lib/cloudinit/index.js';

import { failure } from './support.ts';

const values = (
  document: Record<string, unknown>,
  words: Record<string, string> = {},
): GivenValues => ({
  document: new Map(Object.entries(document)),
  words: new Map(Object.entries(words)),
});

const render = (head: string[], body: string, given = values({})) =>
  renderTemplate(['## template: pmx', ...head, body].join('\n'), 't.yaml', given);

describe('templates of user-data', () => {
  it('keeps each value what it is, wherever it stands in YAML', async () => {
    const body = [
      '#cloud-config',
      'whole: {{ text }}',
      '"quoted": "a {{ text }} b"',
      "single: 'a {{ text }} b'",
      'plain: a {{text}} b',
      'list: [1, {{ text }}, {{ number }}]',
      '{{ text }}: key',
      'packages: {{ list }}',
      'on: {{ flag }}',
    ].join('\n');
    const head = ['text: string', 'number: number', 'list: list', 'flag: boolean'].map(
      (one) => `## value ${one}`,
    );
    // What YAML cannot have at all is no value of a template.
    const word = fc
      .string({ unit: 'grapheme' })
      .filter((text) => text !== 'plain' && text !== 'on');
    await fc.assert(
      fc.asyncProperty(
        word,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(word),
        fc.boolean(),
        async (text, number, list, flag) => {
          const { text: made } = await render(head, body, values({ text, number, list, flag }));
          const read = parse(made, { version: '1.1', mapAsMap: true, uniqueKeys: false }) as Map<
            unknown,
            unknown
          >;
          expect(read.get('packages')).to.deep.equal(list);
          expect(read.get(true)).to.equal(flag);
          expect(read.get('whole')).to.equal(text);
          expect(read.get('quoted')).to.equal(`a ${text} b`);
          expect(read.get('single')).to.equal(`a ${text} b`);
          expect(read.get('plain')).to.equal(`a ${text} b`);
          expect(read.get('list')).to.deep.equal([1, text, Object.is(number, -0) ? 0 : number]);
          if (!['whole', 'quoted', 'single', 'list', 'packages'].includes(text))
            expect(read.get(text)).to.equal('key');
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is a word of the shell in a script', async () => {
    const words = ['', "it's", '$(id)', '`id`', 'a  b', '\\', '"', '*', '-n', 'ü\nü'];
    const body = ['#!/bin/sh', 'printf "[%s]" {{ words }} {{ one }} {{ number }}'].join('\n');
    const { text } = await render(
      ['## value words: list', '## value one: string', '## value number: number'],
      body,
      values({ words, one: '; id', number: 7 }),
    );
    const { stdout } = spawnSync('sh', ['-c', text], { encoding: 'utf8' });
    expect(stdout).to.equal([...words, '; id', 7].map((word) => `[${word}]`).join(''));
  });

  it('gives a block text the lines of a value, with its indentation', async () => {
    const body =
      '#cloud-config\nwrite_files:\n  - content: |\n      a\n      {{ pem }}\n    path: /x\n';
    const { text } = await render(['## value pem: string'], body, values({ pem: 'b\nc' }));
    expect(parse(text)).to.deep.equal({ write_files: [{ content: 'a\nb\nc\n', path: '/x' }] });
  });

  it('takes defaults, words by type, and words before files', async () => {
    const head = [
      '## value port: number = 8080',
      '## value on: boolean = true',
      '## value l: list = [a]',
      '## value s: string = a b',
    ];
    const body = '#cloud-config\nall: [{{ port }}, {{ on }}, {{ l }}, {{ s }}]\n';
    expect(parse((await render(head, body)).text)).to.deep.equal({
      all: [8080, true, ['a'], 'a b'],
    });
    const given = values({ port: 1, l: [2] }, { port: '9', on: 'false', s: '7' });
    expect(parse((await render(head, body, given)).text)).to.deep.equal({
      all: [9, false, [2], '7'],
    });
  });

  it('never shows a secret, and takes none from a command line', async () => {
    const head = ['## value p: secret'];
    const body = '#cloud-config\npassword: {{ p }}\nb: "x{{ p }}"\n';
    const rendered = await render(head, body, values({ p: 'hunter2' }));
    expect(rendered.text).to.include('hunter2');
    expect(rendered.masked).to.equal('#cloud-config\npassword: "***"\nb: "x***"\n');
    const error = await failure(() => render(head, body, values({}, { p: 'hunter2' })));
    expect(error.code).to.equal('PMX_CLOUDINIT_VALUE');
    expect(JSON.stringify([error.message, error.hints, error.data])).not.to.include('hunter2');
  });

  it('knows where in the template a place comes from', async () => {
    const body = '#cloud-config\na: |\n  {{ x }}\nb: {{ x }}\n';
    const rendered = await render(['## value x: string'], body, values({ x: '1\n2\n3' }));
    const line = rendered.text.split('\n').findIndex((text) => text.startsWith('b:')) + 1;
    expect(line).to.equal(6);
    expect(rendered.origin(line, 1)).to.deep.equal({ line: 6, column: 1 });
    expect(rendered.origin(line, 5)).to.deep.equal({ line: 6, column: 4 });
  });

  const refusals: Array<[string, string[], string, GivenValues, string, string]> = [
    [
      'a type that there is not',
      ['## value a: strnig'],
      '#cloud-config\n',
      values({}),
      'PMX_CLOUDINIT_TEMPLATE',
      "knows no type 'strnig' in line 2",
    ],
    [
      'two of one name',
      ['## value a: string', '## value a: list'],
      '',
      values({}),
      'PMX_CLOUDINIT_TEMPLATE',
      'declares a twice in line 3',
    ],
    ['a line that is none', ['## values a'], '', values({}), 'PMX_CLOUDINIT_TEMPLATE', 'line 2'],
    [
      'a default of another type',
      ['## value a: number = x'],
      '',
      values({}),
      'PMX_CLOUDINIT_TEMPLATE',
      'default',
    ],
    [
      'a secret with a default',
      ['## value a: secret = x'],
      '',
      values({}),
      'PMX_CLOUDINIT_TEMPLATE',
      'gives the secret a a default',
    ],
    [
      'what is not declared',
      [],
      '#cloud-config\na: {{ b }}\n',
      values({}),
      'PMX_CLOUDINIT_TEMPLATE',
      "uses 'b' at line 3, column 4",
    ],
    [
      'an unknown filter',
      ['## value b: string'],
      '#cloud-config\na: {{ b | x }}\n',
      values({ b: '' }),
      'PMX_CLOUDINIT_TEMPLATE',
      "filter 'x'",
    ],
    [
      'a list in a text',
      ['## value b: list'],
      '#cloud-config\na: x {{ b }}\n',
      values({ b: [] }),
      'PMX_CLOUDINIT_TEMPLATE',
      'list b inside of a text',
    ],
    [
      'a missing value',
      ['## value b: list'],
      '#cloud-config\n',
      values({}),
      'PMX_CLOUDINIT_VALUE',
      'needs b (list)',
    ],
    [
      'a value of another type',
      ['## value b: number'],
      '#cloud-config\n',
      values({ b: 'hunter2' }),
      'PMX_CLOUDINIT_VALUE',
      'takes for b a number',
    ],
  ];
  for (const [about, head, body, given, code, words] of refusals) {
    it(`refuses ${about}`, async () => {
      const error = await failure(() => render(head, body, given));
      expect(error.code).to.equal(code);
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.include(words).and.not.to.include('hunter2');
    });
  }

  it('leaves to jinja what is jinja’s', async () => {
    const body = '## template: jinja\n#cloud-config\na: {{ ds.x }}\nb: {{ mine }}\nc: {{ v1 }}\n';
    const { text } = await render(
      ['## value mine: string'],
      body.replaceAll('{{ ds.x }}', '"{{ ds.x }}"').replaceAll('{{ v1 }}', '"{{ v1 }}"'),
      values({ mine: 'm' }),
    );
    expect(text)
      .to.include('a: "{{ ds.x }}"')
      .and.to.include('b: "m"')
      .and.to.include('c: "{{ v1 }}"');
  });
});

describe('multipart user-data', () => {
  it('is read by a MIME parser as the files that it was made of', function () {
    const parts = [
      { source: 'a/base.yaml', kind: 'cloud-config', text: '#cloud-config\npackages: [git]\n' },
      { source: 'ü "x".sh', kind: 'script', text: '#!/bin/sh\necho ü\n' },
      { source: 'long.sh', kind: 'script', text: `#!/bin/sh\necho ${'x'.repeat(2000)}\n` },
      { source: 'urls', kind: 'include', text: '#include\nhttps://example.org/x' },
    ] as const;
    const message = multipart(parts);
    expect(multipart(parts)).to.equal(message);
    const program = [
      'import email, json, sys',
      'm = email.message_from_string(sys.stdin.read())',
      'print(json.dumps([[p.get_content_type(), p.get_payload(decode=True).decode("utf-8")] for p in m.get_payload()]))',
    ].join('\n');
    const python = spawnSync('python3', ['-c', program], { input: message, encoding: 'utf8' });
    if (python.error) this.skip();
    expect(JSON.parse(python.stdout)).to.deep.equal([
      ['text/cloud-config', parts[0].text],
      ['text/x-shellscript', parts[1].text],
      ['text/x-shellscript', parts[2].text],
      ['text/x-include-url', `${parts[3].text}\n`],
    ]);
  });

  it('refuses what is packed', async () => {
    const packed = { source: 'x.gz', kind: 'gzip', text: '' } as const;
    expect((await failure(() => multipart([packed]))).code).to.equal('PMX_CLOUDINIT_PART');
  });
});
