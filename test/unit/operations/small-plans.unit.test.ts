import { allSteps, type ContextRecord, type Contexts } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { parseApiRequest, planApiCall } from '#dist/lib/operations/api/request.js';
import {
  planContextAdd,
  planContextRemove,
  planContextUse,
} from '#dist/lib/operations/context/change.js';
import { listTasks, taskPath } from '#dist/lib/operations/task/read.js';
import { planPower, type PowerVerb } from '#dist/lib/operations/guest/power.js';
import { failure, useFolder } from '../engine/lab.ts';
import { cluster, guestOf } from './support.ts';

describe('planning power', () => {
  for (const [verb, from, task] of [
    ['start', 'stopped', 'qmstart'],
    ['stop', 'running', 'qmstop'],
    ['shutdown', 'running', 'qmshutdown'],
    ['stop', 'paused', 'qmstop'],
    ['start', 'unknown', 'qmstart'],
  ] as const) {
    it(`${verb} of a ${from} guest is one call`, () => {
      const plan = planPower({ guest: guestOf(101, { status: from }), verb, wait: true });
      expect(allSteps(plan.steps)).to.have.length(1);
      expect(allSteps(plan.steps)[0]!.args).to.deep.include({
        method: 'POST',
        path: `/nodes/pve1/qemu/101/status/${verb}`,
        task: 'wait',
        lookup: { type: task, id: '101' },
      });
      expect(plan).to.have.property('operation', `vm.${verb}`);
      expect(plan.result).to.deep.include({ changed: true, upid: { $var: 'upid' } });
      expect(plan.variables).to.deep.equal({});
    });
  }

  for (const [verb, status, word] of [
    ['start', 'running', 'running'],
    ['stop', 'stopped', 'stopped'],
    ['shutdown', 'stopped', 'stopped'],
  ] as Array<[PowerVerb, 'running', string]>) {
    it(`${verb} of a ${status} guest is nothing, and says so`, () => {
      const plan = planPower({ guest: guestOf(101, { status }), verb, wait: true });
      expect(plan.steps).to.deep.equal([]);
      expect(plan.notes).to.deep.equal([`VM 101 (vm-101) is ${word} already.`]);
      expect(plan.variables).to.deep.equal({ upid: null });
      expect(plan.result).to.have.property('changed', false);
    });
  }

  it('speaks of containers as such', () => {
    const guest = guestOf(200, { type: 'lxc', status: 'stopped', name: 'proxy' });
    const plan = planPower({ guest, verb: 'start', wait: true });
    expect(plan).to.include({ operation: 'ct.start', target: 'container 200 (proxy)' });
    expect(allSteps(plan.steps)[0]!.args).to.deep.include({
      path: '/nodes/pve1/lxc/200/status/start',
      lookup: { type: 'vzstart', id: '200' },
    });
  });

  it('passes time and force to shutdown, and gives the task a little longer', () => {
    const args = (request: object) =>
      allSteps(
        planPower({
          guest: guestOf(101, { status: 'running' }),
          verb: 'shutdown',
          wait: false,
          ...request,
        }).steps,
      )[0]!.args as unknown as Record<string, unknown>;
    expect(args({ timeoutSeconds: 60, force: true })).to.deep.include({
      params: { timeout: 60, forceStop: true },
      timeoutSeconds: 90,
      task: 'detach',
    });
    expect(args({})).not.to.have.property('timeoutSeconds');
  });
});

