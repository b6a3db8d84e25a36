import { createFakeHost } from '@pmx-cli/kit/testing';
import type { Inventory, PveReader } from '@pmx-cli/kit';
import { expect } from 'chai';

import { followLog } from '#dist/lib/operations/task/follow.js';
import { parseMoment } from '#dist/lib/operations/task/moment.js';
import { listTasks } from '#dist/lib/operations/task/read.js';
import { planTaskStop } from '#dist/lib/operations/task/stop.js';
import { failure } from '../engine/lab.ts';

const upid = 'UPID:pve1:0000030F:0002AC10:6B001488:qmclone:9000:root@pam:';

describe('times that a person means', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  for (const [text, seconds] of [
    ['2h', now / 1000 - 7200],
    ['3d', now / 1000 - 3 * 86_400],
    ['1w', now / 1000 - 7 * 86_400],
    ['2026-11-20T08:00Z', Date.parse('2026-11-20T08:00Z') / 1000],
    ['2026-11-20 08:00', new Date(2026, 10, 20, 8).getTime() / 1000],
    ['2026-11-20', new Date(2026, 10, 20).getTime() / 1000],
  ] as const)
    it(text, () => expect(parseMoment(text, now)).to.equal(seconds));

  for (const text of ['', 'yesterday', '2', '-2h', '20.11.2026', '2026-13-40', '2026-11-20T99:00'])
    it(`refuses '${text}'`, async () => {
      expect(await failure(() => parseMoment(text, now))).to.include({
        code: 'PMX_INVALID_TIME',
        exitCode: 1,
      });
    });
});

describe('tasks', () => {
  const rows = [
    { upid, node: 'pve1', type: 'qmclone', id: '9000', user: 'root@pam', starttime: 1 },
    ...['OK', 'WARNINGS: 1', 'broken'].map((status, at) => ({
      upid: `${upid}${at}`,
      node: 'pve1',
      type: 'qmstart',
      id: '101',
      user: 'root@pam',
      starttime: 2 + at,
      endtime: 9,
      status,
    })),
  ];
  const queries: object[] = [];
  const session = createFakeHost({
    nodes: [{ node: 'pve1', status: 'online' }],
    pve: {
      '/nodes/pve1/tasks': (query: object) => {
        queries.push(query);
        return rows;
      },
    },
  }).open({ log: {}, 'no-color': true });
  let pve: PveReader;
  let inventory: Inventory;

  before(async () => {
    [pve, inventory] = await Promise.all([session.pve(), session.inventory()]);
  });

  for (const [states, found, query] of [
    [['running'], ['running'], { source: 'active' }],
    [['error', 'warning'], ['broken', 'WARNINGS: 1'], { statusfilter: 'error,warning' }],
    [['running', 'error'], ['broken', 'running'], { source: 'all' }],
    [undefined, ['broken', 'WARNINGS: 1', 'OK', 'running'], { source: 'all' }],
  ] as const) {
    it(`by state ${states?.join(',') ?? '(all)'}`, async () => {
      const tasks = await listTasks(pve, inventory, {
        errors: false,
        limit: 50,
        ...(states && { states }),
      });
      expect(tasks.map(({ status }) => status)).to.deep.equal(found);
      expect(queries.at(-1)).to.include(query);
      if (states?.length === 2 && states.includes('running' as never))
        expect(queries.at(-1)).to.have.property('statusfilter', undefined);
    });
  }

  const path = `/nodes/pve1/tasks/${encodeURIComponent(upid)}`;
  const about = { upid, node: 'pve1', type: 'qmclone', id: '9000', user: 'root@pam' };

  it('follows a log to its end, without a line lost or twice', async () => {
    const log = ['one', 'two'];
    const states = ['running', 'stopped'];
    const reader = await createFakeHost({
      pve: {
        [`${path}/status`]: () => {
          const status = states.shift()!;
          if (status === 'stopped') log.push('TASK OK');
          return { ...about, status };
        },
        [`${path}/log`]: ({ start = 0 }) =>
          log.slice(Number(start)).map((t, at) => ({ n: Number(start) + at + 1, t })),
      },
    })
      .open({ log: {}, 'no-color': true })
      .pve();
    const printed: string[] = [];
    const never = new AbortController().signal;
    const result = await followLog(reader, upid, {
      signal: never,
      closed: never,
      onLines: (lines) => printed.push(...lines),
    });
    expect(printed).to.deep.equal(['one', 'two', 'TASK OK']);
    expect(result).to.deep.equal({ upid, lines: printed, exitstatus: 'OK' });
  });

  it('follows the log no further than somebody reads it', async () => {
    const reader = await createFakeHost({
      pve: {
        [`${path}/status`]: { ...about, status: 'running' },
        [`${path}/log`]: ({ start = 0 }) => [{ n: Number(start) + 1, t: `line ${start}` }],
      },
    })
      .open({ log: {}, 'no-color': true })
      .pve();
    const closing = new AbortController();
    const printed: string[] = [];
    const result = await followLog(reader, upid, {
      signal: new AbortController().signal,
      closed: closing.signal,
      onLines: (lines) => {
        printed.push(...lines);
        if (printed.length === 2) closing.abort();
      },
    });
    expect(result).to.deep.equal({ upid, lines: printed });
    expect(printed).to.have.length(2);
  });

  it('stop: one call for a running task, none for one that has ended', async () => {
    const planFor = async (more: object) =>
      planTaskStop(
        await createFakeHost({ pve: { [`${path}/status`]: { ...about, ...more } } })
          .open({ log: {}, 'no-color': true })
          .pve(),
        upid,
      );
    const plan = await planFor({ status: 'running' });
    expect(plan.steps).to.have.length(1);
    expect(plan.steps[0]).to.deep.include({
      destructive: true,
      args: { method: 'DELETE', path, idempotent: true },
    });
    const ended = await planFor({ status: 'stopped', exitstatus: 'OK' });
    expect(ended.steps).to.deep.equal([]);
    expect(ended.result).to.have.property('changed', false);
  });
});
