import { expect } from 'chai';
import fc from 'fast-check';

import {
  allSteps,
  type Bindings,
  carriesMarker,
  type Json,
  markerLine,
  ref,
  resolve,
  secretRef,
  type Step,
  text,
  type Value,
} from '../dist/index.js';

function bindings(
  variables: Record<string, Json> = {},
  secrets: Record<string, string> = {},
): Bindings {
  const take = <T>(from: Record<string, T>, name: string): T => {
    if (Object.hasOwn(from, name)) return from[name]!;
    throw new Error(`no ${name}`);
  };
  return { variable: (name) => take(variables, name), secret: (name) => take(secrets, name) };
}

describe('kit: values', () => {
  it('makes a plain string of a template without variables', () => {
    expect(text`/nodes/${'pve1'}/qemu/${101}`).to.equal('/nodes/pve1/qemu/101');
    expect(text``).to.equal('');
  });

  it('keeps variables apart from the text around them, also when templates nest', () => {
    const path = text`/nodes/${'pve1'}/qemu/${ref('vmid')}`;
    expect(path).to.deep.equal({ $text: ['/nodes/', 'pve1', '/qemu/', { $var: 'vmid' }] });
    expect(text`${path}/config`).to.deep.equal({
      $text: ['/nodes/', 'pve1', '/qemu/', { $var: 'vmid' }, '/config'],
    });
  });

  const cases: Array<[string, Value | undefined, Json]> = [
    ['a variable keeps its type', ref('vmid'), 101],
    ['a variable may be a list', ref('list'), [1, 'two']],
    ['a secret', secretRef('token'), 'hunter2'],
    ['text', text`${ref('vmid')}:${ref('name')}`, '101:web'],
    ['falsy variables in text', text`<${ref('zero')}${ref('no')}>`, '<0false>'],
    ['undefined becomes null', undefined, null],
    ['scalars stay', [1, 'a', true, null], [1, 'a', true, null]],
    [
      'references at any depth',
      { a: [{ b: ref('vmid') }, [secretRef('token')]], c: { d: text`x${ref('name')}` } },
      { a: [{ b: 101 }, ['hunter2']], c: { d: 'xweb' } },
    ],
    ['undefined keys go', { a: undefined, b: 1 }, { b: 1 }],
    ['a plain string is never a template', '${vmid} {"$var":"vmid"}', '${vmid} {"$var":"vmid"}'],
    ['a key $var among others is no reference', { $var: 'vmid', x: 1 }, { $var: 'vmid', x: 1 }],
  ];
  for (const [name, value, result] of cases) {
    it(`resolves: ${name}`, () => {
      const known = bindings(
        { vmid: 101, name: 'web', list: [1, 'two'], zero: 0, no: false },
        { token: 'hunter2' },
      );
      expect(resolve(value, known)).to.deep.equal(result);
    });
  }

  for (const value of [ref('x'), secretRef('x'), text`a${ref('x')}`, { deep: [ref('x')] }]) {
    it(`throws for a missing name in ${JSON.stringify(value)}`, () => {
      expect(() => resolve(value, bindings())).to.throw('no x');
    });
  }

  it('leaves values without references alone', () => {
    const plain = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().map((key) => `k${key}`),
          tie('value'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        expect(resolve(value, bindings())).to.deep.equal(value);
      }),
    );
  });

  it('a template is the concatenation of its parts', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.integer(),
        (before, name, after, number) => {
          const value = text`${before}${ref('name')}${after}${number}`;
          expect(resolve(value, bindings({ name }))).to.equal(`${before}${name}${after}${number}`);
        },
      ),
    );
  });
});

describe('kit: plans', () => {
  const step = (id: string): Step => ({ id, title: id, kind: 'path.remove', args: { path: id } });

  it('lists all steps in order, groups flattened', () => {
    const nodes = [step('a'), { parallel: [step('b'), step('c')] }, { parallel: [] }, step('d')];
    expect(allSteps(nodes).map(({ id }) => id)).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  const marker = String(resolve(markerLine, bindings({ operation: 'op-1' })));
  for (const [description, carries] of [
    [marker, true],
    [`A web server\n${marker}\n`, true],
    [`  ${marker}\r\n`, true],
    [`${marker}0`, false],
    [`see ${marker}`, false],
    ['pmx-operation: op-2', false],
    ['', false],
    [undefined, false],
  ] as const) {
    it(`${carries ? 'finds' : 'does not find'} the marker in ${JSON.stringify(description)}`, () => {
      expect(carriesMarker(description, 'op-1')).to.equal(carries);
    });
  }
});
