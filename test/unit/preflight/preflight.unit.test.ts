import type { Plan, PveReader, Rehearsed } from '@pmx-cli/kit';
import { ProxmoxError, RequestError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { checkVersion } from '#dist/lib/operations/preflight/versions.js';
import { exitCodeOf, preflight } from '#dist/lib/operations/preflight/index.js';
import { answerCanI } from '#dist/lib/operations/permissions/can-i.js';

type Answers = Record<string, unknown>;

/** A server without a description of its API, as behind some proxies. */
function server(answers: Answers, user = 'a@pve!t1'): PveReader {
  const get = async (path: string, params: Record<string, unknown> = {}): Promise<unknown> => {
    const answer = answers[path === '/access/permissions' ? `rights ${params['path']}` : path];
    if (answer instanceof Error) throw answer;
    if (answer === undefined && path === '/access/permissions') return {};
    if (answer === undefined) throw new Error(`no answer for ${path}`);
    return answer;
  };
  return { get, user } as unknown as PveReader;
}

const base: Answers = {
  '/version': { version: '9.2.11' },
  '/nodes': [
    { node: 'pve1', status: 'online' },
    { node: 'pve2', status: 'offline' },
  ],
  '/cluster/nextid': '200',
  '/pools': [],
  '/nodes/pve1/network': [{ iface: 'vmbr0' }],
  '/nodes/pve1/storage': [
    { storage: 'local', content: 'iso,images', active: 1, avail: 2 ** 30 },
    { storage: 'nfs', content: 'iso', active: 0 },
  ],
};

function rehearsed(
  path: string,
  params: Record<string, string>,
  more: Partial<Rehearsed> = {},
): Rehearsed {
  const plan: Plan = {
    operation: 'x',
    target: 'x',
    title: 'x',
    result: null,
    steps: [
      { id: 'x', title: 'Make it', kind: 'pve.call', args: { method: 'POST', path, params } },
    ],
  };
  return { id: 'x', line: 'x', plans: [plan], reads: [], ...more };
}

const create = (params: Record<string, string>, node = 'pve1'): Rehearsed =>
  rehearsed(`/nodes/${node}/qemu`, { vmid: '200', ...params });

const denied = new ProxmoxError({ code: 'PMX_PERMISSION_DENIED', message: 'no' });

async function found(what: Rehearsed, answers: Answers = {}): Promise<string[]> {
  const { checks } = await preflight(server({ ...base, ...answers }), '/nowhere', what);
  return checks
    .filter(({ status, check }) => status !== 'ok' && check !== 'rights')
    .map(({ status, check, cause }) => `${status} ${check}${cause ? ` ${cause}` : ''}`)
    .filter((line) => line !== 'warn parameters');
}

describe('preflight: what is in the way', () => {
  const cases: Array<[name: string, what: Rehearsed, answers: Answers, expected: string[]]> = [
    ['nothing', create({ scsi0: 'local:1', net0: 'virtio,bridge=vmbr0' }), {}, []],
    ['a node that is not there', create({}, 'pve9'), {}, ['fail node request']],
    ['a node that is offline', create({}, 'pve2'), {}, ['fail node proxmox']],
    ['an id that is taken', create({}), { '/cluster/nextid': denied }, ['fail vmid request']],
    [
      'a bridge that is not there',
      create({ net0: 'virtio,bridge=x' }),
      {},
      ['fail bridge request'],
    ],
    [
      'bridges that cannot be seen',
      create({ net0: 'virtio,bridge=x' }),
      { '/nodes/pve1/network': [] },
      ['warn bridge'],
    ],
    [
      'a storage without that content',
      create({ scsi0: 'nfs:1' }),
      {
        '/nodes/pve1/storage': [{ storage: 'nfs', content: 'iso', active: 1 }],
      },
      ['fail storage request'],
    ],
    [
      'a storage that is not active',
      create({ ide2: 'nfs:iso/x.iso,media=cdrom' }),
      {},
      ['fail storage proxmox'],
    ],
    ['a storage that cannot be seen', create({ scsi0: 'x:1' }), {}, ['warn storage']],
    [
      'storages that may not be listed',
      create({ scsi0: 'local:1' }),
      { '/nodes/pve1/storage': denied },
      ['warn storage'],
    ],
    ['a disk larger than what is free', create({ scsi0: 'local:2' }), {}, ['warn space']],
    ['a pool that is not there', create({ pool: 'x' }), {}, ['warn pool']],
    [
      'a guest that is not there',
      rehearsed('/nodes/pve1/qemu/7/status/start', {}),
      {
        '/nodes/pve1/qemu/7/status/current': new ProxmoxError({
          code: 'PMX_API_ERROR',
          message: "Configuration file 'nodes/pve1/qemu-server/7.conf' does not exist.",
          data: { status: 500 },
        }),
      },
      ['fail guest request'],
    ],
    [
      'a guest that may not be seen',
      rehearsed('/nodes/pve1/qemu/7/status/start', {}),
      { '/nodes/pve1/qemu/7/status/current': denied },
      ['warn guest'],
    ],
    [
      'a guest that is locked',
      rehearsed('/nodes/pve1/qemu/7/status/start', {}),
      { '/nodes/pve1/qemu/7/status/current': { lock: 'backup' } },
      ['warn guest'],
    ],
    [
      'an older server',
      create({ tags: 'a' }),
      { '/version': { version: '7.2-3' } },
      ['fail version proxmox'],
    ],
    [
      'a request that cannot be planned',
      {
        ...create({}),
        plans: [],
        error: new RequestError({ code: 'PMX_X', message: 'wrong' }),
      },
      {},
      ['fail plan request'],
    ],
  ];
  for (const [name, what, answers, expected] of cases)
    it(name, async () => expect(await found(what, answers)).to.deep.equal(expected));

  it('an upload larger than what is free fails for certain', async () => {
    const what = create({});
    const upload: Plan = {
      ...what.plans[0]!,
      steps: [
        {
          id: 'u',
          title: 'u',
          kind: 'pve.upload',
          args: {
            node: 'pve1',
            storage: 'local',
            content: 'iso',
            filename: 'x.iso',
            source: {
              type: 'file',
              path: '/x',
              offset: 0,
              length: 2 ** 31,
              fileSize: 2 ** 31,
              modifiedMillis: 0,
            },
          },
        },
      ],
    };
    expect(await found({ ...what, plans: [upload] })).to.deep.equal(['fail space proxmox']);
  });

  it('exit codes: what the caller can change comes first', () => {
    const check = (cause: 'request' | 'surroundings' | 'proxmox') =>
      ({ check: 'x', status: 'fail', text: 'x', cause }) as const;
    expect(exitCodeOf([{ check: 'x', status: 'warn', text: 'x' }])).to.equal(0);
    expect(exitCodeOf([check('proxmox')])).to.equal(3);
    expect(exitCodeOf([check('proxmox'), check('surroundings')])).to.equal(2);
    expect(exitCodeOf([check('proxmox'), check('request')])).to.equal(1);
  });
});

describe('preflight: versions', () => {
  const call = (path: string, params: Record<string, string>) =>
    ({ method: 'POST', path, params, step: 'x', phase: 'step' }) as const;
  const upload = call('/nodes/pve1/storage/local/upload', { content: 'import' });
  const cases = [
    ['8.1.4', upload, 'fail'],
    ['8.2', upload, 'ok'],
    ['10.0.1', upload, 'ok'],
    ['7.2-3', call('/nodes/pve1/qemu', { tags: 'a' }), 'fail'],
    ['7.3-3', call('/nodes/pve1/qemu', { tags: 'a' }), 'ok'],
    ['8.4.1', call('/access/roles', { privs: 'VM.Audit,VM.Monitor' }), 'ok'],
    ['9.0.3', call('/access/roles', { privs: 'VM.Audit,VM.Monitor' }), 'fail'],
    ['8.4.1', call('/access/roles', { privs: 'VM.GuestAgent.Audit' }), 'fail'],
    ['9.2.11', call('/access/roles', { privs: 'VM.GuestAgent.Audit' }), 'ok'],
    ['7.1', call('/nodes/pve1/qemu', { scsi0: 'a:0,import-from=b:1/x' }), 'fail'],
  ] as const;
  for (const [version, used, status] of cases) {
    it(`${version}: ${JSON.stringify(used.params)} is ${status}`, () =>
      expect(checkVersion([used], version)[0]!.status).to.equal(status));
  }
});

describe('can-i without a description of the API', () => {
  const rights = (privileges: string[]): Answers => ({
    'rights /vms/200': { '/vms/200': Object.fromEntries(privileges.map((name) => [name, 0])) },
  });

  it('says what cannot be told rather than yes', async () => {
    const pve = server({ ...base, ...rights(['VM.Allocate', 'VM.Config.CPU']) });
    const answer = await answerCanI(pve, '/nowhere', create({ cores: '1' }));
    expect(answer.allowed).to.equal(null);
    expect(answer.unknown.join()).to.include('no API description');
  });

  it('still says no for what is missing beyond it', async () => {
    const pve = server({ ...base, ...rights(['VM.Allocate']) });
    const answer = await answerCanI(pve, '/nowhere', create({ cores: '1' }));
    expect(answer.allowed).to.equal(false);
    expect(answer.missing).to.deep.equal([
      { path: '/vms/200', privileges: ['VM.Config.CPU'], step: 'Make it' },
    ]);
  });

  for (const [version, expected] of [
    ['7.4-3', []],
    ['8.0.3', ['/sdn/zones/localnetwork/vmbr0']],
  ] as const) {
    it(`bridges have rights of their own since 8: ${version}`, async () => {
      const held = rights(['VM.Allocate', 'VM.Config.Network']);
      const pve = server({ ...base, ...held, '/version': { version } });
      const answer = await answerCanI(pve, '/nowhere', create({ net0: 'virtio,bridge=vmbr0' }));
      expect(answer.missing.map(({ path }) => path)).to.deep.equal(expected);
    });
  }

  it('throws what is wrong with the request itself', async () => {
    const error = new RequestError({ code: 'PMX_DISK_SHRINK', message: 'smaller' });
    const what = { ...create({}), plans: [], error };
    const thrown = await answerCanI(server(base), '/nowhere', what).catch((e: unknown) => e);
    expect(thrown).to.equal(error);
  });

  it('takes a name that is not found for a missing right only without that right', async () => {
    const error = new RequestError({
      code: 'PMX_VM_NOT_FOUND',
      message: 'no VM 7',
      data: { target: '7' },
    });
    const what = { ...create({}), plans: [], error };
    const answer = await answerCanI(server(base), '/nowhere', what);
    expect(answer.missing[0]).to.include({ path: '/vms/7' });
    const seeing = server({ ...base, 'rights /vms/7': { '/vms/7': { 'VM.Audit': 1 } } });
    expect(await answerCanI(seeing, '/nowhere', what).catch((e: unknown) => e)).to.equal(error);
  });
});
