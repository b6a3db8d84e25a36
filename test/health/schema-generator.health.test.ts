import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { schemaOfExport } from '../../scripts/generate/output-schemas.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('scripts/generate/output-schemas.js', function () {
  this.timeout(30_000);
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'pmx-schema-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function schemaOf(source: string): Record<string, unknown> {
    const path = join(folder, 'types.ts');
    writeFileSync(path, source);
    const { $schema, title, ...schema } = schemaOfExport(root, path, 'T');
    expect($schema).to.equal('https://json-schema.org/draft/2020-12/schema');
    expect(title).to.equal('T');
    return schema;
  }

  const string = { type: 'string' };
  const named = { type: 'object', properties: { a: string }, required: ['a'] };
  const rows: Array<[source: string, schema: Record<string, unknown>]> = [
    ['string | null', { anyOf: [{ type: 'null' }, string] }],
    ['"b" | "a" | undefined', { enum: ['a', 'b'] }],
    ['boolean | 1', { anyOf: [{ const: 1 }, { type: 'boolean' }] }],
    ['unknown', {}],
    ['string[] | unknown', {}],
    [
      'readonly (number | string)[]',
      { type: 'array', items: { anyOf: [{ type: 'number' }, string] } },
    ],
    ['[string, ...number[]]', { type: 'array', prefixItems: [string], items: { type: 'number' } }],
    ['Record<string, boolean>', { type: 'object', additionalProperties: { type: 'boolean' } }],
    [
      '{ a: string; b?: string; c: string | undefined }',
      { ...named, properties: { a: string, b: string, c: string } },
    ],
    [
      'Omit<{\n/** Why. */ a: string; b: string }, "b">',
      { ...named, properties: { a: { ...string, description: 'Why.' } } },
    ],
    ['Named', { ...named, description: 'What it is.' }],
    [
      '[Named, Named]',
      {
        type: 'array',
        prefixItems: [{ $ref: '#/$defs/Named' }, { $ref: '#/$defs/Named' }],
        $defs: { Named: { ...named, description: 'What it is.' } },
      },
    ],
    [
      'Tree',
      {
        $ref: '#/$defs/Tree',
        $defs: {
          Tree: {
            type: 'object',
            properties: { inner: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
            required: ['inner'],
          },
        },
      },
    ],
    [
      '("x" | "y") & string | Both',
      {
        anyOf: [
          {
            allOf: [
              {
                anyOf: [
                  { ...named, description: 'What it is.' },
                  { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
                ],
              },
              { type: 'object', properties: { z: string }, required: ['z'] },
            ],
          },
          { enum: ['x', 'y'] },
        ],
      },
    ],
  ];
  for (const [source, expected] of rows) {
    it(source, () => {
      const schema = schemaOf(`
        /** What it is. */
        interface Named { a: string }
        interface Tree { inner: Tree[] }
        type Both = (Named | { n: number }) & { z: string };
        export type T = ${source};
        export const used = (_: [Named, Tree, Both]): void => undefined;`);
      expect(schema).to.deep.equal(expected);
    });
  }

  it('refuses what JSON does not have', () => {
    expect(() => schemaOf('export type T = { a: () => void };')).to.throw('is a function');
    expect(() => schemaOf('export type T = { a: bigint };')).to.throw('bigint');
  });
});
