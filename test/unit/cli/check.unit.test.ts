import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Plan, ref, secretRef, type Step, text } from '@pmx-cli/kit';
import { expect } from 'chai';

import type { ApiSchema } from '#dist/lib/api/api-schema.js';
import type { PveClient } from '#dist/lib/api/types.js';
import { checkPlan } from '#dist/lib/operations/check.js';

const schema: ApiSchema = [
  {
    path: '/nodes',
    children: [
      {
        path: '/nodes/{node}',
        children: [
          {
            path: '/nodes/{node}/qemu',
            info: {
              POST: {
                parameters: {
                  additionalProperties: 0,
                  properties: {
                    node: { type: 'string' },
                    vmid: { type: 'integer', minimum: 100 },
                    cores: { type: 'integer', optional: 1, minimum: 1, maximum: 8 },
                    name: { type: 'string', optional: 1, maxLength: 10 },
                    'net[n]': { type: 'string', optional: 1 },
                    cipassword: { type: 'string', optional: 1, maxLength: 10 },
                  },
                },
              },
            },
            children: [
              {
                path: '/nodes/{node}/qemu/{vmid}',
                info: {
                  DELETE: {
                    parameters: {
                      additionalProperties: 0,
                      properties: {
                        node: { type: 'string' },
                        vmid: { type: 'integer', minimum: 100 },
                      },
                    },
                  },
                },
              },
            ],
          },
        ],
      },
    ],
  },
];

describe('check: plans against the server’s own description', () => {
  let directory: string;
  let fetched: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'pmx-check-'));
    fetched = 0;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const server = (document: string | undefined, version = '9.0.3'): PveClient =>
    ({
      identity: async () => ({
        host: 'pve1',
        port: 8006,
        fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
      }),
      get: async () => ({ version }),
      fetchDocument: async () => {
        fetched++;
        return document;
      },
    }) as unknown as PveClient;
  const described = (): PveClient =>
    server(`const apiSchema = ${JSON.stringify(schema)};\nlet more = [];`);

  const call = (args: Partial<Extract<Step, { kind: 'pve.call' }>['args']>): Step =>
    ({
      id: 'x',
      title: 'Create VM',
      kind: 'pve.call',
      args: { method: 'POST', path: '/nodes/pve1/qemu', params: { vmid: 101 }, ...args },
    }) as Step;
  const planOf = (steps: Plan['steps'], rest: Partial<Plan> = {}): Plan => ({
    operation: 'x',
    target: 'x',
    title: 'x',
    steps,
    result: null,
    ...rest,
  });

  const cases: Array<[name: string, step: Step, problems: RegExp[]]> = [
    ['a good call', call({ params: { vmid: 101, cores: 8, net0: 'virtio' } }), []],
    ['a wrong number', call({ params: { vmid: 101, cores: 9 } }), [/^Create VM: cores: .*'9'.* 8/]],
    [
      'an unknown parameter',
      call({ params: { vmid: 101, colour: 'red' } }),
      [/^Create VM: colour: .*no such parameter/],
    ],
    ['a missing parameter', call({ params: {} }), [/^Create VM: vmid: missing/]],
    ['two problems', call({ params: { cores: 0 } }), [/cores/, /vmid: missing/]],
    [
      'an unknown path',
      call({ path: '/nodes/pve1/nonsense' }),
      [/no path \/nodes\/pve1\/nonsense/],
    ],
    ['an unknown method', call({ method: 'PUT' }), [/has no PUT/]],
    ['a parameter that is left out', call({ params: { vmid: 101, colour: undefined } }), []],
    [
      'a known variable with a wrong value',
      call({ params: { vmid: ref('small') } }),
      [/vmid: '7'/],
    ],
    [
      'text made of known variables',
      call({ params: { vmid: 101, cores: text`${ref('small')}${ref('small')}` } }),
      [/cores: '77'/],
    ],
    [
      'an unknown variable',
      call({ params: { vmid: ref('later'), cores: text`1${ref('later')}` } }),
      [],
    ],
    ['unknown text', call({ params: { vmid: 101, name: text`x${ref('later')}` } }), []],
    ['a secret', call({ params: { vmid: 101, cipassword: secretRef('pw') } }), []],
    [
      'an unknown variable under an unknown name',
      call({ params: { vmid: 101, colour: ref('later') } }),
      [/colour/],
    ],
    ['text that looks like a reference', call({ params: { vmid: '{"$var":"later"}' } }), [/vmid/]],
    [
      'an unknown variable in the path',
      call({ method: 'DELETE', path: text`/nodes/pve1/qemu/${ref('later')}`, params: {} }),
      [],
    ],
    [
      'a known variable in the path',
      call({ method: 'DELETE', path: text`/nodes/pve1/qemu/${ref('small')}`, params: {} }),
      [/vmid: '7'/],
    ],
  ];
  for (const [name, step, problems] of cases) {
    it(`${problems.length === 0 ? 'accepts' : 'finds'} ${name}`, async () => {
      const plan = planOf([step], { variables: { small: 7 }, secrets: { pw: 'x' } });
      const found = await checkPlan(plan, described(), directory);
      expect(found, found.join('\n')).to.have.lengthOf(problems.length);
      for (const [index, pattern] of problems.entries()) expect(found[index]).to.match(pattern);
    });
  }

  it('looks at the steps of groups too', async () => {
    const plan = planOf([{ parallel: [call({}), call({ params: {} })] }, call({ params: {} })]);
    expect(await checkPlan(plan, described(), directory)).to.have.lengthOf(2);
  });

  for (const [name, document] of [
    ['none', undefined],
    ['nonsense', '<html>'],
    ['half of one', 'const apiSchema = [{"path":"/nodes"'],
  ] as const) {
    it(`has nothing to say when the server offers ${name}`, async () => {
      expect(
        await checkPlan(planOf([call({ params: {} })]), server(document), directory),
      ).to.deep.equal([]);
      expect(readdirSync(directory)).to.deep.equal([]);
    });
  }

  it('asks a server once for each version', async () => {
    const plan = planOf([call({ params: {} })]);
    for (const pve of [described(), described()])
      expect(await checkPlan(plan, pve, directory)).to.have.lengthOf(1);
    expect(fetched).to.equal(1);
    await checkPlan(plan, server(undefined, '9.1/../x'), directory);
    expect(fetched).to.equal(2);
    expect(readdirSync(directory)).to.deep.equal(['api-ABABABABABABABAB-9.0.3.json']);
  });

  it('asks again when what was kept is cut short', async () => {
    const plan = planOf([call({ params: {} })]);
    writeFileSync(join(directory, 'api-ABABABABABABABAB-9.0.3.json'), '[{"path');
    expect(await checkPlan(plan, described(), directory)).to.have.lengthOf(1);
    expect(fetched).to.equal(1);
  });

  it('goes on when nothing can be kept', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(
      await checkPlan(planOf([call({ params: {} })]), described(), join(file, 'cache')),
    ).to.have.lengthOf(1);
  });

  it('asks nothing for a plan without API calls', async () => {
    const plan = planOf([{ id: 'x', title: 'x', kind: 'context.use', args: { name: 'lab' } }]);
    expect(await checkPlan(plan, described(), directory)).to.deep.equal([]);
    expect(fetched).to.equal(0);
  });
});
