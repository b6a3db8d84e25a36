import { expect } from 'chai';

import { type JsonSchema, violations } from './json-schema.ts';

describe('the validator of the tests', () => {
  const list: JsonSchema = {
    $defs: {
      Tree: { type: 'object', properties: { next: { $ref: '#/$defs/Tree' } }, required: ['name'] },
    },
  };
  const rows: Array<[name: string, schema: JsonSchema, good: unknown[], bad: unknown[]]> = [
    ['type', { type: 'number' }, [1, 0], ['1', null, [], undefined]],
    ['type null', { type: 'null' }, [null], [0, {}]],
    ['type object', { type: 'object' }, [{}], [[], null]],
    ['const', { const: true }, [true], [false, 'true']],
    ['enum', { enum: ['a', 1] }, ['a', 1], ['b', '1']],
    ['required', { required: ['a'] }, [{ a: null }, { a: 1, more: 1 }], [{}, { b: 1 }]],
    ['required, inherited', { required: ['toString'] }, [{ toString: 1 }], [{}]],
    ['properties', { properties: { a: { type: 'string' } } }, [{}, { a: '' }], [{ a: 1 }]],
    ['items', { items: { type: 'string' } }, [[], ['a']], [[1], ['a', 1]]],
    [
      'prefixItems',
      { prefixItems: [{ type: 'string' }], items: { type: 'number' } },
      [['a'], ['a', 1]],
      [[1], ['a', 'b']],
    ],
    ['anyOf', { anyOf: [{ type: 'string' }, { const: 1 }] }, ['a', 1], [2, null]],
    ['allOf', { allOf: [{ required: ['a'] }, { required: ['b'] }] }, [{ a: 1, b: 1 }], [{ a: 1 }]],
    [
      'additionalProperties',
      { properties: { a: {} }, additionalProperties: { type: 'number' } },
      [{ a: 'x', b: 1 }],
      [{ a: 'x', b: 'x' }],
    ],
    [
      '$ref in itself',
      { ...list, $ref: '#/$defs/Tree' },
      [{ name: 1, next: { name: 1 } }],
      [{ name: 1, next: { name: 1, next: {} } }],
    ],
    ['$ref beside others', { ...list, $ref: '#/$defs/Tree', type: 'array' }, [], [{ name: 1 }]],
    ['nothing', {}, [1, null, {}, []], []],
  ];
  for (const [name, schema, good, bad] of rows) {
    it(name, () => {
      for (const value of good)
        expect(violations(schema, value), JSON.stringify(value)).to.deep.equal([]);
      for (const value of bad)
        expect(violations(schema, value), JSON.stringify(value)).to.not.be.empty;
    });
  }

  it('says where', () => {
    const schema: JsonSchema = { items: { properties: { a: { type: 'string' } } } };
    expect(violations(schema, [{}, { a: 1 }])).to.deep.equal(['$[1].a is number, not string']);
  });

  it('knows no more than it says', () => {
    expect(() => violations({ minLength: 1 } as JsonSchema, '')).to.throw('minLength');
    expect(() => violations({ $ref: '#/$defs/None' }, '')).to.throw('None');
  });
});
