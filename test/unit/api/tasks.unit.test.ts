import { expect } from 'chai';

import {
  findTask,
  isLockTimeout,
  isNotFound,
  isNoWorkerUpid,
  isStaleDigest,
  isUpid,
  isVmidTaken,
  parseUpid,
} from '#dist/lib/api/index.js';
import { connect, empty, failure, json, refuse, TestServer, tokenId } from './server.ts';

const upid = 'UPID:pve1:00000128:0004F7F7:6B001A69:qmclone:900:root@pam!pmx:';
const path = `/api2/json/nodes/pve1/tasks/${encodeURIComponent(upid)}`;

describe('api: tasks', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await new TestServer().listen();
  });
  afterEach(() => server.close());

  /** Plays a task that runs for some polls and then ends. */
  const play = (polls: number, exitstatus: string, log: string[] = []) => {
    let left = polls;
    server.handler = ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'https://x');
      if (pathname === `${path}/status`) {
        return json(response, {
          data: left-- > 0 ? { status: 'running' } : { status: 'stopped', exitstatus },
        });
      }
      if (pathname !== `${path}/log`) return refuse(response, 501, 'not implemented');
      const start = Number(searchParams.get('start') ?? 0);
      const limit = Number(searchParams.get('limit') ?? 50);
      const lines = log
        .map((t, index) => ({ n: index + 1, t }))
        .slice(start, limit === 0 ? undefined : start + limit);
      json(response, { data: lines, total: log.length });
    };
  };
  const run = async <T>(
    job: (client: ReturnType<typeof connect>) => Promise<T>,
    changes = {},
  ): Promise<T> => {
    const client = connect(server, changes);
    try {
      return await job(client);
    } finally {
      client.close();
    }
  };

  it('takes a UPID apart, and refuses what is none', () => {
    expect(parseUpid(upid)).to.deep.equal({
      upid,
      node: 'pve1',
      pid: 0x128,
      starttime: 0x6b001a69,
      type: 'qmclone',
      id: '900',
      user: 'root@pam!pmx',
    });
    for (const good of [
      'UPID:pve1:000000BA:00015605:6B00111C:aptupdate::root@pam:',
      'UPID:pve1:000000BA:000156050:6B00111C:imgdel:101@local:root@pam:',
    ]) {
      expect(isUpid(good), good).to.equal(true);
    }
    for (const bad of [
      '',
      'UPID:',
      upid.slice(0, -1),
      `${upid}x`,
      upid.replace('pve1', 'a/b'),
      7,
      null,
      upid.replace('900', '../..'),
    ]) {
      expect(isUpid(bad), String(bad)).to.equal(false);
    }
  });

  it('polls faster at first, up to the end, and tells each status', async () => {
    play(3, 'OK');
    const states: string[] = [];
    const started = Date.now();
    const status = await run((client) =>
      client.waitForTask(upid, { onStatus: (each) => states.push(each.status) }),
    );
    expect(status).to.include({
      upid,
      node: 'pve1',
      type: 'qmclone',
      id: '900',
      user: 'root@pam!pmx',
      status: 'stopped',
      exitstatus: 'OK',
    });
    expect(states).to.deep.equal(['running', 'running', 'running', 'stopped']);
    // 200 + 300 + 450 ms
    expect(Date.now() - started).to.be.within(930, 3000);
  });

  it('takes warnings for a success', async () => {
    play(0, 'WARNINGS: 2');
    expect((await run((client) => client.waitForTask(upid))).exitstatus).to.equal('WARNINGS: 2');
  });

  it('fails with the exit status and the last ten lines of the log', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`);
    play(0, "bridge 'nosuchbr' does not exist", [
      ...lines,
      "TASK ERROR: bridge 'nosuchbr' does not exist",
    ]);
    const error = await run((client) => failure(client.waitForTask(upid)));
    expect(error).to.include({
      code: 'PMX_TASK_FAILED',
      exitCode: 3,
      message: "bridge 'nosuchbr' does not exist",
    });
    expect(error.data).to.deep.equal({
      upid,
      node: 'pve1',
      type: 'qmclone',
      id: '900',
      exitStatus: "bridge 'nosuchbr' does not exist",
      log: [...lines.slice(-9), "TASK ERROR: bridge 'nosuchbr' does not exist"],
    });
  });

  it('fails all the same when the log cannot be had', async () => {
    server.handler = ({ url }, response) =>
      url.endsWith('/status')
        ? json(response, { data: { status: 'stopped', exitstatus: '' } })
        : refuse(response, 403, 'Permission check failed (/nodes/pve1, Sys.Audit)');
    const error = await run((client) => failure(client.waitForTask(upid)));
    expect(error).to.include({ code: 'PMX_TASK_FAILED', message: 'unexpected status' });
    expect(error.data['log']).to.deep.equal([]);
  });

  it('finds a missing privilege in the exit status', async () => {
    play(0, 'unable to create VM 910 - 403 Permission check failed (/vms/910, VM.Config.Options)');
    const error = await run((client) => failure(client.waitForTask(upid)));
    expect(error.code).to.equal('PMX_PERMISSION_DENIED');
    expect(error.data).to.deep.include({
      path: '/vms/910',
      privileges: ['VM.Config.Options'],
      upid,
    });
  });

  it('gets over a poll that failed with all its tries, but not over two', async () => {
    let polls = 0;
    let broken = 1;
    server.handler = (_, response) => {
      if (polls++ > 0 && broken-- > 0) return empty(response, 595, 'Connection refused');
      json(response, {
        data: polls > 3 ? { status: 'stopped', exitstatus: 'OK' } : { status: 'running' },
      });
    };
    const changes = { retry: { tries: 1 } };
    expect((await run((client) => client.waitForTask(upid), changes)).exitstatus).to.equal('OK');
    polls = 0;
    broken = 2;
    expect(await run((client) => failure(client.waitForTask(upid)), changes)).to.include({
      code: 'PMX_NODE_UNREACHABLE',
    });
  });

  it('lets a task go on after the time-out, and says how to wait for it', async () => {
    play(Infinity, 'OK');
    const error = await run((client) => failure(client.waitForTask(upid, { timeout: 300 })));
    expect(error).to.include({ code: 'PMX_TASK_TIMEOUT', exitCode: 2 });
    expect(error.hints).to.deep.equal([`Wait for it: pmx task wait ${upid}`]);
    // A busy machine polls less often.
    expect(server.seen.length).to.be.within(1, 4);
  });

  it('stops waiting when interrupted', async () => {
    play(Infinity, 'OK');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const error = await run((client) => failure(client.waitForTask(upid, { signal: stop.signal })));
    expect(error).to.include({ code: 'PMX_INTERRUPTED', exitCode: 130 });
  });

  it('reads the whole log, or the rest of it', async () => {
    play(
      0,
      'OK',
      Array.from({ length: 120 }, (_, index) => `line ${index}`),
    );
    const whole = await run((client) => client.taskLog(upid));
    expect(whole.total).to.equal(120);
    expect(whole.lines.length).to.equal(120);
    expect(await run((client) => client.taskLog(upid, 118))).to.deep.equal({
      lines: ['line 118', 'line 119'],
      total: 120,
    });
    play(0, 'OK', ['no content']);
    expect(await run((client) => client.taskLog(upid))).to.deep.equal({ lines: [], total: 0 });
  });

  describe('looking for the task of a lost answer', () => {
    const at = (seconds: number, rest: string) =>
      `UPID:pve1:00000128:0004F7F7:${seconds.toString(16).toUpperCase().padStart(8, '0')}:${rest}:`;
    const list = (upids: string[], ahead = 0) => {
      server.handler = (_, response) => {
        response.setHeader('date', new Date(Date.now() + ahead * 1000).toUTCString());
        // As PVE lists tasks of tokens: user and token apart.
        json(response, {
          data: upids.map((each) => ({
            upid: each,
            user: 'root@pam',
            tokenid: 'pmx',
            status: 'OK',
            endtime: 5,
          })),
          total: 9,
        });
      };
    };
    const now = Math.floor(Date.now() / 1000);
    const query = { node: 'pve1', type: 'qmclone', id: '900', user: tokenId, since: now };

    it('takes the newest of the same type, id and user that began after the write', async () => {
      const mine = at(now + 3, `qmclone:900:${tokenId}`);
      list([
        at(now - 3, `qmclone:900:${tokenId}`),
        at(now + 1, `qmclone:900:${tokenId}`),
        mine,
        at(now + 9, 'qmclone:900:root@pam'),
        at(now + 9, `qmclone:901:${tokenId}`),
        at(now + 9, `qmdestroy:900:${tokenId}`),
      ]);
      const found = await run((client) => findTask(client, query));
      expect(found).to.deep.equal({
        upid: mine,
        node: 'pve1',
        type: 'qmclone',
        id: '900',
        user: tokenId,
        starttime: now + 3,
        endtime: 5,
        status: 'OK',
      });
      expect(server.seen[0]!.url).to.equal(
        `/api2/json/nodes/pve1/tasks?source=all&typefilter=qmclone&since=${now - 2}&limit=1000`,
      );
    });

    it('allows for two seconds, and finds nothing where there is nothing', async () => {
      list([at(now - 2, `qmclone:900:${tokenId}`)]);
      expect(await run((client) => findTask(client, query))).to.include({ starttime: now - 2 });
      list([at(now - 3, `qmclone:900:${tokenId}`)]);
      expect(await run((client) => findTask(client, query))).to.equal(undefined);
      list([]);
      expect(await run((client) => findTask(client, query))).to.equal(undefined);
    });

    it("goes by the server's clock", async () => {
      list([at(now - 3600, `qmclone:900:${tokenId}`)], -3600);
      const found = await run(async (client) => {
        await client.get('/version');
        return findTask(client, query);
      });
      expect(found).to.include({ starttime: now - 3600 });
    });
  });

  describe('errors by meaning', () => {
    const meanings = { isVmidTaken, isLockTimeout, isStaleDigest, isNotFound, isNoWorkerUpid };
    const cases: Array<[keyof typeof meanings | undefined, string]> = [
      ['isVmidTaken', "unable to create VM 100 - VM 100 already exists on node 'pve1'"],
      ['isVmidTaken', 'unable to create VM 102: config file already exists'],
      ['isLockTimeout', "can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout"],
      [
        'isLockTimeout',
        "unable to create VM 1000 - can't lock file '/var/lock/qemu-server/lock-1000.conf' - got timeout",
      ],
      ['isLockTimeout', 'VM is locked (backup)'],
      ['isStaleDigest', 'checksum mismatch (file change by other user?)'],
      ['isStaleDigest', 'detected modified configuration - file changed by other user? Try again.'],
      ['isNotFound', "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"],
      ['isNotFound', "unable to find configuration file for VM 999 on node 'pve1'"],
      ['isNotFound', "snapshot 'nope' does not exist"],
      ['isNoWorkerUpid', 'got no worker upid - start worker failed'],
      [undefined, "checksum mismatch: got 'aa' != expect '00'"],
      [undefined, 'VM quit/powerdown failed - got timeout'],
      [undefined, "bridge 'nosuchbr' does not exist"],
      [
        undefined,
        "hostname lookup 'nosuch' failed - failed to get address info for: nosuch: Name or service not known",
      ],
      [undefined, "create user failed: user 'lab@pve' already exists"],
      [undefined, "snapshot name 's1' already used"],
      [undefined, 'Permission check failed (/vms/999, VM.Audit) VM is locked'],
    ];
    for (const [meaning, text] of cases) {
      it(`${meaning ?? 'none'}: ${text}`, async () => {
        server.handler = (_, response) => refuse(response, 500, text);
        const sync = await run((client) => failure(client.send('POST', '/x')));
        play(0, text);
        const asynchronous = await run((client) => failure(client.waitForTask(upid)));
        for (const [name, predicate] of Object.entries(meanings)) {
          expect(predicate(sync), name).to.equal(name === meaning);
          expect(predicate(asynchronous), name).to.equal(name === meaning);
        }
      });
    }

    it('knows a taken id by the errors of nextid, and other errors for what they are', async () => {
      server.handler = (_, response) =>
        refuse(response, 400, 'Parameter verification failed.', { vmid: 'VM 100 already exists' });
      expect(
        isVmidTaken(await run((client) => failure(client.get('/cluster/nextid', { vmid: 100 })))),
      ).to.equal(true);
      expect(isVmidTaken(new Error('VM 100 already exists'))).to.equal(false);
      expect(isLockTimeout(undefined)).to.equal(false);
    });
  });
});
