import { type ListShape, parseOutputFormat, requestedFormat } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';

import { render } from '#dist/lib/output/formats/index.js';
import { failure } from '../engine/lab.ts';

const rows = [
  { vmid: 101, name: 'web-01', tags: ['web', 'prod'], net: { mac: 'AA' } },
  { vmid: 102, name: 'say "hi", all', tags: [], net: null },
];
const shape: ListShape<(typeof rows)[number]> = {
  columns: [
    { header: 'id', key: 'vmid', value: (row) => `#${row.vmid}` },
    { header: 'name', value: (row) => row.name },
  ],
  headers: true,
  reference: (row) => row.name,
};
const draw = (format: string, value: unknown = rows, of: unknown = shape) =>
  render(value, parseOutputFormat(format), (of ?? undefined) as ListShape | undefined);

describe('output: formats of -o', () => {
  const cases: Array<[format: string, expected: string]> = [
    ['csv', 'vmid,name\n101,web-01\n102,"say ""hi"", all"'],
    ['name', 'web-01\nsay "hi", all'],
    [
      'custom-columns=ID:.vmid,TAG:tags[0],MAC:.net.mac',
      'ID    TAG      MAC\n101   web      AA\n102   <none>   <none>',
    ],
    ['jsonpath={[*].vmid}', '101 102'],
    ['jsonpath=[*].vmid', '101 102'],
    ['jsonpath={.[0].name}', 'web-01'],
    ['jsonpath={$[1].vmid}', '102'],
    ['jsonpath={.items[0].tags}', 'web,prod'],
    ['jsonpath={[?@.vmid>101].vmid}', '102'],
    ['jsonpath={[*].net}', '{"mac":"AA"} '],
    ['jsonpath={[*].colour}', ''],
    [String.raw`jsonpath={range [*]}{.vmid}={.name}{"\n"}{end}`, '101=web-01\n102=say "hi", all\n'],
    ["jsonpath={range .items[*]}{.vmid}{','}{end}", '101,102,'],
  ];
  for (const [format, expected] of cases) {
    it(format, async () => expect(await draw(format)).to.equal(expected));
  }

  it('jsonl has a line for each row, json and yaml are one document', async () => {
    const lines = (await draw('jsonl'))!.split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).to.deep.equal(rows);
    expect(JSON.parse((await draw('json'))!)).to.deep.equal(rows);
    expect(parseYaml((await draw('yaml'))!)).to.deep.equal(rows);
  });

  it('one value is a row of its fields', async () => {
    expect(await draw('csv', rows[0], null)).to.equal(
      'vmid,name,tags,net\n101,web-01,"web,prod","{""mac"":""AA""}"',
    );
    expect(await draw('name', { upid: 'UPID:x' }, null)).to.equal('UPID:x');
    expect(await draw('jsonl', { a: 1 }, null)).to.equal('{"a":1}');
    expect(await draw('csv', [1, 'b'], null)).to.equal('value\n1\nb');
  });

  it('nothing is nothing: no line at all where a line is a row', async () => {
    for (const format of ['jsonl', 'name']) expect(await draw(format, [])).to.equal(undefined);
    expect(await draw('json', [])).to.equal('[]');
    expect(await draw('csv', [])).to.equal('vmid,name');
    expect(await draw('csv', [], { ...shape, headers: false })).to.equal(undefined);
  });

  it('--no-headers', async () => {
    const bare = { ...shape, headers: false };
    expect((await draw('csv', rows, bare))!.split('\n')).to.have.length(2);
    expect(await draw('custom-columns=ID:.vmid', rows, bare)).to.equal('101\n102');
  });

  it('csv can be read back, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const written = (await draw('csv', [{ a: text, b: 'end' }], null))!;
        const body = written.slice('a,b\n'.length);
        const value = body.startsWith('"')
          ? body.slice(1, body.lastIndexOf('",')).replaceAll('""', '"')
          : body.slice(0, body.lastIndexOf(','));
        expect(value).to.equal(text);
      }),
    );
  });

  for (const path of [
    '{.[0}',
    '{[*].name',
    '{range [*]}{.vmid}',
    '{.vmid}{end}',
    '{"x}',
    '{..}',
    '{[?@.a==]}',
  ]) {
    it(`refuses the JSONPath ${path}, naming it`, async () => {
      const error = await failure(() => draw(`jsonpath=${path}`));
      expect(error).to.include({ code: 'PMX_JSONPATH', exitCode: 1 });
      expect(error.message).to.match(/^The JSONPath '/);
    });
  }

  it('no JSONPath makes it fail in another way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'{}[].*$"\'@?ra nge0end\\'), minLength: 1 }),
        async (path) => {
          try {
            await draw(`jsonpath=${path}`);
          } catch (error) {
            expect(error).to.include({ code: 'PMX_JSONPATH' });
          }
        },
      ),
    );
  });
});

describe('output: the word behind -o', () => {
  for (const text of [
    '',
    'xml',
    'JSON',
    'jsonpath',
    'jsonpath=',
    'custom-columns',
    'custom-columns=A',
    'custom-columns=:.x',
    'custom-columns=A:',
  ]) {
    it(`refuses '${text}'`, async () => {
      const error = await failure(() => parseOutputFormat(text));
      expect(error).to.include({ code: 'PMX_OUTPUT_FORMAT', exitCode: 1 });
    });
  }

  const early: Array<[argv: string, type: string | undefined, env?: string]> = [
    ['vm list', undefined],
    ['vm list --json', 'json'],
    ['vm list -o yaml', 'yaml'],
    ['vm list -oyaml', 'yaml'],
    ['vm list --output=csv', 'csv'],
    ['vm list --output csv', 'csv'],
    ['vm list -o nonsense', 'table'],
    ['vm list -o', undefined],
    ['vm list', 'yaml', 'yaml'],
    ['vm list -o name', 'name', 'yaml'],
    ['vm exec 101 -- ls -o yaml --json', undefined],
    ['vm list --on-fire', undefined],
  ];
  for (const [argv, type, env] of early) {
    it(`is found before parsing: ${argv}${env ? ` with PMX_OUTPUT=${env}` : ''}`, () => {
      const environment = env === undefined ? {} : { PMX_OUTPUT: env };
      expect(requestedFormat(argv.split(' '), environment)?.type).to.equal(type);
    });
  }
});
