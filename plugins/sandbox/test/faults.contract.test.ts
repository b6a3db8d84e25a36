import { X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { compileGlob } from '../dist/server/faults/glob.js';
import { parseRules } from '../dist/server/faults/rule.js';
import { Bench, expectOk, qcow2, SECRET, values } from './helper.ts';
import type { Json, Reply } from './helper.ts';

interface Rule {
  id?: string;
  match?: Record<string, unknown>;
  action: Record<string, unknown>;
}

describe('faults', function () {
  this.timeout(15_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ nodes: 2, lockTimeoutMillis: 200 });
    await bench.ok(
      bench.upload('local', { content: 'import' }, 'test.qcow2', await qcow2(64 * 2 ** 20)),
    );
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 900,
        name: 'tpl',
        scsi0: 'local:0,import-from=local:import/test.qcow2',
      }),
    );
    await bench.ok(bench.post('/nodes/pve1/qemu/900/template'));
  });
  after(() => bench.stop());
  afterEach(clear);

  const put = (...rules: Rule[]): Promise<Reply> =>
    bench.put('/sandbox/faults', {
      rules: JSON.stringify(rules.map((rule, index) => ({ id: `f${index + 1}`, ...rule }))),
    });
  const add = async (...rules: Rule[]): Promise<void> => expectOk(await put(...rules));
  const faults = (): Promise<Json[]> => bench.read('/sandbox/faults');
  async function clear(): Promise<void> {
    const ids = (await faults()).map(({ id }: Json) => id).join(',');
    if (ids !== '') expectOk(await bench.del(`/sandbox/faults?ids=${ids}`));
  }
  const failure = (call: Promise<Reply>): Promise<NodeJS.ErrnoException> =>
    call.then(
      ({ status }) => {
        throw new Error(`answered ${status}`);
      },
      (error: NodeJS.ErrnoException) => error,
    );
  const exists = async (vmid: number): Promise<boolean> =>
    (await bench.get(`/nodes/pve1/qemu/${vmid}/config`)).status === 200;
  const volumes = async (): Promise<string[]> =>
    (await bench.read('/nodes/pve1/storage/local/content')).map(({ volid }: Json) => volid);
  const clone = (newid: number): Promise<Reply> =>
    bench.post('/nodes/pve1/qemu/900/clone', { newid });
  const presented = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(
        { host: '127.0.0.1', port: bench.sandbox.port, rejectUnauthorized: false },
        () => {
          resolve(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256);
          socket.destroy();
        },
      ).on('error', reject);
    });

  it('reset before: the connection breaks and nothing has happened', async () => {
    await add({
      match: { method: 'POST', path: '/nodes/*/qemu', nth: 1 },
      action: { type: 'reset' },
    });
    expect((await failure(bench.post('/nodes/pve1/qemu', { vmid: 101 }))).code).to.equal(
      'ECONNRESET',
    );
    expect(await exists(101)).to.equal(false);
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 101 }));
    await bench.ok(bench.del('/nodes/pve1/qemu/101'));
  });

  it('reset after: only the answer is lost, and the log says so', async () => {
    await add({
      match: { method: 'POST', path: '/nodes/*/qemu/*/clone', nth: 1 },
      action: { type: 'reset', after: true },
    });
    expect((await failure(clone(102))).code).to.equal('ECONNRESET');
    const [task] = await bench.read('/nodes/pve1/tasks?source=all&typefilter=qmclone');
    await bench.end(task.upid);
    expect(await exists(102)).to.equal(true);
    const line = (await bench.requests()).findLast(({ path }) => path.endsWith('/clone'));
    expect(line).to.deep.include({ status: 0, faults: ['f1'], user: 'root@pam!pmx' });
    await bench.ok(bench.del('/nodes/pve1/qemu/102'));
  });

  it('timeout: no answer until the client goes, and the server stays well', async () => {
    await add({ match: { path: '/version', nth: 1 }, action: { type: 'timeout' } });
    const outcome = await Promise.race([
      failure(bench.get('/version')).then(() => 'ended'),
      new Promise((resolve) => setTimeout(() => resolve('silence'), 400)),
    ]);
    expect(outcome).to.equal('silence');
    bench.agent.destroy();
    expect((await bench.get('/version')).status).to.equal(200);
  });

  it('delay and slow-body take their time, and the answer is whole', async () => {
    await add(
      { match: { path: '/version' }, action: { type: 'delay', seconds: 0.3 } },
      { match: { path: '/cluster/status' }, action: { type: 'slow-body', seconds: 0.3 } },
    );
    const delayed = await bench.get('/version');
    expect(delayed.millis).to.be.within(280, 5000);
    expect(delayed.data.version).to.equal('9.2.11');
    const slow = await bench.get('/cluster/status');
    expect(slow.millis).to.be.within(280, 5000);
    expect(slow.data).to.have.length(3);
    const untouched = await bench.get('/nodes');
    expect(untouched.millis).to.be.lessThan(Math.min(delayed.millis, slow.millis));
  });

  for (const [status, reason, json] of [
    [500, 'got inotify poll request in wrong process - disabling inotify', true],
    [502, 'Bad Gateway', false],
    [503, 'Service Unavailable', false],
    [595, 'No route to host', false],
    [596, 'Connection timed out', false],
  ] as const) {
    it(`status ${status}: ${reason}`, async () => {
      await add({ match: { path: '/version' }, action: { type: 'status', status } });
      const reply = await bench.get('/version');
      expect([reply.status, reply.reason]).to.deep.equal([status, reason]);
      expect(values(reply.headers, 'connection')).to.deep.equal(['close']);
      expect(reply.text).to.equal(
        json ? JSON.stringify({ data: null, message: `${reason}\n` }) : '',
      );
    });
  }

  it('status after: the work is done all the same; unauthorized: 401 with the right token', async () => {
    await add(
      {
        match: { method: 'POST', path: '/pools' },
        action: { type: 'status', status: 596, message: 'Broken pipe', after: true },
      },
      { match: { path: '/version', nth: 2 }, action: { type: 'unauthorized' } },
    );
    const reply = await bench.post('/pools', { poolid: 'kept' });
    expect([reply.status, reply.reason, reply.text]).to.deep.equal([596, 'Broken pipe', '']);
    expect((await bench.read('/pools')).map(({ poolid }: Json) => poolid)).to.include('kept');
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await bench.get('/version')).status);
    expect(statuses).to.deep.equal([200, 401, 200]);
  });

  it('task-fail: the task fails in the middle and takes back what it made', async () => {
    const before = await volumes();
    await add({
      match: { path: '/nodes/*/qemu/*/clone', times: 1 },
      action: { type: 'task-fail', percent: 50, message: 'disk is broken' },
    });
    expect(await bench.run(clone(103))).to.equal('clone failed: disk is broken');
    expect(await exists(103)).to.equal(false);
    expect(await volumes()).to.deep.equal(before);
    await add({
      match: { method: 'PUT', times: 1 },
      action: { type: 'task-fail', message: 'no' },
    });
    await bench.ok(clone(103));
    await bench.ok(bench.del('/nodes/pve1/qemu/103'));
  });

  it('task-warn: WARNINGS: 1, and the line in the log', async () => {
    await add({
      match: { path: '/nodes/*/qemu/*/clone' },
      action: { type: 'task-warn', message: 'slow disk' },
    });
    const { data: upid } = await clone(104);
    expect(await bench.end(upid)).to.equal('WARNINGS: 1');
    expect((await bench.log(upid)).slice(-2)).to.deep.equal([
      'WARN: slow disk',
      'TASK WARNINGS: 1',
    ]);
    await clear();
    await bench.ok(bench.del('/nodes/pve1/qemu/104'));
  });

  it('task-slow: the task runs that much longer, and can be stopped meanwhile', async () => {
    await add({
      match: { path: '/nodes/*/qemu/*/clone' },
      action: { type: 'task-slow', seconds: 0.3 },
    });
    const begin = performance.now();
    expect(await bench.end((await clone(106)).data)).to.equal('OK');
    expect(performance.now() - begin).to.be.within(300, 2000);
    const { data: upid } = await clone(107);
    await bench.del(bench.taskPath(upid));
    expect(await bench.end(upid)).to.include('interrupted');
    expect((await bench.get('/nodes/pve1/qemu/107/config')).status).to.equal(500);
    await clear();
    await bench.ok(bench.del('/nodes/pve1/qemu/106'));
  });

  it('worker-lost: the task says nothing and did nothing, what was to be made stays locked', async () => {
    await add(
      { match: { method: 'POST', path: '/nodes/*/qemu' }, action: { type: 'worker-lost' } },
      { match: { path: '/nodes/*/qemu/*/clone' }, action: { type: 'worker-lost' } },
      { match: { path: '/nodes/*/qemu/900/config' }, action: { type: 'worker-lost' } },
    );
    const words = 'got no worker upid - start worker failed';
    const lock = async (vmid: number): Promise<string> =>
      (await bench.read(`/nodes/pve1/qemu/${vmid}/config`)).lock;
    const made = await bench.post('/nodes/pve1/qemu', { vmid: 120 });
    expect([made.status, made.reason]).to.deep.equal([500, words]);
    const [task] = await bench.read('/nodes/pve1/tasks?vmid=120&source=all');
    expect(task).to.include({ type: 'qmcreate', status: 'unexpected status' });
    expect(await bench.log(task.upid)).to.deep.equal([]);
    expect(await lock(120)).to.equal('create');
    const refused = await bench.del('/nodes/pve1/qemu/120');
    const end = refused.status === 200 ? await bench.end(refused.data) : refused.reason;
    expect(end).to.equal('VM is locked (create)');
    expect((await clone(121)).reason).to.equal(words);
    expect(await lock(121)).to.equal('clone');
    // The worker held the lock of the number: it is free again.
    expect((await bench.post('/nodes/pve1/qemu', { vmid: 120 })).reason).to.match(/already exists/);
    // What needs no worker works.
    expect((await bench.put('/nodes/pve1/qemu/900/config', { memory: 600 })).status).to.equal(200);
    await clear();
  });

  it('lock-held: PVE says so itself, and gets the lock when it is free', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 105 }));
    await add({
      match: { method: 'PUT', path: '/nodes/*/qemu/*/config', times: 1 },
      action: { type: 'lock-held', seconds: 0.4 },
    });
    const change = (): Promise<Reply> => bench.put('/nodes/pve1/qemu/105/config', { memory: 600 });
    const busy = await change();
    expect([busy.status, busy.reason]).to.deep.equal([
      500,
      "can't lock file '/var/lock/qemu-server/lock-105.conf' - got timeout",
    ]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expectOk(await change());
    await bench.ok(bench.del('/nodes/pve1/qemu/105'));
  });

  it('storage-full: as much as was said fits, then PVE finds the disk full', async () => {
    await add({ action: { type: 'storage-full', storage: 'local', bytes: 3 * 2 ** 20 } });
    const upload = (name: string): Promise<string> =>
      bench.run(bench.upload('local', { content: 'iso' }, name, Buffer.alloc(2 * 2 ** 20, 7)));
    expect(await upload('one.iso')).to.equal('OK');
    expect(await upload('two.iso')).to.match(/No space left on device$/);
    await clear();
    expect(await upload('two.iso')).to.equal('OK');
  });

  it('node-down: 595 for its paths, offline in lists, its guests unknown', async () => {
    await bench.ok(bench.post('/nodes/pve2/qemu', { vmid: 106, name: 'far' }));
    await add({ action: { type: 'node-down', node: 'pve2' } });
    const reply = await bench.get('/nodes/pve2/qemu');
    expect([reply.status, reply.reason, reply.text]).to.deep.equal([595, 'No route to host', '']);
    expect((await bench.get('/nodes/pve1/qemu')).status).to.equal(200);
    const states = (await bench.read('/nodes')).map(({ node, status }: Json) => [node, status]);
    expect(states).to.deep.equal([
      ['pve1', 'online'],
      ['pve2', 'offline'],
    ]);
    const rows: Json[] = await bench.read('/cluster/resources');
    expect(rows.find(({ id }) => id === 'qemu/106')).to.deep.equal({
      id: 'qemu/106',
      node: 'pve2',
      type: 'qemu',
      vmid: 106,
      status: 'unknown',
    });
    expect(rows.find(({ id }) => id === 'storage/pve2/local')).to.include({ status: 'unknown' });
    const online = (await bench.read('/cluster/status')).map(({ online: up }: Json) => up);
    expect(online).to.deep.equal([undefined, 1, 0]);
    await clear();
    await bench.ok(bench.del('/nodes/pve2/qemu/106'));
  });

  it('new-certificate: from a request on, for new connections, also after a restart', async () => {
    const own = await presented();
    await add({ match: { path: '/version' }, action: { type: 'new-certificate' } });
    expect(await presented()).to.equal(own);
    expect((await bench.get('/version')).status).to.equal(200);
    const other = await presented();
    expect(other).to.not.equal(own);
    await bench.restart();
    expect(bench.sandbox.fingerprint).to.equal(other);
    expect(await presented()).to.equal(other);
    await clear();
    expect(await presented()).to.equal(own);
  });

  it('new-certificate: whoever cannot connect any more may remove the file', async () => {
    const own = await presented();
    await add({ action: { type: 'new-certificate' } });
    expect(await presented()).to.not.equal(own);
    await rm(join(bench.dir, 'faults.json'));
    expect(await presented()).to.equal(own);
    expect(await faults()).to.deep.equal([]);
  });

  it('clock-skew: Date header, tickets and tasks live in another time', async () => {
    await add({ action: { type: 'clock-skew', seconds: -3600 } });
    const { headers, data } = await bench.post(
      '/access/ticket',
      { username: 'root@pam', password: SECRET },
      { auth: {} },
    );
    const hourAgo = Date.now() / 1000 - 3600;
    expect(Date.parse(values(headers, 'date')[0]!) / 1000).to.be.closeTo(hourAgo, 3);
    expect(parseInt(data.ticket.split(':')[2], 16)).to.be.closeTo(hourAgo, 3);
    const { data: upid } = await bench.post('/nodes/pve1/qemu', { vmid: 107 });
    expect(parseInt(upid.split(':')[4], 16)).to.be.closeTo(hourAgo, 3);
    await bench.end(upid);
    const auth = { Cookie: `PVEAuthCookie=${data.ticket}` };
    expect((await bench.get('/version', { auth })).status).to.equal(200);
    await clear();
    await bench.ok(bench.del('/nodes/pve1/qemu/107'));
  });

  it('ticket-lifetime: tickets end earlier', async () => {
    const { data } = await bench.post(
      '/access/ticket',
      { username: 'root@pam', password: SECRET },
      { auth: {} },
    );
    const auth = { Cookie: `PVEAuthCookie=${data.ticket}` };
    expect((await bench.get('/version', { auth })).status).to.equal(200);
    await add({ action: { type: 'ticket-lifetime', seconds: 0 } });
    const reply = await bench.get('/version', { auth });
    expect([reply.status, reply.reason]).to.deep.equal([401, 'Authentication failed!']);
  });

  it('counts: nth, times and probability, the same with the same seed', async () => {
    const outcome = async (): Promise<number[]> => {
      const statuses = [];
      for (let index = 0; index < 12; index++) statuses.push((await bench.get('/version')).status);
      return statuses;
    };
    const action = { type: 'status', status: 503 };
    await add({ match: { path: '/version', nth: 3, times: 2 }, action });
    expect(
      (await outcome()).flatMap((status, index) => (status === 503 ? [index] : [])),
    ).to.deep.equal([2, 3]);
    const chance = { match: { path: '/version', probability: 0.5, seed: 7 }, action };
    await add(chance);
    const first = await outcome();
    expect(first).to.include(200).and.include(503);
    await add(chance);
    expect(await outcome()).to.deep.equal(first);
    await add({ match: { path: '/version', probability: 0 }, action });
    expect(await outcome()).to.not.include(503);
  });

  it('rules and their counts survive a restart', async () => {
    await add({ match: { path: '/version', nth: 2 }, action: { type: 'status', status: 503 } });
    expect((await bench.get('/version')).status).to.equal(200);
    await bench.restart();
    expect((await faults())[0]).to.deep.include({ id: 'f1', seen: 1, fired: 0, active: false });
    expect((await bench.get('/version')).status).to.equal(503);
    expect((await bench.get('/version')).status).to.equal(200);
  });

  it('a damaged file stops the start instead of being ignored', async () => {
    await bench.sandbox.close();
    const path = join(bench.dir, 'faults.json');
    const text = await readFile(path, 'utf8').catch(() => '{"format":1,"rules":[]}');
    await writeFile(path, '{"rules":[{"id":"x","action":{"type":"nosuch"}}]}');
    let message = '';
    await bench.restart().catch((error: Error) => (message = error.message));
    expect(message).to.match(/faults\.json is damaged: Rule 'x': action 'nosuch' is not known/);
    await writeFile(path, text);
    await bench.restart();
  });

  it('is steered with a right of its own, is not described, and has no faults itself', async () => {
    await add({ action: { type: 'reset' } });
    expect((await failure(bench.get('/version'))).code).to.equal('ECONNRESET');
    expect(await faults()).to.have.length(1);
    await clear();
    const narrow = await bench.narrow('looker', { '/': 'VM.Audit' });
    expect((await bench.get('/sandbox/faults', { auth: narrow })).status).to.equal(403);
    expect((await bench.get('/sandbox/faults', { auth: {} })).status).to.equal(401);
    const doc = await bench.get('/pve-docs/api-viewer/apidoc.js', { prefix: '', auth: {} });
    expect(doc.text).to.include('/nodes/{node}/qemu').and.not.include('/sandbox');
  });

  it('records exchanges as the recordings of a real server are, without secrets', async () => {
    expectOk(await bench.put('/sandbox/recording', { name: 'lab' }));
    await bench.post('/access/ticket', { username: 'root@pam', password: SECRET }, { auth: {} });
    await bench.get('/cluster/nextid?vmid=900');
    await bench.post('/access/users/root@pam/token/rec', { privsep: 0 });
    await bench.get('/nosuch');
    const { exchanges, next, running } = await bench.read('/sandbox/recording?start=0');
    expect([next, running]).to.deep.equal([4, true]);
    expect(exchanges[0]).to.deep.include({
      name: 'lab-001-POST_access_ticket',
      method: 'POST',
      path: '/access/ticket',
      auth: 'none',
      params: { username: 'root@pam', password: '<password>' },
      content_type: 'application/x-www-form-urlencoded',
      status: '200 OK',
      response_type: 'application/json;charset=UTF-8',
      connection: ['close', 'Keep-Alive'],
    });
    expect(exchanges[0].response.data).to.include({ ticket: 'PVE:<ticket>' });
    expect(exchanges[0].response.data.CSRFPreventionToken).to.match(/^[0-9A-F]{8}:<csrf>$/);
    expect(exchanges[1]).to.deep.include({
      path: '/cluster/nextid?vmid=900',
      auth: 'token',
      params: { vmid: '900' },
      status: '400 Parameter verification failed.',
      connection: ['close'],
    });
    expect(exchanges[2].response.data.value).to.equal('<uuid>');
    expect(exchanges[3].status).to.equal("501 Method 'GET /nosuch' not implemented");
    expect(JSON.stringify(exchanges)).to.not.include(SECRET);
    expectOk(await bench.del('/sandbox/recording'));
    expect((await bench.read('/sandbox/status')).recording).to.equal(false);
  });

  it('refuses rules about what is not there, and changes nothing', async () => {
    for (const [action, text] of [
      [{ type: 'node-down', node: 'pve9' }, "there is no node 'pve9'"],
      [{ type: 'storage-full', storage: 'tape' }, "there is no storage 'tape'"],
      [{ type: 'explode' }, "action 'explode' is not known"],
    ] as const) {
      const reply = await put({ action });
      expect(reply.status).to.equal(400);
      expect(reply.body.errors.rules).to.include(text);
    }
    expect(await faults()).to.deep.equal([]);
  });
});