describe('planning contexts', () => {
  function contextsOf(
    records: Record<string, ContextRecord>,
    current?: string,
    previous?: string,
  ): Contexts {
    return {
      current: async () => current,
      previous: async () => previous,
      list: async () => records,
      get: async (name) => {
        if (Object.hasOwn(records, name)) return records[name]!;
        throw new RequestError({ code: 'PMX_CONTEXT_NOT_FOUND', message: name });
      },
      hasSecret: async (name) => name === 'home',
      secret: async () => undefined,
    };
  }
  const record = { endpoint: 'https://pve.test:8006', tokenId: 'root@pam!x' };
  const add = (contexts: Contexts, more = {}) =>
    planContextAdd(contexts, {
      name: 'home',
      record,
      replace: false,
      secret: async () => 'hush-hush',
      ...more,
    });

  it('add: a new context that cannot be written leaves no secret; one that it replaces is not removed', async () => {
    const undoOf = async (contexts: Contexts, replace: boolean) =>
      allSteps((await add(contexts, { replace })).steps).flatMap((step) => step.undo ?? []);
    expect(await undoOf(contextsOf({}), false)).to.have.nested.property(
      '[0].kind',
      'context.remove',
    );
    expect(await undoOf(contextsOf({ home: record }), true)).to.deep.equal([]);
  });

  it('add: the secret travels apart', async () => {
    const plan = await add(contextsOf({}));
    const [save] = allSteps(plan.steps);
    expect(save!.args).to.deep.equal({
      name: 'home',
      context: record,
      secret: { $secret: 'token' },
      use: true,
    });
    expect(plan.secrets).to.deep.equal({ token: 'hush-hush' });
    expect(JSON.stringify({ ...plan, secrets: undefined })).not.to.include('hush-hush');
    expect(plan).to.deep.include({
      local: true,
      result: { name: 'home', endpoint: record.endpoint, current: true },
    });
  });

  it('add: the first one is used, later ones are not', async () => {
    const plan = await add(contextsOf({ work: record }, 'work'));
    expect(allSteps(plan.steps)[0]!.args).to.have.property('use', false);
    expect(plan.result).to.have.property('current', false);
    expect(
      (await add(contextsOf({ home: record }, 'home'), { replace: true })).result,
    ).to.have.property('current', true);
  });

  it('add: refuses a name that is there before it asks for a secret', async () => {
    const secret = async (): Promise<string> => {
      throw new Error('asked');
    };
    expect(await failure(() => add(contextsOf({ home: record }), { secret }))).to.include({
      code: 'PMX_CONTEXT_EXISTS',
      exitCode: 1,
    });
    expect((await add(contextsOf({}), { name: 'toString' })).target).to.equal('context toString');
  });

  for (const [what, secret] of [
    ['two lines', 'hush-hush\nmore'],
    ['Windows line ends', 'hush-hush\r'],
    ['id and secret', 'root@pam!x = hush-hush'],
  ] as const)
    it(`add: refuses ${what} as a secret, and does not show it`, async () => {
      const error = await failure(() => add(contextsOf({}), { secret: async () => secret }));
      expect(error).to.include({ code: 'PMX_INVALID_SECRET', exitCode: 1 });
      expect(JSON.stringify({ ...error, message: error.message })).not.to.include('hush');
    });

  it('use: by name, or back to the one before', async () => {
    const contexts = contextsOf({ home: record, work: record }, 'home', 'work');
    for (const [name, expected] of [
      ['home', 'home'],
      ['-', 'work'],
    ] as const) {
      const plan = await planContextUse(contexts, name);
      expect(allSteps(plan.steps)[0]).to.deep.include({
        kind: 'context.use',
        args: { name: expected },
      });
      expect(plan.result).to.deep.equal({ name: expected });
    }
  });

  it('use: refuses what is not there', async () => {
    for (const [contexts, name] of [
      [contextsOf({}), '-'],
      [contextsOf({}), 'nosuch'],
      [contextsOf({}, 'a', 'gone'), '-'],
    ] as const) {
      expect(await failure(() => planContextUse(contexts, name))).to.include({
        code: 'PMX_CONTEXT_NOT_FOUND',
        exitCode: 1,
      });
    }
  });

  it('remove: asks, and tells what stays on the server', async () => {
    const contexts = contextsOf({ home: record, work: record });
    const plan = await planContextRemove(contexts, 'home');
    expect(allSteps(plan.steps)[0]).to.deep.include({ kind: 'context.remove', destructive: true });
    expect(plan.impact!.removes.map(({ what }) => what)).to.deep.equal([
      'context',
      'stored secret',
    ]);
    expect(plan.impact!.keeps).to.have.length(1);
    expect((await planContextRemove(contexts, 'work')).impact!.removes).to.have.length(1);
    expect(await failure(() => planContextRemove(contexts, 'nosuch'))).to.have.property(
      'code',
      'PMX_CONTEXT_NOT_FOUND',
    );
  });
});

