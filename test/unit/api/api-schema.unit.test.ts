import { expect } from 'chai';

import {
  type ApiSchema,
  checkCall,
  type CheckedCall,
  fetchApiSchema,
  parseApiSchema,
  unknownValue,
} from '#dist/lib/api/index.js';

const node = { type: 'string', format: 'pve-node' };
const vmid = { type: 'integer', minimum: 100, maximum: 999_999_999 };
const schema: ApiSchema = [
  {
    path: '/nodes',
    info: { GET: { parameters: { additionalProperties: 0 } } },
    children: [
      {
        path: '/nodes/{node}',
        children: [
          {
            path: '/nodes/{node}/free',
            info: { PUT: { parameters: { additionalProperties: 1, properties: {} } }, GET: {} },
          },
          {
            path: '/nodes/{node}/qemu',
            info: {
              GET: {
                parameters: {
                  additionalProperties: 0,
                  properties: { node, full: { type: 'boolean', optional: 1 } },
                },
              },
              POST: {
                parameters: {
                  additionalProperties: 0,
                  properties: {
                    node,
                    vmid,
                    'net[n]': {
                      type: 'string',
                      optional: 1,
                      format: { model: { type: 'string' } },
                    },
                    ostype: { type: 'string', enum: ['l26', 'other'], optional: 1 },
                    cores: { type: 'integer', minimum: 1, maximum: 128, optional: 1 },
                    cpulimit: { type: 'number', minimum: 0, optional: 1 },
                    name: { type: 'string', maxLength: 5, optional: 1 },
                    bridge: { type: 'string', pattern: '(?^i:[a-z]+\\d+)', optional: 1 },
                    odd: { type: 'string', pattern: '[[:xdigit:]]++', optional: '1' },
                    cipassword: { type: 'string', minLength: 5, optional: 1 },
                    tags: { type: 'string', format: 'pve-tag-list', optional: 1 },
                    command: { type: 'array', items: { type: 'string' }, optional: 1 },
                    checksum: { type: 'string', optional: 1, requires: 'algorithm' },
                    algorithm: { type: 'string', optional: 1 },
                  },
                },
              },
            },
          },
          {
            path: '/nodes/{node}/storage',
            children: [
              {
                path: '/nodes/{node}/storage/{storage}',
                children: [
                  {
                    path: '/nodes/{node}/storage/{storage}/content',
                    children: [
                      {
                        path: '/nodes/{node}/storage/{storage}/content/{volume}',
                        info: {
                          DELETE: {
                            parameters: {
                              properties: {
                                node,
                                storage: { type: 'string' },
                                volume: { type: 'string' },
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
        ],
      },
    ],
  },
];

describe('api: the description of the API that the server offers', () => {
  const script = `${JSON.stringify(schema, null, 1)}\n;\nlet method2cmd = { GET: ['get'] };\nExt.onReady([]);`;

  it('is found in the script, however the variable is declared and whatever follows', () => {
    for (const keyword of ['const', 'var', 'let']) {
      expect(parseApiSchema(`// x\n${keyword} apiSchema = ${script}`)).to.deep.equal(schema);
    }
    const tricky = [{ path: '/a ] " [ \\', children: [] }];
    expect(parseApiSchema(`const apiSchema = ${JSON.stringify(tricky)};[`)).to.deep.equal(tricky);
  });

  it('is undefined when it is absent or odd', async () => {
    for (const odd of [
      '',
      '<html>',
      'const apiSchema = {};',
      'const apiSchema = [',
      'const apiSchema = [1,];',
      'const apiSchema = [{"path":7}]',
    ]) {
      expect(parseApiSchema(odd), odd).to.equal(undefined);
      expect(await fetchApiSchema({ fetchDocument: async () => odd })).to.equal(undefined);
    }
    expect(await fetchApiSchema({ fetchDocument: async () => undefined })).to.equal(undefined);
    expect(
      await fetchApiSchema({ fetchDocument: () => Promise.reject(new Error('network')) }),
    ).to.equal(undefined);
    expect(await fetchApiSchema({})).to.equal(undefined);
    const paths: string[] = [];
    const fetched = await fetchApiSchema({
      fetchDocument: async (path) => {
        paths.push(path);
        return `const apiSchema = ${script}`;
      },
    });
    expect(fetched).to.deep.equal(schema);
    expect(paths).to.deep.equal(['/pve-docs/api-viewer/apidoc.js']);
  });

  const post = (params: Record<string, unknown>): CheckedCall => ({
    method: 'POST',
    path: '/nodes/pve1/qemu',
    params,
  });
  const good: Array<[string, CheckedCall]> = [
    ['a plain call', post({ vmid: 100, cores: '4', ostype: 'l26', cpulimit: 0.5 })],
    ['indexed parameters', post({ vmid: 100, net0: 'virtio', net31: 'virtio' })],
    ['undefined ones', post({ vmid: 100, nosuch: undefined })],
    ['values not known yet', post({ vmid: unknownValue, name: unknownValue })],
    ['a pattern of Perl', post({ vmid: 100, bridge: 'VMBR0' })],
    ['a pattern that JavaScript has no word for', post({ vmid: 100, odd: 'zzz' })],
    ['lists', post({ vmid: 100, tags: ['a', 'b'], command: ['ls', '-l'] })],
    ['one item of a list', post({ vmid: 100, command: 'ls' })],
    ['what needs another parameter', post({ vmid: 100, checksum: 'x', algorithm: 'y' })],
    ['booleans', { method: 'GET', path: '/nodes/pve1/qemu', params: { full: true } }],
    ['booleans as 0', { method: 'GET', path: 'nodes/pve1/qemu/', params: { full: '0' } }],
    [
      'volumes',
      { method: 'DELETE', path: '/nodes/pve1/storage/local/content/local%3Aiso%2Fx.iso' },
    ],
    [
      'volumes with a bare slash',
      { method: 'DELETE', path: '/nodes/pve1/storage/local/content/local:iso/x.iso' },
    ],
    ['open parameters', { method: 'PUT', path: '/nodes/pve1/free', params: { anything: 1 } }],
    [
      'undescribed parameters',
      { method: 'GET', path: '/nodes/pve1/free', params: { anything: 1 } },
    ],
  ];
  for (const [name, call] of good) {
    it(`lets pass: ${name}`, () => expect(checkCall(schema, call)).to.deep.equal([]));
  }

  const bad: Array<[CheckedCall, ...string[]]> = [
    [{ method: 'GET', path: '/nosuch' }, 'The server has no path /nosuch.'],
    [
      { method: 'GET', path: '/nodes/pve1/qemu/100' },
      'The server has no path /nodes/pve1/qemu/100.',
    ],
    [{ method: 'PUT', path: '/nodes/pve1/qemu' }, '/nodes/{node}/qemu has no PUT, only GET, POST.'],
    [post({}), 'vmid: missing, POST /nodes/{node}/qemu needs it.'],
    [post({ vmid: undefined }), 'vmid: missing, POST /nodes/{node}/qemu needs it.'],
    [
      post({ vmid: 100, foo: 1, net: 'x' }),
      'foo: POST /nodes/{node}/qemu has no such parameter.',
      'net: POST /nodes/{node}/qemu has no such parameter.',
    ],
    [post({ vmid: 100, foo: unknownValue }), 'foo: POST /nodes/{node}/qemu has no such parameter.'],
    [post({ vmid: 99 }), "vmid: '99' is less than 100."],
    [post({ vmid: 100, cores: 129 }), "cores: '129' is more than 128."],
    [post({ vmid: 100, cores: 1.5 }), "cores: '1.5' is no integer."],
    [post({ vmid: 100, cpulimit: 'much' }), "cpulimit: 'much' is no number."],
    [post({ vmid: 100, ostype: 'beos' }), "ostype: 'beos' is none of l26, other."],
    [post({ vmid: 100, name: 'abcdef' }), 'name: has 6 characters, at most 5 are allowed.'],
    [post({ vmid: 100, bridge: 'br' }), "bridge: 'br' does not match (?^i:[a-z]+\\d+)."],
    [post({ vmid: 100, cipassword: 'abcd' }), 'cipassword: the value has less than 5 characters.'],
    [post({ vmid: 100, ostype: ['l26', 'other'] }), 'ostype: takes one value, not 2.'],
    [post({ vmid: 100, checksum: 'x' }), 'checksum: needs algorithm beside it.'],
    [
      { method: 'GET', path: '/nodes/pve1/qemu', params: { full: 'yes' } },
      "full: 'yes' is no boolean.",
    ],
  ];
  for (const [call, ...problems] of bad) {
    it(`objects: ${problems.join(' ')}`, () =>
      expect(checkCall(schema, call)).to.deep.equal(problems));
  }
});
