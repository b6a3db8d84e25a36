import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';

import { expect } from 'chai';
import fc from 'fast-check';

import { encodeParams, encodePath, withQuery } from '#dist/lib/api/index.js';
import { errorDocument, normalizeError } from '@pmx-cli/kit/errors';
import {
  connect,
  empty,
  failure,
  type Failure,
  json,
  refuse,
  secret,
  TestServer,
  tokenId,
} from './server.ts';

describe('api: the client', () => {
  let server: TestServer;
  const open: Array<{ close(): void }> = [];
  const client = (changes = {}) => {
    const made = connect(server, changes);
    open.push(made);
    return made;
  };

  beforeEach(async () => {
    server = await new TestServer().listen();
  });
  afterEach(async () => {
    for (const each of open.splice(0)) each.close();
    await server.close();
  });

  describe('requests', () => {
    it('puts parameters of GET and DELETE in the query, of POST and PUT in a form', async () => {
      const pve = client();
      const params = { a: true, b: false, n: 7, none: undefined, text: 'x y&z=ä+' };
      const encoded = 'a=1&b=0&n=7&text=x%20y%26z%3D%C3%A4%2B';
      await pve.get('/nodes', params);
      await pve.send('DELETE', '/nodes/pve1/qemu/100', params);
      await pve.send('POST', '/nodes/pve1/qemu', { ...params, command: ['ls', '-l'] });
      await pve.send('PUT', '/nodes/pve1/qemu/100/config', params);
      await pve.send('POST', '/nodes/pve1/qemu/100/status/start');
      expect(server.seen.map(({ method, url, body }) => [method, url, body])).to.deep.equal([
        ['GET', `/api2/json/nodes?${encoded}`, ''],
        ['DELETE', `/api2/json/nodes/pve1/qemu/100?${encoded}`, ''],
        ['POST', '/api2/json/nodes/pve1/qemu', `${encoded}&command=ls&command=-l`],
        ['PUT', '/api2/json/nodes/pve1/qemu/100/config', encoded],
        ['POST', '/api2/json/nodes/pve1/qemu/100/status/start', ''],
      ]);
      expect(server.seen[1]!.headers).not.to.have.any.keys(
        'content-type',
        'content-length',
        'transfer-encoding',
      );
      expect(server.seen[2]!.headers['content-type']).to.equal('application/x-www-form-urlencoded');
      for (const { headers } of server.seen) {
        expect(headers.authorization).to.equal(`PVEAPIToken=${tokenId}=${secret}`);
        expect(headers).not.to.have.any.keys('cookie', 'csrfpreventiontoken');
      }
    });

    it('decodes what it encodes (any text)', () => {
      fc.assert(
        fc.property(
          fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })),
          (params) => {
            expect([...new URLSearchParams(encodeParams(params))]).to.deep.equal(
              Object.entries(params),
            );
          },
        ),
      );
    });

    it('keeps encoded path segments, and encodes what may not stand bare', () => {
      expect(encodePath('nodes/p v/storage/local/content/local%3Aiso%2Fx.iso')).to.equal(
        '/nodes/p%20v/storage/local/content/local%3Aiso%2Fx.iso',
      );
      expect(encodePath('/a#b/ö')).to.equal('/a%23b/%C3%B6');
      expect(withQuery('/cluster/resources?type=vm', { a: 1 })).to.equal(
        '/cluster/resources?type=vm&a=1',
      );
      expect(withQuery('/cluster/resources', { a: undefined })).to.equal('/cluster/resources');
    });

    it('honours a path prefix of the endpoint', async () => {
      await client({ endpoint: `${server.endpoint}/pve` }).get('/version');
      expect(server.seen[0]!.url).to.equal('/pve/api2/json/version');
    });

    it('builds typed paths, each segment encoded, and cannot write through them', async () => {
      const { api } = client();
      await api.nodes.$('pve1').qemu.$get({ full: true });
      await api.nodes.$('p/1').storage.$('lo cal').content.$get();
      await api.nodes.$('pve1').qemu.$(100).agent['network-get-interfaces'].$get();
      expect(server.seen.map(({ url }) => url.slice('/api2/json'.length))).to.deep.equal([
        '/nodes/pve1/qemu?full=1',
        '/nodes/p%2F1/storage/lo%20cal/content',
        '/nodes/pve1/qemu/100/agent/network-get-interfaces',
      ]);
      const untyped = api.nodes as unknown as Record<string, unknown>;
      for (const name of ['$post', '$put', '$delete', 'then'])
        expect(untyped[name], name).to.equal(undefined);
      const { nodes } = api;
      expect((await nodes) === nodes, 'it is no promise').to.equal(true);
    });

    it('asks for documents beside the API without credentials', async () => {
      server.handler = (seen, response) => {
        if (seen.url === '/pve-docs/x.js') response.end('text');
        else empty(response, 404, 'Not Found');
      };
      const pve = client();
      expect(await pve.fetchDocument!('/pve-docs/x.js')).to.equal('text');
      expect(await pve.fetchDocument!('/pve-docs/y.js')).to.equal(undefined);
      for (const { headers } of server.seen)
        expect(headers).not.to.have.any.keys('authorization', 'cookie');
    });

    it('runs at most 16 requests at once, and all of them', async () => {
      let running = 0;
      let most = 0;
      // Nobody is answered until 16 are there, and a 17th had time to come.
      const allIn = Promise.withResolvers();
      server.handler = async (_, response) => {
        most = Math.max(most, ++running);
        if (running === 16) setTimeout(() => allIn.resolve(undefined), 50);
        await allIn.promise;
        running--;
        json(response, { data: 1 });
      };
      const pve = client();
      const answers = await Promise.all(Array.from({ length: 100 }, () => pve.get<number>('/x')));
      expect(answers.length).to.equal(100);
      expect(most).to.equal(16);
      expect(server.connections).to.be.at.most(16 + 100 / 50);
    });

    it('knows the clock of the server', async () => {
      server.handler = (_, response) => {
        response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
        json(response, { data: 1 });
      };
      const pve = client();
      expect(pve.clockOffset!()).to.equal(0);
      await pve.get('/version');
      expect(pve.clockOffset!()).to.be.within(-3_602_000, -3_599_000);
    });
  });

  describe('connections', () => {
    it('reuses a connection, but for less than 100 requests', async () => {
      const pve = client();
      for (let i = 0; i < 120; i++) await pve.get('/version');
      const uses = Map.groupBy(server.seen, ({ connection }) => connection);
      expect([...uses.values()].map((list) => list.length)).to.deep.equal([50, 50, 20]);
    });

    it('does not write on a connection that has been idle for more than 3 s', async function () {
      this.timeout(6000);
      const pve = client();
      await pve.get('/version');
      await pve.send('POST', '/soon');
      await new Promise((resolve) => setTimeout(resolve, 3100));
      await pve.send('POST', '/late');
      expect(server.seen.map(({ connection }) => connection)).to.deep.equal([0, 0, 1]);
    });

    it('repeats a read at once when the idle connection turned out to be closed', async () => {
      server.handler = (seen, response, socket) => {
        // What the race looks like: the server closes while the next request is on its way.
        if (seen.connection === 0 && server.seen.length > 1) return void socket.destroy();
        json(response, { data: seen.connection });
      };
      const pve = client({ retry: { baseDelay: 60_000 } });
      expect(await pve.get('/version')).to.equal(0);
      expect(await pve.get('/version')).to.equal(1);
    });

    it('sends a write once: an answer that was lost is said to be lost', async () => {
      server.handler = (seen, response, socket) => {
        if (seen.method !== 'GET') return void socket.destroy();
        json(response, { data: null });
      };
      const pve = client();
      await pve.get('/version');
      for (const method of ['POST', 'PUT', 'DELETE'] as const) {
        const error = await failure(pve.send(method, '/nodes/pve1/qemu', { vmid: 100 }));
        expect(error).to.include({ code: 'PMX_ANSWER_LOST', exitCode: 2 });
        expect(error.message)
          .to.contain('may have happened')
          .and.to.contain(`${method} /nodes/pve1/qemu`);
      }
      expect(server.seen.map(({ method }) => method)).to.deep.equal([
        'GET',
        'POST',
        'PUT',
        'DELETE',
      ]);
    });

    it('says the same when the answer breaks off in the middle', async () => {
      server.handler = (_, response, socket) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{"data":');
        setTimeout(() => socket.destroy(), 20);
      };
      expect(await failure(client().send('POST', '/x'))).to.include({ code: 'PMX_ANSWER_LOST' });
      expect(server.seen.length).to.equal(1);
      expect(await failure(client().get('/x'))).to.include({ code: 'PMX_UNREACHABLE' });
      expect(server.seen.length).to.equal(4);
    });
  });

  describe('trying again', () => {
    const thenFine = (...failures: Array<(response: ServerResponse) => void>) => {
      let count = 0;
      server.handler = (_, response) => {
        const fail = failures[count++];
        if (fail) fail(response);
        else json(response, { data: 'fine' });
      };
    };

    for (const status of [429, 502, 503, 504, 595, 596]) {
      it(`reads again after an empty ${status}, up to three tries`, async () => {
        const fail = (response: ServerResponse) => empty(response, status, 'Broken pipe');
        thenFine(fail, fail);
        expect(await client().get('/version')).to.equal('fine');
        expect(server.seen.length).to.equal(3);
        thenFine(fail, fail, fail);
        expect((await failure(client().get('/version'))).data).to.include({ status });
        expect(server.seen.length).to.equal(6);
      });
    }

    it("takes PVE's 500 for an answer, and a 503 with PVE's own message too", async () => {
      for (const status of [500, 503]) {
        thenFine((response) => refuse(response, status, 'got timeout'));
        expect(await failure(client().get('/version'))).to.include({
          code: 'PMX_API_ERROR',
          message: 'got timeout.',
        });
      }
      expect(server.seen.length).to.equal(2);
    });

    it('never repeats a write', async () => {
      thenFine((response) => empty(response, 503, 'Service Unavailable'));
      expect(await failure(client().send('PUT', '/x'))).to.include({
        code: 'PMX_NODE_UNREACHABLE',
      });
      thenFine((response) => empty(response, 595, 'Connection refused'));
      expect(await failure(client().send('PUT', '/nodes/pve2/qemu/1/config'))).to.include({
        code: 'PMX_NODE_UNREACHABLE',
      });
      for (const status of [502, 504, 596]) {
        thenFine((response) => empty(response, status, 'Broken pipe'));
        expect(await failure(client().send('PUT', '/x'))).to.include({ code: 'PMX_ANSWER_LOST' });
      }
      thenFine((response) => empty(response, 429, 'Too Many Requests'));
      expect(await failure(client().send('PUT', '/x'))).to.include({ code: 'PMX_API_ERROR' });
      expect(server.seen.length).to.equal(6);
    });

    it('waits as long as Retry-After says, unless that is too long', async () => {
      thenFine((response) => empty(response, 429, 'Too Many Requests', { 'retry-after': '1' }));
      const started = Date.now();
      expect(await client().get('/version')).to.equal('fine');
      expect(Date.now() - started).to.be.within(990, 2000);
      thenFine((response) => empty(response, 429, 'Too Many Requests', { 'retry-after': '3600' }));
      const error = await failure(client().get('/version'));
      expect(error.hints.join()).to.contain('3600 s');
    });

    it('waits longer from try to try', async () => {
      const times: number[] = [];
      server.handler = (_, response) => {
        times.push(Date.now());
        empty(response, 503, 'x');
      };
      await failure(client({ retry: { tries: 4, baseDelay: 80 } }).get('/version'));
      const [a = 0, b = 0, c = 0, d = 0] = times;
      // From 3/4 of 80, 160, 320 ms on; upwards the machine may be slow.
      expect(b - a).to.be.within(58, 1000);
      expect(c - b).to.be.within(118, 1000);
      expect(d - c).to.be.within(238, 2000);
    });
  });

  describe('time-outs and interruption', () => {
    it('gives up after the response time-out: a read plainly, a write with doubt', async () => {
      server.handler = () => undefined;
      const pve = client({ timeouts: { response: 100 } });
      expect(await failure(pve.get('/slow'))).to.include({ code: 'PMX_TIMEOUT', exitCode: 2 });
      expect(await failure(pve.send('POST', '/slow'))).to.include({ code: 'PMX_ANSWER_LOST' });
      expect(server.seen.length).to.equal(2);
    });

    it('gives up when the body stops coming', async () => {
      server.handler = (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('{"data":');
      };
      expect(await failure(client({ timeouts: { response: 100 } }).get('/slow'))).to.include({
        code: 'PMX_TIMEOUT',
      });
    });

    it('limits a call with all its tries when asked to', async () => {
      server.handler = (_, response) => empty(response, 503, 'x');
      const pve = client({ timeouts: { overall: 150 }, retry: { baseDelay: 10_000 } });
      const started = Date.now();
      expect(await failure(pve.get('/version'))).to.include({ code: 'PMX_TIMEOUT' });
      server.handler = () => undefined;
      expect(await failure(pve.send('POST', '/x'))).to.include({ code: 'PMX_ANSWER_LOST' });
      expect(Date.now() - started).to.be.within(290, 2000);
    });

    it('stops at once when interrupted: before, during, between two tries', async () => {
      const aborted = client({ signal: AbortSignal.abort() });
      expect(await failure(aborted.get('/version'))).to.include({
        code: 'PMX_INTERRUPTED',
        exitCode: 130,
      });
      expect(server.connections).to.equal(0);

      const during = new AbortController();
      server.handler = () => void setTimeout(() => during.abort(), 20);
      const read = await failure(client({ signal: during.signal }).get('/version'));
      expect(read).to.include({ code: 'PMX_INTERRUPTED' });
      expect(read.data).to.equal(undefined);

      const between = new AbortController();
      server.handler = (_, response) => {
        empty(response, 503, 'x');
        setTimeout(() => between.abort(), 20);
      };
      const pve = client({ signal: between.signal, retry: { baseDelay: 60_000 } });
      expect(await failure(pve.get('/version'))).to.include({ code: 'PMX_INTERRUPTED' });
    });

    it('tells that an interrupted write may have happened', async () => {
      const stop = new AbortController();
      server.handler = () => void setTimeout(() => stop.abort(), 20);
      const error = await failure(client().send('POST', '/nodes/pve1/qemu', {}, stop.signal));
      expect(error).to.include({ code: 'PMX_INTERRUPTED' });
      expect(error.data).to.deep.equal({
        method: 'POST',
        path: '/nodes/pve1/qemu',
        mayHaveHappened: true,
      });
    });
  });

  describe('logging in', () => {
    const password = 'correct horse battery';
    const credentials = { type: 'password' as const, username: 'root@pam', password };
    let tickets: number;
    let valid: string;
    const logins = () => server.seen.filter(({ url }) => url.endsWith('/access/ticket'));

    beforeEach(() => {
      tickets = 0;
      server.handler = (seen, response) => {
        if (seen.url.endsWith('/access/ticket')) {
          valid = `PVE:root@pam:${++tickets}::a+b/c=`;
          return json(response, {
            data: {
              username: 'root@pam',
              ticket: valid,
              CSRFPreventionToken: `csrf${tickets}-token`,
            },
          });
        }
        if (seen.headers.cookie !== `PVEAuthCookie=${encodeURIComponent(valid)}`)
          return empty(response, 401, 'Authentication failed!');
        if (seen.method !== 'GET' && seen.headers.csrfpreventiontoken !== `csrf${tickets}-token`) {
          return empty(response, 401, 'Permission denied - invalid csrf token');
        }
        json(response, { data: 'in' });
      };
    });

    it('logs in once for requests that run at once, and sends the CSRF token with writes only', async () => {
      const secrets: string[] = [];
      const pve = client({ credentials, protect: (value: string) => secrets.push(value) });
      expect(pve.user).to.equal('root@pam');
      await Promise.all([pve.get('/a'), pve.get('/b'), pve.send('POST', '/c'), pve.get('/d')]);
      await pve.get('/e');
      expect(logins().map(({ body }) => body)).to.deep.equal([
        'username=root%40pam&password=correct%20horse%20battery',
      ]);
      expect(logins()[0]!.headers).not.to.have.any.keys('cookie', 'authorization');
      expect(secrets).to.deep.equal([valid, 'csrf1-token']);
      expect(
        server.seen.filter(({ headers }) => headers.csrfpreventiontoken !== undefined).length,
      ).to.equal(1);
    });

    it('logs in again, once, when the ticket is refused; the write is done once', async () => {
      const pve = client({ credentials });
      await pve.get('/a');
      valid = 'gone';
      await Promise.all([pve.send('POST', '/b'), pve.get('/c'), pve.get('/d')]);
      expect(logins().length).to.equal(2);
      // The password, for a refused ticket cannot renew itself.
      expect(logins()[1]!.body).to.contain('password=correct');
      valid = 'gone';
      server.handler = ((inner) => (seen, response, socket) =>
        seen.url.endsWith('/access/ticket')
          ? inner(seen, response, socket)
          : empty(response, 401, 'Authentication failed!'))(server.handler);
      const before = server.seen.length;
      expect(await failure(pve.get('/e'))).to.include({ code: 'PMX_AUTH_FAILED', exitCode: 3 });
      expect(server.seen.length - before).to.equal(3);
    });

    it('says that the password is wrong, and asks for a second factor in words', async () => {
      server.handler = (_, response) => refuse(response, 401, 'authentication failure');
      const wrong = await failure(client({ credentials }).get('/a'));
      expect(wrong.code).to.equal('PMX_AUTH_FAILED');
      expect(wrong.hints.join()).to.contain('password');
      expect(server.seen.length).to.equal(1);
      server.handler = (_, response) =>
        json(response, {
          data: {
            username: 'root@pam',
            ticket: 'PVE:!tfa!xyz',
            NeedTFA: 1,
            CSRFPreventionToken: 'x',
          },
        });
      const tfa = await failure(client({ credentials }).get('/a'));
      expect(tfa).to.include({ code: 'PMX_TFA_REQUIRED', exitCode: 1 });
      expect(tfa.hints.join()).to.contain('pmx login --user root@pam');
    });
  });

  describe('refusals', () => {
    const answer = (run: (response: ServerResponse) => void) => {
      server.handler = (_, response) => run(response);
    };

    it('lists each parameter that was wrong', async () => {
      answer((response) =>
        refuse(response, 400, 'Parameter verification failed.', {
          memory:
            "invalid format - format error\nmemory.current: type check ('integer') failed - got 'abc'\n",
          foo: 'property is not defined in schema and the schema does not allow additional properties',
        }),
      );
      const error = await failure(
        client().send('POST', '/nodes/pve1/qemu', { memory: 'abc', foo: 1 }),
      );
      expect(error).to.include({ code: 'PMX_API_ERROR', exitCode: 3 });
      expect(error.message).to.equal(
        "Parameter verification failed: memory: invalid format - format error / memory.current: type check ('integer') failed - got 'abc'; foo: property is not defined in schema and the schema does not allow additional properties.",
      );
      expect(error.data).to.deep.include({ status: 400, method: 'POST', path: '/nodes/pve1/qemu' });
      expect(error.data['errors']).to.have.all.keys('memory', 'foo');
    });

    it("reads PVE's Latin-1 reason phrases, also without a body", async () => {
      answer((response) => empty(response, 500, Buffer.from("name 'ö' is bad").toString('utf8')));
      expect((await failure(client().get('/x'))).message).to.equal("name 'ö' is bad.");
      answer((response) => empty(response, 500, Buffer.from("name '€' is bad").toString('latin1')));
      expect((await failure(client().get('/x'))).message).to.equal("name '€' is bad.");
      answer((response) => empty(response, 500, 'disk%20is%20full'));
      expect((await failure(client().get('/x'))).message).to.equal('disk is full.');
      answer((response) => empty(response, 500, "key 'a%20b' is bad"));
      expect((await failure(client().get('/x'))).message).to.equal("key 'a%20b' is bad.");
    });

    it('leaves out where in Perl it happened', async () => {
      answer((response) =>
        refuse(
          response,
          500,
          'upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1370.',
        ),
      );
      expect((await failure(client().get('/x'))).message).to.equal('upload failed.');
    });

    const denied = 'Permission check failed (/vms/101, VM.Config.Memory)';
    const shapes: Array<[string, (response: ServerResponse) => void]> = [
      ['a 403', (response) => refuse(response, 403, denied)],
      ['a 500', (response) => refuse(response, 500, `update failed: 403 ${denied}`)],
      [
        'errors of a 400',
        (response) =>
          refuse(response, 400, 'Parameter verification failed.', {
            scsi1: `unable to apply: 403 ${denied}\n`,
          }),
      ],
      ['a reason phrase alone', (response) => empty(response, 403, denied)],
    ];
    for (const [name, run] of shapes) {
      it(`finds a missing privilege in ${name}`, async () => {
        answer(run);
        const error = await failure(
          client().send('PUT', '/nodes/pve1/qemu/101/config', { memory: 1 }),
        );
        expect(error).to.include({ code: 'PMX_PERMISSION_DENIED', exitCode: 3 });
        expect(error.data).to.deep.include({
          path: '/vms/101',
          privileges: ['VM.Config.Memory'],
          method: 'PUT',
        });
        expect(error.hints[0])
          .to.contain('VM.Config.Memory')
          .and.to.contain('/vms/101')
          .and.to.contain(tokenId);
        expect(error.hints[1]).to.contain('privilege-separated');
      });
    }

    it('knows alternatives, the bare text, and calls that take no token', async () => {
      answer((response) =>
        refuse(
          response,
          403,
          'Permission check failed (/storage/local, Datastore.Audit|Datastore.AllocateSpace)',
        ),
      );
      expect((await failure(client().get('/x'))).data['privileges']).to.deep.equal([
        'Datastore.Audit',
        'Datastore.AllocateSpace',
      ]);
      answer((response) => refuse(response, 403, 'Permission check failed'));
      const bare = await failure(client().get('/x'));
      expect(bare.code).to.equal('PMX_PERMISSION_DENIED');
      expect(bare.data).to.deep.include({ path: undefined, privileges: [] });
      answer((response) =>
        refuse(
          response,
          403,
          "Permission check failed (URI '/access/password' not available with API token, need proper ticket.",
        ),
      );
      expect((await failure(client().get('/x'))).hints.join()).to.contain('password');
    });

    it('gives hints for a refused token', async () => {
      answer((response) => empty(response, 401, 'Authentication failed!'));
      const error = await failure(client().get('/x'));
      expect(error).to.include({ code: 'PMX_AUTH_FAILED' });
      expect(error.message).to.contain(tokenId);
      expect(error.hints.join()).to.contain('pveum user token list root@pam');
      expect(server.seen.length).to.equal(1);
    });

    it('knows paths that are not there, nodes that are not reachable, and servers that are not PVE', async () => {
      answer((response) => refuse(response, 501, "Method 'GET /nosuch' not implemented"));
      expect(await failure(client().get('/nosuch'))).to.include({
        code: 'PMX_API_NOT_IMPLEMENTED',
        exitCode: 3,
      });
      answer((response) => empty(response, 595, 'No route to host'));
      const unreachable = await failure(client().get('/nodes/pve2/status'));
      expect(unreachable).to.include({ code: 'PMX_NODE_UNREACHABLE', exitCode: 2 });
      expect(unreachable.message).to.contain('pve2').and.to.contain('No route to host');
      answer((response) => response.end('<html>Welcome to nginx</html>'));
      expect(await failure(client().get('/version'))).to.include({
        code: 'PMX_NOT_PVE',
        exitCode: 2,
      });
      answer((response) =>
        empty(response, 301, 'Moved', { location: 'https://elsewhere.example/' }),
      );
      expect(await failure(client().get('/version'))).to.include({ code: 'PMX_NOT_PVE' });
      expect(server.seen.at(-1)!.url).to.equal('/api2/json/version');
    });
  });

  it('never lets a secret out: not in errors with all they hold, not in debug lines', async () => {
    const lines: string[] = [];
    const password = 'pass word/with+odd=chars';
    const guestPassword = 'guest-Secret-99';
    const ticket = 'PVE:root@pam:ABCDEF::sig+nature==';
    const csrf = '12345678:csrf+value';
    const forbidden = [secret, password, guestPassword, ticket, csrf].flatMap((value) => [
      value,
      encodeURIComponent(value),
    ]);
    const all: Array<[string, Failure]> = [];
    // What a server could repeat: all that it was sent.
    let echo = '';
    const handlers: Array<[string, (response: ServerResponse) => void]> = [
      [
        '400',
        (response) =>
          refuse(response, 400, 'Parameter verification failed.', { password: `${echo}\n${echo}` }),
      ],
      ['401', (response) => empty(response, 401, echo)],
      ['403', (response) => refuse(response, 403, `Permission check failed (${echo})`)],
      ['500', (response) => refuse(response, 500, echo)],
      ['501', (response) => refuse(response, 501, echo)],
      ['596', (response) => empty(response, 596, echo)],
      ['not PVE', (response) => response.end(echo)],
      ['redirect', (response) => empty(response, 302, echo, { location: 'https://127.0.0.1:1/' })],
      ['broken', (response) => void response.socket!.destroy()],
      [
        'half',
        (response) => {
          response.writeHead(200, { 'content-length': 9999 });
          response.write(echo);
          setTimeout(() => response.socket!.destroy(), 10);
        },
      ],
      ['silent', () => undefined],
    ];
    const debug = (line: string): void => void lines.push(line);
    for (const credentials of [
      { type: 'token' as const, tokenId, secret },
      { type: 'password' as const, username: 'root@pam', password },
    ]) {
      echo = `bad value ${guestPassword} ${
        credentials.type === 'token'
          ? secret
          : [password, encodeURIComponent(password), ticket, csrf].join(' ')
      }`;
      for (const [name, handler] of handlers) {
        server.handler = (seen, response) =>
          seen.url.endsWith('/access/ticket')
            ? json(response, { data: { ticket, CSRFPreventionToken: csrf } })
            : handler(response);
        const pve = client({
          credentials,
          debug,
          retry: { baseDelay: 1 },
          timeouts: { response: 100, stall: 100 },
        });
        all.push([name, await failure(pve.get('/x', { password: guestPassword }))]);
        all.push([
          name,
          await failure(
            pve.send('POST', '/x', { cipassword: guestPassword, secret, ticket, token: csrf }),
          ),
        ]);
      }
      // This client never got a ticket.
      echo = `${guestPassword} ${credentials.type === 'token' ? secret : password}`;
      server.handler = (_, response) => refuse(response, 401, `authentication failure ${echo}`);
      all.push([
        'login',
        await failure(client({ credentials, debug }).get('/x', { password: guestPassword })),
      ]);
      all.push([
        'pin',
        await failure(client({ credentials, debug, trust: { fingerprint: 'AA' } }).get('/x')),
      ]);
      all.push(['untrusted', await failure(client({ credentials, debug, trust: {} }).get('/x'))]);
      all.push([
        'refused',
        await failure(
          client({ credentials, debug, endpoint: 'https://127.0.0.1:1' }).send('POST', '/x'),
        ),
      ]);
      all.push([
        'aborted',
        await failure(client({ credentials, debug, signal: AbortSignal.abort() }).get('/x')),
      ]);
    }
    expect(all.length).to.equal(2 * (handlers.length * 2 + 5));
    for (const [name, error] of all) {
      const everything = [
        inspect(error, { depth: 20, showHidden: true, getters: true }),
        JSON.stringify(errorDocument(normalizeError(error))),
        error.stack,
      ].join('\n');
      expect(error.code, name).to.match(/^PMX_/).and.not.to.equal('PMX_BUG');
      for (const value of forbidden)
        expect(everything.includes(value), `${name}: ${everything}`).to.equal(false);
    }
    expect(lines.length).to.be.greaterThan(100);
    for (const value of forbidden) expect(lines.join('\n').includes(value), value).to.equal(false);
    expect(lines.join('\n')).to.contain('→ POST /x (cipassword, secret, ticket, token)');
  });

  it('loads neither got nor TLS before the first request', async () => {
    const { execFileSync } = await import('node:child_process');
    const script = `
      import { createRequire, registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context); } });
      const { createPveClient } = await import(${JSON.stringify(new URL('../../../dist/lib/api/index.js', import.meta.url).href)});
      createPveClient({ endpoint: 'https://h:1', credentials: { type: 'token', tokenId: 'a@b!c', secret: 'xyz' }, trust: {} });
      console.log(JSON.stringify(loaded));`;
    const loaded = JSON.parse(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
    ) as string[];
    expect(loaded).to.include('./client.js');
    for (const name of loaded)
      expect(name).not.to.match(/^(got|proxmox-api|@oclif.*|node:(https?|tls)|@pmx-cli\/kit)$/);
  });
});
