import { markerLine, type PveCallArgs, ref, secretRef, text } from '@pmx-cli/kit';
import { InterruptedError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { pveCall } from '#dist/lib/operations/engine/handlers/pve-call.js';
import { apiError, denied, FakePve, type Fault } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';

const clone: PveCallArgs = {
  method: 'POST',
  path: '/nodes/pve1/qemu/900/clone',
  vmidVariable: 'vmid',
  lookup: { type: 'qmclone', id: '900' },
  params: { newid: ref('vmid'), name: 'web', description: text`made\n${markerLine}` },
};
const create: PveCallArgs = {
  method: 'POST',
  path: '/nodes/pve1/qemu',
  vmidVariable: 'vmid',
  lookup: { type: 'qmcreate', id: ref('vmid') },
  params: { vmid: ref('vmid'), name: 'web', description: markerLine },
};
const start: PveCallArgs = {
  method: 'POST',
  path: '/nodes/pve1/qemu/101/status/start',
  lookup: { type: 'qmstart', id: '101' },
};
const configure: PveCallArgs = {
  method: 'PUT',
  path: '/nodes/pve1/qemu/101/config',
  params: { memory: 512 },
  idempotent: true,
};
const destroy: PveCallArgs = {
  method: 'DELETE',
  path: '/nodes/pve1/qemu/101',
  lookup: { type: 'qmdestroy', id: '101' },
};

function server(...faults: Fault[]): FakePve {
  const pve = new FakePve();
  pve.guest(900, { template: 1 });
  pve.guest(101, {}, { status: 'stopped' });
  for (const fault of faults) pve.on(fault);
  return pve;
}

function setting(
  faults: Fault[] = [],
  more: Partial<TestContext> = {},
): { pve: FakePve; context: TestContext } {
  const pve = server(...faults);
  return { pve, context: contextFor(pve, { vmid: 102, operation: 'op1' }, more) };
}

const paths = (pve: FakePve): string[] => pve.writes.map(({ method, path }) => `${method} ${path}`);

describe('pve.call', () => {
  it('sends once, with references replaced, and waits for the task that it noted before', async () => {
    const { pve, context } = setting([{ path: /start/, hold: true }]);
    const running = pveCall.run(start, context);
    while (context.upids.length === 0) await context.sleep(0, context.signal);
    expect(pve.tasksOf('qmstart')[0]).to.include({ status: 'running', upid: context.upids[0] });
    pve.release();
    expect(await running).to.deep.equal({ upid: context.upids[0], exitstatus: 'OK' });
    expect(pve.writes).to.have.length(1);
    const { pve: other, context: with_ } = setting();
    await pveCall.run(
      {
        ...configure,
        params: { cipassword: secretRef('pw'), memory: ref('vmid'), gone: undefined },
      },
      with_,
    );
    expect(other.writes[0]!.params).to.deep.equal({ cipassword: 'secret of pw', memory: 102 });
  });

  it('gives the data of an answer without a task', async () => {
    const { context } = setting();
    expect(await pveCall.run(configure, context)).to.deep.equal({ data: null });
    expect(context.upids).to.deep.equal([]);
  });

  it('hands a detached task on without waiting', async () => {
    const { pve, context } = setting([{ path: /start/, hold: true }]);
    expect(await pveCall.run({ ...start, task: 'detach' }, context)).to.deep.equal({
      upid: context.upids[0],
    });
    expect(pve.tasksOf('qmstart')[0]!.status).to.equal('running');
  });

  it('passes warnings of a task on and counts it as done', async () => {
    const { context } = setting([{ path: /start/, taskError: 'WARNINGS: 1' }]);
    expect(await pveCall.run(start, context)).to.include({ exitstatus: 'WARNINGS: 1' });
    expect(context.warnings).to.have.length(1);
    expect(context.warnings[0]).to.match(/^WARNINGS: 1 .*\(pmx task log UPID:/);
  });

  it('sends nothing once interrupted, yet never cuts off what is sent', async () => {
    const { pve, context } = setting();
    context.stop.abort();
    expect(await failure(() => pveCall.run(start, context))).to.be.instanceOf(InterruptedError);
    expect(pve.writes).to.deep.equal([]);

    const late = setting();
    late.pve.on({ path: /start/, hold: true, act: () => late.context.stop.abort() });
    expect(await failure(() => pveCall.run(start, late.context))).to.have.property('exitCode', 130);
    expect(late.context.upids, 'the task is known to undo').to.have.length(1);
  });

  for (const message of [
    "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout",
    'VM is locked (backup)',
    "cfs-lock 'storage-local' error: got lock request timeout",
  ]) {
    for (const where of ['error', 'taskError'] as const) {
      it(`waits and tries again while locked, told by the ${where}: ${message.slice(0, 20)}`, async () => {
        const fault: Fault =
          where === 'error'
            ? { path: /start/, error: apiError(message), times: 3 }
            : { path: /start/, taskError: message, times: 3 };
        const { pve, context } = setting([fault]);
        await pveCall.run(start, context);
        expect(pve.writes).to.have.length(4);
        expect(context.pauses).to.deep.equal([1000, 2000, 4000]);
        expect(context.reports[0]).to.equal('locked by another task, trying again in 1 s');
      });
    }
  }

  it('gives up on a lock after a minute of pauses', async () => {
    const { pve, context } = setting([
      { path: /start/, error: apiError('VM is locked (backup)'), times: 99 },
    ]);
    expect(await failure(() => pveCall.run(start, context))).to.include({
      code: 'PMX_LOCKED',
      exitCode: 3,
      message:
        'VM is locked (backup): guest 101 is held and no task that may be seen here works on it.',
    });
    expect(context.pauses).to.deep.equal([1, 2, 4, 8, 15, 30].map((seconds) => seconds * 1000));
    expect(pve.writes).to.have.length(7);
  });

  it('waits as long as it was told to, and says who has the lock', async () => {
    const { pve, context } = setting(
      [{ path: /start/, error: apiError('VM is locked (backup)'), times: 99 }],
      { waitLock: 5000 },
    );
    pve.task('qmstart', 102, { held: true });
    const { upid } = pve.task('vzdump', '', { held: true, starttime: 1 });
    const error = await failure(() => pveCall.run(start, context));
    expect(error.message).to.match(
      /^VM is locked \(backup\): guest 101 is held by task vzdump of root@pam!pmx since \S+Z \(UPID:.*:vzdump:/,
    );
    expect(error.data).to.have.nested.property('holder.upid', upid);
    expect(error.hints[1]).to.equal(`See what it does: pmx task log ${upid}`);
    expect(context.pauses).to.deep.equal([1000, 2000, 2000]);
    expect(context.reports[0]).to.match(/^locked by task vzdump .*, trying again in 1 s$/);
  });

  it('does not wait at all when told so', async () => {
    const { pve, context } = setting(
      [{ path: /start/, error: apiError('VM is locked (backup)'), times: 99 }],
      { waitLock: 0 },
    );
    expect(await failure(() => pveCall.run(start, context))).to.have.property('code', 'PMX_LOCKED');
    expect(pve.writes).to.have.length(1);
    expect(context.pauses).to.deep.equal([]);
  });

  for (const [what, code, reason] of [
    ['nothing listens', 'PMX_UNREACHABLE', 'ECONNREFUSED'],
    ['the node cannot be reached (595)', 'PMX_NODE_UNREACHABLE', undefined],
  ] as const) {
    it(`sends again while ${what}: nothing of it arrived`, async () => {
      const error = new SurroundingsError({ code, message: 'gone', data: { reason } });
      const { pve, context } = setting([{ path: /start/, error, times: 3 }]);
      await pveCall.run(start, context);
      expect(pve.tasksOf('qmstart')).to.have.length(1);
      expect(context.pauses).to.deep.equal([1000, 2000, 4000]);

      const gone = setting([{ path: /start/, error, times: 99 }]);
      expect(await failure(() => pveCall.run(start, gone.context))).to.equal(error);
      expect(gone.pve.writes).to.have.length(5);
    });
  }

  it('can be interrupted while it waits for a lock', async () => {
    const { pve, context } = setting();
    pve.on({
      path: /start/,
      error: apiError('VM is locked (backup)'),
      times: 99,
      act: () => context.stop.abort(),
    });
    expect((await failure(() => pveCall.run(start, context))).exitCode).to.equal(130);
    expect(pve.writes).to.have.length(1);
  });

  for (const [what, error] of [
    ['a refusal', apiError('no options specified')],
    ['a missing right', denied('/vms/101')],
    [
      'a refusal that quotes a lock text',
      new ProxmoxError({ code: 'PMX_PERMISSION_DENIED', message: 'VM is locked (backup)' }),
    ],
    [
      'a name that does not exist',
      new SurroundingsError({
        code: 'PMX_UNREACHABLE',
        message: 'no such host',
        data: { reason: 'ENOTFOUND' },
      }),
    ],
  ] as const) {
    it(`sends ${what} on at once`, async () => {
      const { pve, context } = setting([{ path: /start/, error, times: 9 }]);
      expect(await failure(() => pveCall.run(start, context))).to.equal(error);
      expect(pve.writes).to.have.length(1);
    });
  }
});

describe('pve.call: the VMID is taken meanwhile', () => {
  const taken = [
    [
      'at once, by a create',
      create,
      {
        path: /qemu$/,
        error: apiError("unable to create VM 102 - VM 102 already exists on node 'pve1'"),
      },
    ],
    [
      'at once, by a clone',
      clone,
      { path: /clone$/, error: apiError('unable to create VM 102: config file already exists') },
    ],
    [
      'in the task',
      clone,
      { path: /clone$/, taskError: 'unable to create VM 102: config file already exists' },
    ],
    [
      'got no worker upid',
      create,
      { path: /qemu$/, error: apiError('got no worker upid - start worker failed') },
    ],
  ] as const;
  for (const [what, args, fault] of taken) {
    it(`${what}: takes the next id and binds it`, async () => {
      const { pve, context } = setting([{ ...fault }]);
      await pveCall.run(args, context);
      // nextid still offers 100; that is another id than the one taken.
      expect(context.variables['vmid']).to.equal(100);
      expect(pve.state.guests.get(100)!.config['description']).to.include('pmx-operation: op1');
      expect(context.reports.at(-1)).to.equal('VMID 102 was taken meanwhile, using 100');
    });
  }

  it('counts up when the server still offers the taken one', async () => {
    const { pve, context } = setting([
      { path: /clone$/, error: apiError('unable to create VM 102: config file already exists') },
    ]);
    pve.guest(103);
    pve.answers.set('/cluster/nextid', ({ vmid }: { vmid?: number }) => {
      if (vmid === 103)
        throw apiError('Parameter verification failed: vmid: VM 103 already exists.', 400);
      return '102';
    });
    await pveCall.run(clone, context);
    expect(context.variables['vmid']).to.equal(104);
  });

  it('gives up in the end', async () => {
    const { pve, context } = setting([
      {
        path: /clone$/,
        error: apiError('unable to create VM 1: config file already exists'),
        times: 99,
      },
    ]);
    expect((await failure(() => pveCall.run(clone, context))).message).to.include('already exists');
    expect(pve.writes).to.have.length(20);
  });

  for (const [what, args, fault] of taken) {
    it(`${what}, asked for by name: fails instead`, async () => {
      const { pve, context } = setting([{ ...fault }]);
      await failure(() => pveCall.run({ ...args, vmidVariable: undefined }, context));
      expect(pve.writes).to.have.length(1);
      expect(context.variables['vmid']).to.equal(102);
    });
  }

  it("fails when the server's own list cannot be asked", async () => {
    const { pve, context } = setting([
      { path: /clone$/, error: apiError('unable to create VM 102: config file already exists') },
    ]);
    const broken = new SurroundingsError({ code: 'PMX_UNREACHABLE', message: 'gone' });
    pve.answers.set('/cluster/nextid', broken);
    expect(await failure(() => pveCall.run(clone, context))).to.equal(broken);
  });
});

describe('pve.call: the answer is lost', () => {
  for (const [name, args, type] of [
    ['start', start, 'qmstart'],
    ['destroy', destroy, 'qmdestroy'],
  ] as const) {
    it(`${name}: finds its task, notes it, waits for it, and does not send again`, async () => {
      const { pve, context } = setting([{ path: /101/, lose: 'after' }]);
      const [task] = [await pveCall.run(args, context)].map(() => pve.tasksOf(type)[0]!);
      expect(pve.writes).to.have.length(1);
      expect(context.upids).to.deep.equal([task!.upid]);
      expect(task!.exitstatus).to.equal('OK');
    });

    it(`${name}: sends again when it never arrived`, async () => {
      const { pve, context } = setting([{ path: /101/, lose: 'before' }]);
      await pveCall.run(args, context);
      expect(pve.writes).to.have.length(2);
      expect(pve.tasksOf(type)).to.have.length(1);
    });
  }

  it('fails as its task failed', async () => {
    const { pve, context } = setting([
      { path: /start/, lose: 'after', taskError: 'no bootable device' },
    ]);
    expect(await failure(() => pveCall.run(start, context))).to.include({
      code: 'PMX_TASK_FAILED',
      exitCode: 3,
    });
    expect(pve.writes).to.have.length(1);
  });

  it('takes no task of somebody else, of another guest or of another time for its own', async () => {
    const { pve, context } = setting([{ path: /start/, lose: 'before' }]);
    pve.task('qmstart', 102);
    pve.task('qmstop', 101);
    const foreign = pve.task('qmstart', 101);
    foreign.upid = foreign.upid.replace('root@pam!pmx', 'eve@pve');
    const old = pve.task('qmstart', 101);
    old.upid = old.upid.replace(/:([0-9A-F]{8}):qmstart/, ':60000000:qmstart');
    await pveCall.run(start, context);
    expect(pve.writes).to.have.length(2);
  });

  it('does not take the failed task of an earlier try for the lost one', async () => {
    const { pve, context } = setting([
      { path: /start/, taskError: 'VM is locked (backup)' },
      { path: /start/, lose: 'before' },
    ]);
    await pveCall.run(start, context);
    expect(pve.writes).to.have.length(3);
    expect(pve.state.guests.get(101)!.status).to.equal('running');
  });

  it('an idempotent call is simply sent again', async () => {
    const { pve, context } = setting([{ path: /config/, lose: 'after' }]);
    await pveCall.run(configure, context);
    expect(pve.writes).to.have.length(2);
  });

  it('says so when nobody can tell, and does not send again', async () => {
    const { pve, context } = setting([{ path: /config/, lose: 'after' }]);
    const error = await failure(() => pveCall.run({ ...configure, idempotent: false }, context));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN', exitCode: 2 });
    expect(error.message).to.include('PUT /nodes/pve1/qemu/101/config');
    expect(pve.writes).to.have.length(1);
  });

  describe('a DELETE of which no task is known, whose answer was lost', () => {
    const list = '/nodes/pve1/qemu/101/snapshot';
    const elsewhere = '/nodes/pve1/qemu/777/snapshot';
    const remove: PveCallArgs = { method: 'DELETE', path: `${list}/s1` };
    const cases: Array<[name: string, args: PveCallArgs, answers: object, expected: unknown]> = [
      ['happened when the list has it no more', remove, { [list]: [{ name: 'current' }] }, 'done'],
      [
        'did not when it is there',
        remove,
        { [list]: [{ name: 's1' }, { name: 'current' }] },
        'not',
      ],
      ['stays unknown when the list shows nothing at all', remove, { [list]: [] }, 'unknown'],
      ['stays unknown when it is no list', remove, { [list]: { name: 's1' } }, 'unknown'],
      ['stays unknown when one may not look', remove, { [list]: denied('/vms/101') }, 'unknown'],
      [
        'happened when its guest is gone',
        { ...remove, path: `${elsewhere}/s1` },
        {
          [elsewhere]: apiError(
            "Configuration file 'nodes/pve1/qemu-server/777.conf' does not exist",
          ),
        },
        'done',
      ],
      [
        'happened when the list has it no more, also where it could be sent again',
        { ...remove, idempotent: true },
        { [list]: [{ name: 'current' }] },
        'done',
      ],
      ['of a guest: it is there', { method: 'DELETE', path: '/nodes/pve1/qemu/101' }, {}, 'not'],
      ['of a guest: it is gone', { method: 'DELETE', path: '/nodes/pve1/qemu/777' }, {}, 'done'],
      [
        'of something encoded',
        { method: 'DELETE', path: '/access/users/a%40pve' },
        { '/access/users': [{ userid: 'a@pve' }] },
        'not',
      ],
    ];
    for (const [name, args, answers, expected] of cases) {
      it(name, async () => {
        const { pve, context } = setting();
        for (const [path, answer] of Object.entries(answers)) pve.answers.set(path, answer);
        const outcome = await Promise.resolve(pveCall.recover(args, context)).then(
          (result) => (result ? 'done' : 'not'),
          (error: { code: string }) => (error.code === 'PMX_OUTCOME_UNKNOWN' ? 'unknown' : error),
        );
        expect(outcome).to.equal(expected);
      });
    }

    it('is looked at only once the tasks of its guest have ended', async () => {
      const { pve, context } = setting([{ path: /start/, hold: true }]);
      const running = pveCall.run(start, context);
      while (context.upids.length === 0) await context.sleep(0, context.signal);
      pve.answers.set(list, [{ name: 'current' }]);
      let told = false;
      const later = contextFor(pve, { vmid: 102, operation: 'op2' });
      const recovering = Promise.resolve(pveCall.recover(remove, later)).then(() => (told = true));
      for (let turn = 0; turn < 20; turn++) await context.sleep(0, context.signal);
      expect(told).to.equal(false);
      pve.release();
      await Promise.all([running, recovering]);
      expect(told).to.equal(true);
    });
  });

  it('a look that is refused tells nothing: the outcome stays unknown', async () => {
    const { pve, context } = setting([{ path: /101/, lose: 'after' }]);
    pve.answers.set('/nodes/pve1/tasks', denied('/nodes/pve1'));
    expect(await failure(() => pveCall.run(destroy, context))).to.include({
      code: 'PMX_OUTCOME_UNKNOWN',
      exitCode: 2,
    });
  });

  it('a poll that is refused tells nothing either', async () => {
    const { pve, context } = setting();
    pve.waitForTask = async () => {
      throw new ProxmoxError({ code: 'PMX_AUTH_FAILED', message: 'the token expired' });
    };
    expect(await failure(() => pveCall.run(destroy, context))).to.include({
      code: 'PMX_OUTCOME_UNKNOWN',
      exitCode: 2,
    });
  });

  it('a second loss is left to the engine', async () => {
    const { pve, context } = setting([{ path: /start/, lose: 'before', times: 2 }]);
    expect(await failure(() => pveCall.run(start, context))).to.have.property(
      'code',
      'PMX_ANSWER_LOST',
    );
    expect(pve.writes).to.have.length(2);
  });

  it('a DELETE that finds nothing the second time was carried out the first time', async () => {
    const { pve, context } = setting([{ path: /101/, lose: 'after' }]);
    pve.answers.set('/nodes/pve1/tasks', () => {
      pve.tick();
      return [];
    });
    expect(await pveCall.run(destroy, context)).to.deep.equal({ exitstatus: 'OK' });
  });

  it('a DELETE that finds nothing the first time fails', async () => {
    const { pve, context } = setting();
    pve.state.guests.delete(101);
    expect(await failure(() => pveCall.run(destroy, context))).to.have.property(
      'code',
      'PMX_TASK_FAILED',
    );
  });

  for (const [name, args] of [
    ['clone', clone],
    ['create', create],
    ['clone with its own id', { ...clone, vmidVariable: undefined }],
  ] as const) {
    it(`${name}: knows its guest by the marker, waits until it is made`, async () => {
      const { pve, context } = setting([{ path: /(clone|qemu)$/, lose: 'after' }]);
      expect(await pveCall.run(args, context)).to.deep.equal({ exitstatus: 'OK' });
      expect(pve.writes).to.have.length(1);
      expect(pve.state.guests.get(102)!.config).not.to.have.property('lock');
    });

    it(`${name}: sends again when there is no such guest`, async () => {
      const { pve, context } = setting([{ path: /(clone|qemu)$/, lose: 'before' }]);
      await pveCall.run(args, context);
      expect(pve.writes).to.have.length(2);
    });
  }

  it("clone: another one's task of the same template proves nothing", async () => {
    const { pve, context } = setting([{ path: /clone$/, lose: 'before' }]);
    pve.task('qmclone', 900);
    await pveCall.run({ ...clone, vmidVariable: undefined }, context);
    expect(pve.writes).to.have.length(2);
    expect(pve.state.guests.has(102)).to.equal(true);
  });

  it('clone: the id went to somebody else, so the next one is taken', async () => {
    const { pve, context } = setting([
      {
        path: /clone$/,
        lose: 'before',
        act: () => pve.guest(102, { description: 'pmx-operation: op2', lock: 'clone' }),
      },
    ]);
    await pveCall.run(clone, context);
    expect(context.variables['vmid']).to.equal(100);
    expect(pve.state.guests.get(102)!.config['description']).to.equal('pmx-operation: op2');
  });

  it('clone: a first request that arrives late is known by its marker, not cloned twice', async () => {
    const { pve, context } = setting([
      { path: /clone$/, lose: 'before' },
      {
        path: /clone$/,
        error: apiError('unable to create VM 102: config file already exists'),
        act: () => pve.guest(102, { description: 'pmx-operation: op1' }),
      },
    ]);
    expect(await pveCall.run(clone, context)).to.deep.equal({ exitstatus: 'OK' });
    expect(context.variables['vmid']).to.equal(102);
  });

  it('clone to another node: looks on both, for it is moved at its end', async () => {
    const pve = server({ path: /clone$/, lose: 'after', hold: true });
    let pauses = 0;
    const sleep = async (): Promise<void> => void (++pauses === 3 && pve.release());
    const context = contextFor(pve, { vmid: 102, operation: 'op1' }, { sleep });
    const args = { ...clone, params: { ...clone.params, target: 'pve2' } };
    expect(await pveCall.run(args, context)).to.deep.equal({ exitstatus: 'OK' });
    expect(pve.writes).to.have.length(1);
    expect(pve.state.guests.get(102)!.node).to.equal('pve2');
    expect(await pveCall.recover(args, context), 'also once it is there').not.to.equal(undefined);
  });

  it('create: a lock that nobody owns is not waited for without end', async () => {
    const { pve, context } = setting();
    pve.guest(102, { lock: 'create' });
    const error = await failure(() => pveCall.recover(create, context));
    expect(error).to.include({ code: 'PMX_OUTCOME_UNKNOWN', exitCode: 2 });
    expect(context.pauses.length).to.equal(3599);
  });
});

describe('pve.call: recover, by another process', () => {
  it('waits for the task that was noted', async () => {
    const { pve, context } = setting();
    const task = pve.task('qmstart', 101, { held: true });
    context.upids.push(task.upid);
    const running = pveCall.recover(start, context);
    pve.release();
    expect(await running).to.deep.equal({ upid: task.upid, exitstatus: 'OK' });
    expect(pve.writes).to.deep.equal([]);
  });

  for (const [text_, newer, expected] of [
    ['boot failed', false, 'not happened'],
    ['boot failed', true, 'not happened'],
    ['VM is locked (backup)', false, 'not happened'],
    ['VM is locked (backup)', true, 'happened'],
  ] as const) {
    it(`noted task failed (${text_})${newer ? ', a newer one there' : ''}: ${expected}`, async () => {
      const { pve, context } = setting();
      const task = pve.task('qmstart', 101, { status: 'stopped', exitstatus: text_ });
      context.upids.push(task.upid);
      if (newer)
        pve.task('qmstart', 101, {
          upid: task.upid.replace('00000001', '00000002'),
          starttime: task.starttime,
        });
      const result = await pveCall.recover(start, context);
      expect(result === undefined ? 'not happened' : 'happened').to.equal(expected);
    });
  }

  for (const [name, args, config, expected] of [
    ['clone, marked', clone, { description: 'x\npmx-operation: op1' }, true],
    ['clone, of another operation', clone, { description: 'pmx-operation: op2' }, false],
    ['clone, without a description', clone, {}, false],
    [
      'clone, marked and locked by a backup',
      clone,
      { description: 'pmx-operation: op1', lock: 'backup' },
      true,
    ],
    ['create, marked', create, { description: 'pmx-operation: op1' }, true],
    [
      'clone, a marker that only begins alike',
      clone,
      { description: 'pmx-operation: op12' },
      false,
    ],
  ] as const) {
    it(name, async () => {
      const { pve, context } = setting();
      pve.guest(102, { ...config });
      expect((await pveCall.recover(args, context)) !== undefined).to.equal(expected);
    });
  }

  it('throws when it cannot look', async () => {
    const { pve, context } = setting();
    pve.answers.set('/nodes/pve1/qemu/102/config', denied('/vms/102'));
    expect(await failure(() => pveCall.recover(clone, context))).to.include({
      code: 'PMX_OUTCOME_UNKNOWN',
    });
  });
});

describe('pve.call as an undo', () => {
  const again = { ...start, idempotent: true };

  it('waits until what it takes back has ended, then sends', async () => {
    const pve = server();
    pve.state.guests.get(101)!.status = 'running';
    const stop = await pve.send<string>('POST', '/nodes/pve1/qemu/101/status/stop');
    const context = contextFor(pve, {}, { upids: [stop], unseenEnd: true });
    await pveCall.run(again, context);
    expect(paths(pve)).to.deep.equal([
      'POST /nodes/pve1/qemu/101/status/stop',
      'POST /nodes/pve1/qemu/101/status/start',
    ]);
    expect(pve.state.guests.get(101)!.status).to.equal('running');
  });

  it('is content when the guest runs already', async () => {
    const pve = server();
    pve.state.guests.get(101)!.status = 'running';
    expect(await pveCall.run(again, contextFor(pve))).to.deep.equal({ exitstatus: 'OK' });
    expect((await failure(() => pveCall.run(start, contextFor(pve)))).message).to.include(
      'already running',
    );
  });

  it('does not take the task of the step for its own when its answer is lost', async () => {
    const pve = server({ path: /start/, lose: 'before' });
    const context = contextFor(pve, {}, { upids: [pve.task('qmstop', 101).upid] });
    await pveCall.run(again, context);
    expect(pve.tasksOf('qmstart')).to.have.length(1);
  });
});