describe('fault rules', () => {
  for (const [rules, text] of [
    [[{ match: { probability: 1.5 }, action: 'reset' }], /Rule: probability '1.5' .* from 0 to 1/],
    [[{ match: { path: 'nodes' }, action: 'reset' }], /path 'nodes' .* begins with \//],
    [[{ match: { path: '/a/***' }, action: 'reset' }], /path '\/a\/\*\*\*'/],
    [[{ match: { path: '/a?b=1' }, action: 'reset' }], /path '\/a\?b=1'/],
    [[{ match: { method: 'PATCH' }, action: 'reset' }], /method 'PATCH' .* GET, POST, PUT, DELETE/],
    [[{ action: 'reset' }, { action: 'delay' }], /Rule 2: action delay needs seconds/],
    [[{ action: { type: 'reset', percent: 3 } }], /there is no 'percent' here/],
    [[{ action: { type: 'status', status: 200 } }], /status '200' .* 400 to 599/],
    [[{ action: { type: 'status', status: 500, message: 'a\nb' } }], /message .* one line/],
    [[{ mach: {}, action: 'reset' }], /there is no 'mach' here/],
    [
      [
        { id: 'a', action: 'reset' },
        { id: 'a', action: 'reset' },
      ],
      /a rule 'a' already/,
    ],
    [[{}], /the action is missing/],
    [['reset'], /this is no rule/],
    [{ action: 'reset' }, /no list of rules/],
    [[], /no list of rules/],
  ] as const) {
    it(`${JSON.stringify(rules)} is refused`, () => {
      expect(() => parseRules(rules)).to.throw(text);
    });
  }

  it('ids are given around those that are taken', () => {
    const rules = parseRules(
      [{ action: 'reset' }, { id: 'fault-2', action: 'reset' }],
      ['fault-1'],
    );
    expect(rules.map(({ id }) => id)).to.deep.equal(['fault-3', 'fault-2']);
  });

  it('a glob stands for parts of a path', () => {
    const fits = (glob: string, path: string): boolean => compileGlob(glob)!.test(path);
    expect(fits('/nodes/*/qemu/*/clone', '/nodes/pve1/qemu/900/clone')).to.equal(true);
    expect(fits('/nodes/*/clone', '/nodes/pve1/qemu/900/clone')).to.equal(false);
    expect(fits('/nodes/**/clone', '/nodes/pve1/qemu/900/clone')).to.equal(true);
    expect(fits('/**', '/version')).to.equal(true);
    expect(fits('/nodes/pve*', '/nodes/pve12')).to.equal(true);
    expect(fits('/a.c', '/abc')).to.equal(false);
  });
});
