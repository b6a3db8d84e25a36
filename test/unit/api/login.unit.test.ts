import { expect } from 'chai';

import { logIn, type LoginRequest, readRealms } from '#dist/lib/api/login.js';
import { failure, fixturePath, json, refuse, TestServer } from './server.ts';

const ticket = 'PVE:jane@pve:66AA::signed';
const challengeOf = (offered: object): string =>
  `PVE:!tfa!${encodeURIComponent(JSON.stringify(offered))}:66AA::signed`;

/** A server with a user jane@pve, whose second factor is the code 123456, or a recovery key. */
class LoginServer extends TestServer {
  offered: object | undefined = { totp: true, recovery: 'available' };

  override handler: TestServer['handler'] = (seen, response) => {
    const form = new URLSearchParams(seen.body);
    const challenge = challengeOf(this.offered ?? {});
    const whole = { username: 'jane@pve', ticket, CSRFPreventionToken: 'csrf:1' };
    if (seen.url === '/api2/json/access/domains')
      return json(response, { data: [{ realm: 'pam', type: 'pam', default: 1 }] });
    if (form.get('tfa-challenge') === challenge) {
      const right = ['totp:123456', 'recovery:abcd-efgh'].includes(form.get('password')!);
      return right
        ? json(response, { data: whole })
        : refuse(response, 401, 'authentication failure');
    }
    if (form.get('password') !== 'right') return refuse(response, 401, 'authentication failure');
    return this.offered
      ? json(response, {
          data: { ...whole, ticket: challenge, NeedTFA: 1, CSRFPreventionToken: 'csrf:half' },
        })
      : json(response, { data: whole });
  };
}

describe('api: logging in with a password', () => {
  let server: LoginServer;
  let asked: number;
  let protectedValues: string[];
  beforeEach(async () => {
    server = new LoginServer();
    await server.listen();
    asked = 0;
    protectedValues = [];
  });
  afterEach(() => server.close());

  const attempt = (changes: Partial<LoginRequest> = {}, code?: string) =>
    logIn(
      {
        endpoint: server.endpoint,
        trust: { caFile: fixturePath('ca.crt.pem') },
        protect: (secret) => void protectedValues.push(secret),
      },
      {
        username: 'jane@pve',
        password: 'right',
        otp: async () => {
          asked++;
          return code;
        },
        ...changes,
      },
    );

  it('gives the ticket, hidden from all output, and asks for no second factor without need', async () => {
    server.offered = undefined;
    expect(await attempt()).to.deep.equal({ username: 'jane@pve', ticket, csrfToken: 'csrf:1' });
    expect(protectedValues).to.include.members([ticket, 'csrf:1']);
    expect(asked).to.equal(0);
  });

  it('answers the challenge with the code, or with a recovery key', async () => {
    for (const code of ['123456', '123 456', 'abcd-efgh']) {
      expect((await attempt({}, code)).ticket).to.equal(ticket);
    }
    expect(asked).to.equal(3);
    const form = new URLSearchParams(server.seen.at(1)!.body);
    expect(form.get('username')).to.equal('jane@pve');
    expect(form.get('password')).to.equal('totp:123456');
    expect(server.seen.at(1)!.body).to.not.contain('right');
  });

  it('knows the flag of servers before 7.2, which had no prefix', async () => {
    server.handler = (seen, response) =>
      json(response, {
        data: new URLSearchParams(seen.body).has('tfa-challenge')
          ? { username: 'jane@pve', ticket, CSRFPreventionToken: 'c' }
          : { username: 'jane@pve', ticket: 'PVE:half', NeedTFA: '1' },
      });
    expect((await attempt({}, '123456')).ticket).to.equal(ticket);
  });

  it('says that the second factor is missing when nobody can be asked', async () => {
    const error = await failure(attempt());
    expect(error).to.include({ code: 'PMX_TFA_REQUIRED', exitCode: 1 });
    expect(error.hints.join()).to.contain('--otp');
    expect(server.seen).to.have.length(1);
  });

  it('tells a wrong code from a wrong password', async () => {
    const code = await failure(attempt({}, '654321'));
    expect(code).to.include({ code: 'PMX_AUTH_FAILED', exitCode: 3 });
    expect(code.message).to.contain('second factor');
    const password = await failure(attempt({ password: 'wrong-password' }, '123456'));
    expect(password).to.include({ code: 'PMX_AUTH_FAILED', exitCode: 3 });
    expect(password.message).to.not.contain('second factor');
    expect(JSON.stringify([password.message, password.hints, password.data])).to.not.contain(
      'wrong-password',
    );
  });

  it('says what to do about a hardware key, without asking for a code', async () => {
    server.offered = { webauthn: { challenge: 'x' }, totp: false };
    const error = await failure(attempt({}, '123456'));
    expect(error).to.include({ code: 'PMX_TFA_UNSUPPORTED', exitCode: 1 });
    expect(error.message).to.contain('webauthn');
    expect(error.hints.join()).to.contain('API token');
    expect(asked).to.equal(0);
  });

  it('sends nothing to a server that it does not trust', async () => {
    server.useCertificate('self-signed.crt.pem');
    expect(await failure(attempt())).to.include({ code: 'PMX_TLS_UNTRUSTED' });
    await server.settle();
    expect(server.received).to.equal(0);
  });

  it('reads the realms without credentials', async () => {
    const trust = { caFile: fixturePath('ca.crt.pem') };
    expect(await readRealms({ endpoint: server.endpoint, trust })).to.deep.equal([
      { realm: 'pam', type: 'pam', default: 1 },
    ]);
    expect(server.seen[0]!.headers).to.not.have.any.keys('authorization', 'cookie');
  });
});

describe('api: a ticket that was got before', () => {
  it('goes with reads as a cookie, with writes with its CSRF token too', async () => {
    const { createPveClient } = await import('#dist/lib/api/index.js');
    const server = await new TestServer().listen();
    server.handler = (_, response) => json(response, { data: 'x' });
    const pve = createPveClient({
      endpoint: server.endpoint,
      credentials: { type: 'ticket', username: 'jane@pve', ticket, csrfToken: 'csrf:1' },
      trust: { caFile: fixturePath('ca.crt.pem') },
    });
    await pve.get('/a');
    await pve.send('PUT', '/a');
    pve.close();
    await server.close();
    const [read, write] = server.seen.map(({ headers }) => headers);
    expect(read!.cookie).to.equal(`PVEAuthCookie=${encodeURIComponent(ticket)}`);
    expect(read!['csrfpreventiontoken']).to.equal(undefined);
    expect(write!['csrfpreventiontoken']).to.equal('csrf:1');
    expect(server.seen, 'no login of its own').to.have.length(2);
  });
});