describe('requests to any path of the API', () => {
  const folder = useFolder();

  for (const [given, path] of [
    ['/version', '/version'],
    ['version', '/version'],
    ['/api2/json/nodes/pve1', '/nodes/pve1'],
    ['api2/json/nodes', '/nodes'],
    ['//nodes/', '/nodes'],
    ['/api2/json', '/'],
    [
      '/nodes/pve1/storage/local/content/local:iso/x.iso',
      '/nodes/pve1/storage/local/content/local:iso/x.iso',
    ],
  ] as const) {
    it(`path ${given}`, async () => expect((await parseApiRequest([given])).path).to.equal(path));
  }

  for (const given of ['/a b', '/version?x=1', '/x#y', '/nodes/../access', '..', 'a\n']) {
    it(`refuses the path ${JSON.stringify(given)}`, async () => {
      expect(await failure(() => parseApiRequest([given]))).to.include({
        code: 'PMX_INVALID_PATH',
        exitCode: 1,
      });
    });
  }

  it('takes pairs, with = in values, and empty values', async () => {
    const { params, hidden } = await parseApiRequest([
      '/x',
      'a=1',
      'net0=virtio,bridge=vmbr0',
      'empty=',
    ]);
    expect(params).to.deep.equal({ a: '1', net0: 'virtio,bridge=vmbr0', empty: '' });
    expect(hidden.size).to.equal(0);
  });

  for (const pair of ['novalue', '=1', '']) {
    it(`refuses the pair '${pair}'`, async () => {
      expect(await failure(() => parseApiRequest(['/x', pair]))).to.include({
        code: 'PMX_INVALID_PARAMETER',
        exitCode: 1,
      });
    });
  }

  it('takes a value from a file as it is, and hides it', async () => {
    const { params, hidden } = await parseApiRequest([
      '/x',
      `comment=@${folder.put('value', 'two\nlines\n')}`,
    ]);
    expect(params).to.deep.equal({ comment: 'two\nlines\n' });
    expect([...hidden]).to.deep.equal(['comment']);
    expect(await failure(() => parseApiRequest(['/x', 'a=@/nosuch']))).to.include({
      code: 'PMX_FILE_UNREADABLE',
      exitCode: 1,
    });
  });

  it('takes a value from stdin, without its last newline', async () => {
    const { Readable } = await import('node:stream');
    const original = Object.getOwnPropertyDescriptor(process, 'stdin')!;
    Object.defineProperty(process, 'stdin', {
      value: Readable.from(['hush\n']),
      configurable: true,
    });
    try {
      expect((await parseApiRequest(['/x', 'password=@-'])).params).to.deep.equal({
        password: 'hush',
      });
    } finally {
      Object.defineProperty(process, 'stdin', original);
    }
  });

  for (const name of [
    'password',
    'cipassword',
    'secret',
    'token',
    'key',
    'certkey',
    'client-key',
    'new-password',
    'confirmation-password',
    'encryption-key',
    'keyring',
    'otp',
    'PASSWORD',
  ]) {
    it(`hides ${name}`, async () => {
      const plan = planApiCall(
        'POST',
        await parseApiRequest(['/x', `${name}=hush-hush`, 'a=1']),
        true,
      );
      expect(allSteps(plan.steps)[0]!.args).to.have.deep.property('params', {
        [name]: { $secret: name },
        a: '1',
      });
      expect(plan.secrets).to.deep.equal({ [name]: 'hush-hush' });
      expect(JSON.stringify(plan.steps) + plan.title + plan.target).not.to.include('hush-hush');
    });
  }
  for (const name of ['tokenid', 'keyboard', 'sshkeys', 'comment', 'monkey']) {
    it(`does not hide ${name}`, async () =>
      expect((await parseApiRequest(['/x', `${name}=1`])).hidden.size).to.equal(0));
  }

  for (const [method, destructive] of [
    ['POST', false],
    ['PUT', false],
    ['DELETE', true],
  ] as const) {
    it(`${method} as a plan`, async () => {
      const plan = planApiCall(
        method,
        await parseApiRequest(['/pools', 'poolid=x']),
        method === 'PUT',
      );
      expect(plan).to.include({
        operation: `api.${method.toLowerCase()}`,
        target: '/pools',
        title: `${method} /pools`,
      });
      expect(allSteps(plan.steps)[0]).to.include({ destructive });
      expect(allSteps(plan.steps)[0]!.args).to.deep.include({
        method,
        path: '/pools',
        task: method === 'PUT' ? 'wait' : 'detach',
      });
      expect(allSteps(plan.steps)[0]!.args).not.to.have.any.keys('idempotent', 'lookup');
    });
  }
});

