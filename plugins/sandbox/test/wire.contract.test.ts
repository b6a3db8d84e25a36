import { connect as tlsConnect } from 'node:tls';
import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Bench, SECRET, tokenAuth, values } from './helper.ts';
import type { Json } from './helper.ts';

describe('wire: what every client of a PVE server meets', function () {
  this.timeout(15_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ authFailureMillis: 150 });
  });
  after(() => bench.stop());

  const login = async (): Promise<{ ticket: string; csrf: string }> => {
    const { data } = await bench.post(
      '/access/ticket',
      { username: 'root@pam', password: SECRET },
      { auth: {} },
    );
    return { ticket: data.ticket, csrf: data.CSRFPreventionToken };
  };

  it('sends PVE headers, one Connection header for a plain call', async () => {
    const reply = await bench.get('/version');
    expect(reply.data).to.include({ version: '9.2.11', release: '9.2' });
    expect(values(reply.headers, 'server')).to.deep.equal(['pve-api-daemon/3.0']);
    expect(values(reply.headers, 'content-type')).to.deep.equal(['application/json;charset=UTF-8']);
    expect(values(reply.headers, 'content-length')).to.deep.equal([
      String(Buffer.byteLength(reply.text)),
    ]);
    expect(values(reply.headers, 'connection')).to.deep.equal(['Keep-Alive']);
    expect(values(reply.headers, 'keep-alive')).to.deep.equal([]);
  });

  it('sends two Connection headers for a protected call and one `close` for an error', async () => {
    expect(values((await bench.get('/nodes/pve1/qemu')).headers, 'connection')).to.deep.equal([
      'close',
      'Keep-Alive',
    ]);
    expect(
      values((await bench.get('/nodes/pve1/qemu/999/config')).headers, 'connection'),
    ).to.deep.equal(['close']);
  });

  it('delays each 401, without body and type, and names the reason', async () => {
    const cases: [Record<string, string>, string][] = [
      [{}, 'No ticket'],
      [{ Cookie: 'PVEAuthCookie=PVE:root@pam:6B0013CF::bad' }, 'Authentication failed!'],
      [tokenAuth('root@pam!pmx', 'wrong'), 'Authentication failed!'],
      [{ Authorization: `PVEAPIToken=root@pam!pmx:${SECRET}` }, 'Authentication failed!'],
      [{ Authorization: 'PVEAPIToken=garbage' }, 'Authentication failed!'],
    ];
    for (const [auth, reason] of cases) {
      const reply = await bench.get('/version', { auth });
      expect([reply.status, reply.reason, reply.text]).to.deep.equal([401, reason, '']);
      expect(values(reply.headers, 'content-type')).to.deep.equal([]);
      expect(reply.millis).to.be.greaterThan(140);
    }
  });

  it('answers a failed login with a message', async () => {
    for (const form of [
      { username: 'root@pam', password: 'wrong' },
      { username: 'nobody@pve', password: 'wrong' },
      { username: 'root', realm: 'nosuch', password: SECRET },
    ]) {
      const reply = await bench.post('/access/ticket', form, { auth: {} });
      expect([reply.status, reply.reason]).to.deep.equal([401, 'authentication failure']);
      expect(reply.body).to.deep.equal({ data: null, message: 'authentication failure\n' });
    }
    const missing = await bench.post('/access/ticket', { username: 'root' }, { auth: {} });
    expect(missing.body.errors).to.deep.equal({
      password: 'property is missing and it is not optional',
    });
  });

  it('takes a ticket raw, encoded and in a header, and renews it', async () => {
    const { ticket } = await login();
    for (const auth of [
      { Cookie: `PVEAuthCookie=${ticket}` },
      { Cookie: `a=b; PVEAuthCookie=${encodeURIComponent(ticket)}` },
      { Authorization: `PVEAuthCookie=${ticket}` },
    ] as Record<string, string>[]) {
      expect((await bench.get('/version', { auth })).status).to.equal(200);
    }
    const renewed = await bench.post(
      '/access/ticket',
      { username: 'root@pam', password: ticket },
      { auth: {} },
    );
    expect(renewed.data.ticket).to.match(/^PVE:root@pam:[0-9A-F]{8}::\S{20,}$/);
    expect(renewed.data.cap.vms['VM.Allocate']).to.equal(1);
    expect(renewed.data.cap.dc).to.have.keys(
      'SDN.Allocate',
      'SDN.Audit',
      'SDN.Use',
      'Sys.Audit',
      'Sys.Modify',
    );
  });

  it('demands a CSRF token for writes by ticket, not for those by API token', async () => {
    const { ticket, csrf } = await login();
    const auth = { Cookie: `PVEAuthCookie=${ticket}` };
    for (const headers of [{}, { CSRFPreventionToken: `${csrf}x` }] as Record<string, string>[]) {
      const refused = await bench.post('/pools', { poolid: 'a' }, { auth, headers });
      expect([refused.status, refused.reason, refused.text]).to.deep.equal([
        401,
        'Permission denied - invalid csrf token',
        '',
      ]);
    }
    expect(
      (
        await bench.post(
          '/pools',
          { poolid: 'a' },
          { auth, headers: { CSRFPreventionToken: csrf } },
        )
      ).status,
    ).to.equal(200);
    expect(
      (
        await bench.post(
          '/pools',
          { poolid: 'b' },
          { auth: { Authorization: `PVEAPIToken root@pam!pmx=${SECRET}` } },
        )
      ).status,
    ).to.equal(200);
  });

  it('answers 501 for unknown paths and methods', async () => {
    const unknown = await bench.get('/nosuch');
    expect([unknown.status, unknown.reason]).to.deep.equal([
      501,
      "Method 'GET /nosuch' not implemented",
    ]);
    expect(unknown.body).to.deep.equal({
      data: null,
      message: "Method 'GET /nosuch' not implemented",
    });
    expect((await bench.post('/nodes')).reason).to.equal("Method 'POST /nodes' not implemented");
    for (const method of ['PATCH', 'OPTIONS']) {
      const reply = await bench.send(method, '/version');
      expect([reply.status, reply.reason, reply.text]).to.deep.equal([
        501,
        `method '${method}' not available`,
        '',
      ]);
    }
    expect((await bench.get('', { prefix: '/api2/', auth: {} })).reason).to.equal('no such uri');
    expect((await bench.get('', { prefix: '/nofile', auth: {} })).status).to.equal(501);
  });

  it('refuses a DELETE with a body, but not one with an empty body', async () => {
    for (const more of [{ form: { purge: 1 } }, { json: { purge: 1 } }]) {
      const reply = await bench.del('/nodes/pve1/qemu/100', more);
      expect([reply.status, reply.reason, reply.text]).to.deep.equal([
        501,
        "Unexpected content for method 'DELETE'",
        "Unexpected content for method 'DELETE'",
      ]);
    }
    expect((await bench.del('/pools/nosuch', { type: 'application/json' })).reason).to.equal(
      "pool 'nosuch' does not exist",
    );
  });

  it('knows 0 and 1 only in forms and queries, true and false in JSON', async () => {
    const query = await bench.get('/nodes/pve1/qemu?full=true');
    expect(query.body).to.deep.equal({
      data: null,
      message: 'Parameter verification failed.\n',
      errors: { full: "type check ('boolean') failed - got 'true'" },
    });
    expect([query.status, query.reason]).to.deep.equal([400, 'Parameter verification failed.']);
    await bench.ok(
      bench.send('POST', '/nodes/pve1/qemu', {
        json: { vmid: 100, onboot: true, kvm: false, name: null },
      }),
    );
    expect(await bench.read('/nodes/pve1/qemu/100/config')).to.include({ onboot: 1, kvm: 0 });
    await bench.ok(bench.del('/nodes/pve1/qemu/100'));
  });

  it('refuses other bodies as PVE does', async () => {
    const bad = await bench.send('POST', '/pools', { raw: '{"vmid":', type: 'application/json' });
    expect(bad.status).to.equal(500);
    expect(bad.reason).to.match(/^malformed JSON string, .* at character offset \d+/);
    const plain = await bench.send('POST', '/pools', { raw: 'x', type: 'text/plain' });
    expect([plain.status, plain.reason]).to.deep.equal([
      506,
      "upload 'Content-Type 'text/plain' not implemented",
    ]);
    expect((await bench.send('POST', '/pools', { json: [1] })).status).to.equal(500);
    const big = await bench.send('POST', '/pools', { form: { comment: 'x'.repeat(600_000) } });
    expect([big.status, big.reason]).to.deep.equal([501, 'for data too large']);
  });

  it('tolerates double and trailing slashes and decodes path parts', async () => {
    expect((await bench.get('/nodes//pve1/version/')).data.version).to.equal('9.2.11');
    expect((await bench.get('/access/users/root%40pam')).data.enable).to.equal(1);
  });

  it('has the extjs format: always 200, with success', async () => {
    expect((await bench.get('/version', { prefix: '/api2/extjs' })).body).to.include({
      success: 1,
    });
    const failed = await bench.get('/nodes/nosuch/status', { prefix: '/api2/extjs' });
    expect(failed.status).to.equal(200);
    expect(failed.body).to.include({ success: 0, status: 500, data: null });
    expect(failed.body.message).to.match(/^hostname lookup 'nosuch' failed - /);
  });

  it('compresses long JSON when the client takes gzip', async () => {
    const { raw, encoding } = await new Promise<{ raw: Buffer; encoding: string }>((resolve) => {
      const socket = tlsConnect(
        { host: '127.0.0.1', port: bench.sandbox.port, rejectUnauthorized: false },
        () => {
          socket.write(
            `GET /api2/json/access/roles HTTP/1.1\r\nHost: x\r\nAuthorization: ${tokenAuth()['Authorization']}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
          );
        },
      );
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const all = Buffer.concat(chunks);
        const split = all.indexOf('\r\n\r\n');
        const head = all.subarray(0, split).toString();
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (split > 0 && all.length >= split + 4 + length) {
          socket.destroy();
          resolve({
            raw: all.subarray(split + 4),
            encoding: /content-encoding: (\S+)/i.exec(head)?.[1] ?? '',
          });
        }
      });
    });
    expect(encoding).to.equal('gzip');
    expect(
      JSON.parse(gunzipSync(raw).toString()).data.map((role: { roleid: string }) => role.roleid),
    ).to.include('PVEVMAdmin');
  });

  it('redirects plain http and survives nonsense', async () => {
    const location = await new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: bench.sandbox.port, path: '/x' }, (response) =>
        resolve(`${response.statusCode} ${response.headers.location}`),
      )
        .on('error', reject)
        .end();
    });
    expect(location).to.equal(`301 https://127.0.0.1:${bench.sandbox.port}/x`);
    const answer = await new Promise<string>((resolve) => {
      const socket = tlsConnect(
        { host: '127.0.0.1', port: bench.sandbox.port, rejectUnauthorized: false },
        () => socket.write('BLA BLA\r\n\r\n'),
      );
      socket
        .on('data', (chunk: Buffer) => resolve(chunk.toString()))
        .on('error', () => resolve(''));
    });
    expect(answer).to.match(/^HTTP\/1.1 400 /);
    expect((await bench.get('/version')).status).to.equal(200);
  });

  it('sends Latin-1 in a reason phrase, breaks on anything above, and closes idle connections', async () => {
    await bench.put('/storage/local', { content: 'iso,import,images' });
    const create = (name: string): ReturnType<Bench['post']> =>
      bench.post('/nodes/pve1/qemu', {
        vmid: 140,
        scsi0: `local:0,import-from=local:import/${name}.qcow2`,
      });
    const latin = await create('ö');
    expect([latin.status, latin.reason]).to.deep.equal([
      500,
      "unable to parse directory volume name 'import/ö.qcow2'",
    ]);
    const idle = new Promise<number>((resolve) => {
      const socket = tlsConnect(
        { host: '127.0.0.1', port: bench.sandbox.port, rejectUnauthorized: false },
        () => {
          socket.write(
            `GET /api2/json/version HTTP/1.1\r\nHost: x\r\nAuthorization: ${tokenAuth()['Authorization']}\r\n\r\n`,
          );
        },
      );
      const begin = performance.now();
      socket.resume().once('close', () => resolve(performance.now() - begin));
    });
    const [wide, closed] = await Promise.all([create('€'), idle]);
    expect([wide.status, wide.reason, wide.text]).to.deep.equal([596, 'Broken pipe', '']);
    expect(wide.millis).to.be.greaterThan(4900);
    expect(closed).to.be.within(4000, 8000);
  });

  it('offers its API description without a login, in PVE shape', async () => {
    const reply = await bench.get('/pve-docs/api-viewer/apidoc.js', { prefix: '', auth: {} });
    const text = /^const apiSchema = (\[[\s\S]*\])\s*;/.exec(reply.text)?.[1];
    const tree = JSON.parse(text!);
    expect(tree.map((node: { path: string }) => node.path)).to.include.members([
      '/access',
      '/cluster',
      '/nodes',
      '/pools',
      '/storage',
      '/version',
    ]);
    const find = (path: string): Json => {
      let children = tree;
      let found;
      let prefix = '';
      for (const part of path.slice(1).split('/')) {
        prefix += `/${part}`;
        found = children.find((node: { path: string }) => node.path === prefix);
        children = found.children;
      }
      return found;
    };
    const clone = find('/nodes/{node}/qemu/{vmid}/clone');
    expect(clone).to.include({ leaf: 1, text: 'clone' });
    expect(clone['info'].POST).to.include({
      method: 'POST',
      name: 'clone_vm',
      protected: 1,
      allowtoken: 1,
    });
    expect(clone['info'].POST.parameters).to.include({ type: 'object', additionalProperties: 0 });
    expect(clone['info'].POST.parameters.properties.newid).to.include({
      type: 'integer',
      minimum: 100,
      maximum: 999999999,
    });
    expect(find('/nodes/{node}/qemu')['info'].POST.parameters.properties).to.include.keys(
      'scsi[n]',
      'net[n]',
      'ipconfig[n]',
      'vmid',
    );
    expect(find('/nodes/{node}/qemu').leaf).to.equal(0);
  });

  it('logs every request without secrets', async () => {
    await bench.get('/cluster/nextid?vmid=555&password=hush&cipassword=hush');
    const last = (await bench.requests()).at(-1);
    expect(last).to.include({
      method: 'GET',
      path: '/api2/json/cluster/nextid?vmid=555&password=***&cipassword=***',
      user: 'root@pam!pmx',
      status: 400,
    });
    expect(last.millis).to.be.a('number');
    expect(JSON.stringify(await bench.requests())).to.not.contain(SECRET);
  });
});
