import { expect } from 'chai';

import { connect, empty, failure, json, refuse, TestServer, tokenId } from './server.ts';

/** A node whose tasks the test starts and ends. */
class Tasks {
  readonly results = new Map<string, string | undefined>();
  /** What the task list keeps to itself. */
  readonly hidden = new Set<string>();
  readonly looks: string[] = [];
  readonly lists: URLSearchParams[] = [];
  log: string[] = [];
  #count = 0;

  constructor(server: TestServer) {
    server.handler = ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'https://x');
      const [, node, upid, what] = /nodes\/(\w+)\/tasks(?:\/([^/]+)\/(\w+))?$/.exec(pathname) ?? [];
      if (upid === undefined) {
        this.lists.push(searchParams);
        const rows = [...this.results]
          .filter(([id]) => !this.hidden.has(id) && id.split(':')[1] === node)
          .map(([id, status]) => ({
            upid: id,
            ...(status === undefined ? { status: 'RUNNING' } : { status, endtime: 9 }),
          }));
        return json(response, { data: rows, total: rows.length });
      }
      const id = decodeURIComponent(upid);
      if (what === 'log') {
        const data = this.log.map((t, n) => ({ n, t }));
        return json(response, { data, total: data.length });
      }
      this.looks.push(id);
      if (!this.results.has(id)) return refuse(response, 400, 'no such task');
      const exitstatus = this.results.get(id);
      json(response, {
        data: exitstatus === undefined ? { status: 'running' } : { status: 'stopped', exitstatus },
      });
    };
  }

  start(node = 'pve1', id = 100 + this.#count): string {
    const hex = (0x128 + this.#count++).toString(16).toUpperCase().padStart(8, '0');
    const upid = `UPID:${node}:${hex}:0004F7F7:6B001A${(0x10 + this.#count).toString(16).toUpperCase()}:qmstart:${id}:${tokenId}:`;
    this.results.set(upid, undefined);
    return upid;
  }

  endAll(status = 'OK'): void {
    for (const id of this.results.keys()) this.results.set(id, status);
  }
}

describe('api: waiting for many tasks', () => {
  let server: TestServer;
  let tasks: Tasks;
  let client: ReturnType<typeof connect>;
  beforeEach(async () => {
    server = await new TestServer().listen();
    tasks = new Tasks(server);
    client = connect(server, { retry: { tries: 1 } });
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('asks once for all tasks of a node, since the oldest of them began', async () => {
    const upids = Array.from({ length: 60 }, () => tasks.start());
    setTimeout(() => tasks.endAll(), 700);
    const ended = await Promise.all(upids.map((upid) => client.waitForTask(upid)));
    expect(ended.map(({ upid, exitstatus }) => [upid, exitstatus])).to.deep.equal(
      upids.map((upid) => [upid, 'OK']),
    );
    expect(tasks.looks).to.have.length.at.most(1);
    expect(tasks.lists.length).to.be.within(2, 6);
    expect(Object.fromEntries(tasks.lists[0]!)).to.deep.equal({
      source: 'all',
      since: String(0x6b001a11),
      limit: '240',
    });
  });

  it('asks each node by itself', async () => {
    const upids = ['pve1', 'pve2'].flatMap((node) => [tasks.start(node), tasks.start(node)]);
    setTimeout(() => tasks.endAll(), 100);
    await Promise.all(upids.map((upid) => client.waitForTask(upid)));
    const listed = server.seen.map(({ url }) => /nodes\/(\w+)\/tasks\?/.exec(url)?.[1]);
    expect(new Set(listed.filter(Boolean))).to.deep.equal(new Set(['pve1', 'pve2']));
    expect(tasks.looks).to.have.length.at.most(2);
  });

  it('asks about a task by itself when the list has it not, or no more', async () => {
    const [listed, hidden] = [tasks.start(), tasks.start()];
    tasks.hidden.add(hidden);
    tasks.results.set(hidden, 'WARNINGS: 1');
    setTimeout(() => tasks.endAll(), 400);
    const waits = [client.waitForTask(listed), client.waitForTask(hidden)];
    await Promise.all(waits);
    expect(tasks.looks.filter((upid) => upid === hidden)).to.have.length(1);
  });

  it('fails those that failed, with the end of their log, and no other', async () => {
    const [good, bad, gone] = [tasks.start(), tasks.start(), tasks.start()];
    tasks.log = ['one', 'TASK ERROR: no space'];
    tasks.results.set(bad, 'no space');
    tasks.results.delete(gone);
    setTimeout(() => tasks.results.set(good, 'OK'), 500);
    const [first, second, third] = await Promise.all([
      client.waitForTask(good),
      failure(client.waitForTask(bad)),
      failure(client.waitForTask(gone)),
    ]);
    expect(first.exitstatus).to.equal('OK');
    expect(second).to.include({ code: 'PMX_TASK_FAILED', message: 'no space' });
    expect(second.data['log']).to.deep.equal(tasks.log);
    expect(third.message).to.contain('no such task');
  });

  it('gives each its own time-out and interruption', async () => {
    const [slow, stopped, good] = [tasks.start(), tasks.start(), tasks.start()];
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 150);
    setTimeout(() => tasks.results.set(good, 'OK'), 500);
    const [timeout, interrupted, ended] = await Promise.all([
      failure(client.waitForTask(slow, { timeout: 100 })),
      failure(client.waitForTask(stopped, { signal: stop.signal })),
      client.waitForTask(good),
    ]);
    expect(timeout.code).to.equal('PMX_TASK_TIMEOUT');
    expect(interrupted.code).to.equal('PMX_INTERRUPTED');
    expect(ended.exitstatus).to.equal('OK');
    const asked = server.seen.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(server.seen, 'nobody waits any more').to.have.length(asked);
  });

  it('tells all that the node is gone after two polls without an answer', async () => {
    server.handler = (_, response) => empty(response, 595, 'Connection refused');
    const errors = await Promise.all(
      [tasks.start(), tasks.start()].map((upid) => failure(client.waitForTask(upid))),
    );
    expect(errors.map(({ code }) => code)).to.deep.equal(
      Array.from({ length: 2 }, () => 'PMX_NODE_UNREACHABLE'),
    );
  });

  it('looks at each task by itself where the list is refused', async () => {
    const upids = [tasks.start(), tasks.start()];
    tasks.endAll();
    const answer = server.handler;
    server.handler = (seen, response, socket) =>
      seen.url.includes('/tasks?')
        ? refuse(response, 500, 'unable to open file')
        : answer(seen, response, socket);
    const ended = await Promise.all(upids.map((upid) => client.waitForTask(upid)));
    expect(ended.map(({ exitstatus }) => exitstatus)).to.deep.equal(['OK', 'OK']);
  });
});