describe('tasks of the server', () => {
  /** What is undefined does not go over the wire. */
  const sent = (query: unknown): unknown => JSON.parse(JSON.stringify(query)) as unknown;
  const row = (node: string, start: number, more = {}) => ({
    upid: `UPID:${node}:${start}`,
    node,
    type: 'qmstart',
    id: '101',
    user: 'root@pam',
    starttime: start,
    ...more,
  });

  it('lists those of all online nodes, newest first, and no more than asked for', async () => {
    const { pve, inventory } = cluster();
    pve.answers.set('/nodes', [
      { node: 'pve1', status: 'online' },
      { node: 'pve2', status: 'online' },
      { node: 'pve3', status: 'offline' },
    ]);
    const queries: unknown[] = [];
    pve.answers.set(
      '/nodes/pve1/tasks',
      (query: object) => (
        queries.push(query),
        [row('pve1', 10, { endtime: 14, status: 'OK' }), row('pve1', 5)]
      ),
    );
    pve.answers.set('/nodes/pve2/tasks', () => [
      row('pve2', 7, { endtime: 7, status: 'WARNINGS: 1' }),
    ]);
    const tasks = await listTasks(pve, inventory, { errors: false, limit: 2 });
    expect(tasks).to.deep.equal([
      {
        upid: 'UPID:pve1:10',
        node: 'pve1',
        type: 'qmstart',
        id: '101',
        user: 'root@pam',
        startedSeconds: 10,
        tookSeconds: 4,
        status: 'OK',
      },
      {
        upid: 'UPID:pve2:7',
        node: 'pve2',
        type: 'qmstart',
        id: '101',
        user: 'root@pam',
        startedSeconds: 7,
        tookSeconds: 0,
        status: 'WARNINGS: 1',
      },
    ]);
    expect(queries.map(sent)).to.deep.equal([{ limit: 2, source: 'all' }]);
  });

  it('asks one node only, with its filter; what has not ended is running', async () => {
    const { pve, inventory } = cluster();
    let query: unknown;
    pve.answers.set('/nodes/pve2/tasks', (given: object) => ((query = given), [row('pve2', 7)]));
    const [task] = await listTasks(pve, inventory, {
      node: 'pve2',
      vmid: 101,
      errors: true,
      limit: 5,
    });
    expect(task).to.deep.include({ status: 'running', tookSeconds: undefined });
    expect(sent(query)).to.deep.equal({ limit: 5, vmid: 101, errors: true, source: 'all' });
    expect(pve.reads).not.to.include('/nodes/pve1/tasks');
    expect(
      await failure(() => listTasks(pve, inventory, { node: 'nosuch', errors: false, limit: 1 })),
    ).to.have.property('code', 'PMX_NODE_NOT_FOUND');
  });

  const upid = 'UPID:pve1:0000ABCD:00012345:65AABBCC:qmstart:101:root@pam!x:';
  it('finds the node in a UPID', () => {
    expect(taskPath(upid.replace('00012345', '100012345').replace(':101:', '::'))).to.match(
      /^\/nodes\/pve1\//,
    );
    expect(taskPath(upid)).to.equal(`/nodes/pve1/tasks/${encodeURIComponent(upid)}`);
  });
  for (const bad of [
    '',
    'UPID:',
    'pve1',
    upid.slice(0, -1),
    upid.toLowerCase(),
    `${upid}x`,
    upid.replace('0000ABCD', 'XYZ'),
  ]) {
    it(`refuses '${bad}'`, async () =>
      expect(await failure(() => taskPath(bad))).to.include({
        code: 'PMX_INVALID_UPID',
        exitCode: 1,
      }));
  }
});
