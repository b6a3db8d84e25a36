import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startPersona, startPersonas } from '../dist/server/idrac/index.js';
import { Gate } from '../dist/server/idrac/gate.js';
import type { Generation, RunningPersona } from '../dist/server/idrac/index.js';
import { Lab, MANAGER, PASSWORD, RELAXED, ask, messageIds, shake } from './idrac-helper.ts';

const ALL: Generation[] = ['6', '7', '8', '9-old', '9', '10'];
const REDFISH = ALL.filter((generation) => generation !== '6');
const MODERN: Generation[] = ['9-old', '9', '10'];
const SYSTEM = '/redfish/v1/Systems/System.Embedded.1';
const ATTRIBUTES = `${MANAGER}/Oem/Dell/DellAttributes/iDRAC.Embedded.1`;
const DAY_SECONDS = 86_400;

const sessionsOf = (generation: string): string =>
  generation === '7' || generation === '8'
    ? '/redfish/v1/Sessions'
    : '/redfish/v1/SessionService/Sessions';

describe('iDRAC personas: the iDRAC behind the certificate', function () {
  this.timeout(20_000);
  const lab = new Lab();
  afterEach(() => lab.stop());

  const login = (persona: RunningPersona, password = PASSWORD, user = 'root') =>
    ask(persona, sessionsOf(persona.generation), { json: { UserName: user, Password: password } });
  const form = (persona: RunningPersona, user: string, password: string) =>
    ask(persona, '/data/login', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user, password }).toString(),
    });
  const patch = (persona: RunningPersona, attributes: Record<string, unknown>) =>
    ask(persona, ATTRIBUTES, { method: 'PATCH', basic: true, json: { Attributes: attributes } });
  const seconds = (persona: RunningPersona) =>
    ask(persona, '/').then(
      ({ headers }) => (new Date(headers.date ?? '').getTime() - Date.now()) / 1000,
    );

  describe('identity without a login', () => {
    it('tells generations apart at /cgi-bin/discover', async () => {
      const found: Record<string, string> = {};
      for (const generation of ALL) {
        const persona = await lab.start({ generation });
        const { status, text } = await ask(persona, '/cgi-bin/discover');
        found[generation] =
          status === 200
            ? (/<ENDPOINTTYPE>(.*)<\/ENDPOINTTYPE>/.exec(text)?.[1] ?? '')
            : String(status);
      }
      expect(found).to.deep.equal({
        '6': 'iDRAC',
        '7': 'iDRAC7',
        '8': 'iDRAC8',
        '9-old': '404',
        '9': '404',
        '10': '404',
      });
    });

    it('gives the service root to everybody, on 7 and later', async () => {
      const versions: Record<string, unknown> = {};
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        const { status, json, headers } = await ask(persona, '/redfish/v1/');
        expect(status).to.equal(200);
        expect(headers['odata-version']).to.equal('4.0');
        expect(json.Oem.Dell.ServiceTag).to.equal(persona.serviceTag);
        expect(json.Oem.Dell.ManagerMACAddress).to.match(/^02(:[\da-f]{2}){5}$/);
        versions[generation] = [
          json.RedfishVersion,
          json.Vendor ?? null,
          json.Links.Sessions['@odata.id'],
        ];
      }
      const modern = '/redfish/v1/SessionService/Sessions';
      expect(versions).to.deep.equal({
        '7': ['1.0.2', null, '/redfish/v1/Sessions'],
        '8': ['1.4.0', null, '/redfish/v1/Sessions'],
        '9-old': ['1.9.0', 'Dell', modern],
        '9': ['1.17.0', 'Dell', modern],
        '10': ['1.20.1', 'Dell', modern],
      });
    });

    it('has the page of its own time: /session on 7 and 8, /sysmgmt on 9', async () => {
      const statuses: Record<string, number[]> = {};
      for (const generation of ALL) {
        const persona = await lab.start({ generation });
        const property = await ask(persona, '/session?aimGetProp=fwVersionFull');
        const info = await ask(persona, '/sysmgmt/2015/bmc/info');
        statuses[generation] = [property.status, info.status];
        if (property.status === 200)
          expect(property.json.aimGetProp.fwVersionFull).to.equal(persona.firmware);
        if (info.status === 200)
          expect(info.json.Attributes).to.include({
            FwVer: persona.firmware,
            License: 'Enterprise',
          });
      }
      expect(statuses).to.deep.equal({
        '6': [404, 404],
        '7': [200, 404],
        '8': [200, 404],
        '9-old': [404, 200],
        '9': [404, 200],
        '10': [404, 404],
      });
    });

    it('sends other names of /session to the login', async () => {
      const persona = await lab.start({ generation: '8' });
      const hidden = await ask(persona, '/session?aimGetProp=fwVersion,sysDesc');
      expect([hidden.status, hidden.headers.location]).to.deep.equal([302, '/start.html']);
      expect((await ask(persona, '/data?get=prodServerGen')).text).to.include(
        '<prodServerGen>13G</prodServerGen>',
      );
      expect((await ask(persona, '/data?get=svcTag')).status).to.equal(401);
    });

    it('sends HSTS from 8 only and names its server on 6 only', async () => {
      for (const generation of ALL) {
        const { headers } = await ask(await lab.start({ generation }), '/');
        expect('strict-transport-security' in headers).to.equal(generation === '8');
        expect(headers.server).to.equal(generation === '6' ? 'Mbedthis-Appweb/2.4.2' : undefined);
      }
    });

    it('has no Redfish on 6, login or not', async () => {
      const persona = await lab.start({ generation: '6' });
      expect((await ask(persona, '/redfish/v1')).status).to.equal(404);
      expect((await ask(persona, '/redfish/v1', { basic: true })).status).to.equal(404);
    });
  });

  describe('Host header', () => {
    it('is checked by 8, 9 and 10: addresses, the own name, ManualDNSEntry', async () => {
      for (const generation of ALL) {
        const persona = await lab.start({ generation });
        const as = (host: string) => ask(persona, '/redfish/v1', { headers: { Host: host } });
        const checked = ['8', '9', '10'].includes(generation);
        const fine = generation === '6' ? 404 : 200;
        expect((await as('bmc.example.com')).status).to.equal(checked ? 400 : fine);
        expect((await as('10.1.2.3:443')).status).to.equal(fine);
        expect((await as(`IDRAC-${persona.serviceTag}`)).status).to.equal(fine);
      }
      const persona = await lab.start({ generation: '9' });
      await patch(persona, { 'WebServer.1.ManualDNSEntry': 'a.test, bmc.example.com' });
      const known = await ask(persona, '/redfish/v1', { headers: { Host: 'bmc.example.com' } });
      expect(known.status).to.equal(200);
    });
  });

  describe('login', () => {
    it('is asked for by everything else, in the words of the generation', async () => {
      const bodies: Record<string, unknown> = {};
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        for (const path of [MANAGER, SYSTEM, '/redfish/v1/SessionService', '/redfish/v1/Nonsense'])
          expect((await ask(persona, path)).status).to.equal(401);
        const { json, headers } = await ask(persona, MANAGER, { basic: 'wrong' });
        expect(headers['www-authenticate']).to.match(/^Basic/);
        bodies[generation] = [
          json.error.code,
          json.error['@Message.ExtendedInfo'][0].MessageId,
          json.error['@Message.ExtendedInfo'][0].Message,
        ];
        expect((await ask(persona, MANAGER, { basic: true })).status).to.equal(200);
      }
      const text =
        'The authentication credentials included with this request are missing or invalid.';
      expect(bodies).to.deep.equal({
        '7': ['Base.1.0.GeneralError', 'Base.1.2.AccessDenied', text],
        '8': ['Base.1.0.GeneralError', 'Base.1.2.AccessDenied', text],
        '9-old': ['Base.1.5.GeneralError', 'Base.1.5.AccessDenied', text],
        '9': ['Base.1.12.GeneralError', 'Base.1.12.AccessDenied', text],
        '10': ['Base.1.18.GeneralError', 'Base.1.18.AccessDenied', text],
      });
    });

    it('opens a session, uses its token, and ends it', async () => {
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        const opened = await login(persona);
        expect(opened.status).to.equal(201);
        const token = { 'X-Auth-Token': String(opened.headers['x-auth-token']) };
        const location = String(opened.headers.location);
        expect(location.startsWith(`${sessionsOf(generation)}/`)).to.equal(true);
        expect((await ask(persona, MANAGER, { headers: token })).status).to.equal(200);
        const shown = await ask(persona, location, { headers: token });
        expect(shown.json).to.include({ UserName: 'root', ClientOriginIPAddress: '127.0.0.1' });
        await ask(persona, location, { method: 'DELETE', headers: token });
        expect((await ask(persona, MANAGER, { headers: token })).status).to.equal(401);
      }
    });

    it('refuses wrong names and passwords, and bodies that are no login', async () => {
      const persona = await lab.start({ generation: '9', lockoutAfter: 0 });
      expect((await login(persona, 'wrong')).status).to.equal(401);
      expect((await login(persona, PASSWORD, 'admin')).status).to.equal(401);
      const path = sessionsOf('9');
      expect(messageIds(await ask(persona, path, { json: { UserName: 'root' } }))).to.deep.equal([
        'PropertyMissing',
      ]);
      expect(
        messageIds(await ask(persona, path, { json: { UserName: 'root', Password: 5 } })),
      ).to.deep.equal(['PropertyValueTypeError']);
      const headers = { 'Content-Type': 'application/json' };
      expect(messageIds(await ask(persona, path, { headers, body: '{"a":' }))).to.deep.equal([
        'MalformedJSON',
      ]);
      expect((await ask(persona, path, { body: 'UserName=root' })).status).to.equal(415);
    });

    it('refuses sessions at the address of newer Redfish on 7 and 8', async () => {
      for (const generation of ['7', '8'] as const) {
        const persona = await lab.start({ generation });
        const { status } = await ask(persona, '/redfish/v1/SessionService/Sessions', {
          json: { UserName: 'root', Password: PASSWORD },
        });
        expect(status).to.equal(405);
      }
    });

    it('allows so many sessions and no more: 503 RAC0218', async () => {
      const persona = await lab.start({ generation: '9', sessionLimit: 2 });
      const first = await login(persona);
      expect((await login(persona)).status).to.equal(201);
      const third = await login(persona);
      expect(third.status).to.equal(503);
      expect(third.json.error['@Message.ExtendedInfo'][0]).to.include({
        MessageId: 'IDRAC.2.8.RAC0218',
        Message: 'The maximum number of user sessions is reached.',
      });
      // Basic takes none of them.
      expect((await ask(persona, MANAGER, { basic: true })).status).to.equal(200);
      await ask(persona, String(first.headers.location), { method: 'DELETE', basic: true });
      expect((await login(persona)).status).to.equal(201);
    });

    it('has room for eight when nothing else is said', async () => {
      const persona = await lab.start({ generation: '10' });
      const statuses = [];
      for (let count = 0; count < 9; count += 1) statuses.push((await login(persona)).status);
      expect(statuses).to.deep.equal([...Array(8).fill(201), 503]);
      const attributes = (await ask(persona, ATTRIBUTES, { basic: true })).json.Attributes;
      expect(attributes['WebServer.1.MaxNumberOfSessions']).to.equal(8);
    });
  });

  describe('lockout', () => {
    it('blocks the address after three failures on 7 to 10, even with the right password', async () => {
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        await login(persona, 'wrong');
        await ask(persona, MANAGER, { basic: 'wrong' });
        expect((await ask(persona, MANAGER, { basic: true })).status).to.equal(200);
        // A success starts the count again.
        for (let count = 0; count < 2; count += 1) await login(persona, 'wrong');
        expect((await login(persona)).status).to.equal(201);
        for (let count = 0; count < 3; count += 1) await login(persona, 'wrong');
        expect((await login(persona)).status).to.equal(401);
        expect((await ask(persona, MANAGER, { basic: true })).status).to.equal(401);
      }
    });

    it('ends after its time', async () => {
      const persona = await lab.start({ generation: '9', lockoutAfter: 1, lockoutSeconds: 1 });
      await login(persona, 'wrong');
      expect((await login(persona)).status).to.equal(401);
      await sleep(1100);
      expect((await login(persona)).status).to.equal(201);
    });

    it('leaves an open session alone', async () => {
      const persona = await lab.start({ generation: '9', lockoutAfter: 1 });
      const token = { 'X-Auth-Token': String((await login(persona)).headers['x-auth-token']) };
      await login(persona, 'wrong');
      expect((await login(persona)).status).to.equal(401);
      expect((await ask(persona, MANAGER, { headers: token })).status).to.equal(200);
    });

    it('grows from block to block, where the generation says so, and forgets old failures', async () => {
      const growing = { failures: 1, windowSeconds: 60, blockSeconds: [0, 60] };
      const gate = new Gate('right', growing, 1);
      const lengths = [1, 2].map(() => {
        gate.check('root', 'wrong', '192.0.2.1');
        return gate.blockedFor('192.0.2.1');
      });
      expect(lengths).to.deep.equal([0, 60]);
      expect(gate.check('root', 'right', '192.0.2.1')).to.equal('blocked');
      expect(gate.check('root', 'right', '192.0.2.2')).to.equal('ok');
      const forgetful = new Gate('right', { ...growing, failures: 2, windowSeconds: 0.05 }, 1);
      forgetful.check('root', 'wrong', '192.0.2.1');
      await sleep(80);
      forgetful.check('root', 'wrong', '192.0.2.1');
      expect(forgetful.check('root', 'wrong', '192.0.2.1')).to.equal('wrong');
    });

    it('tells its length in the login XML of 8 (600 s) and 7 (30 s), and never happens on 6', async () => {
      const length = async (generation: Generation): Promise<string | undefined> => {
        const persona = await lab.start({ generation });
        let text = '';
        for (let count = 0; count < 3; count += 1) text = (await form(persona, 'root', 'no')).text;
        expect(text).to.include('<authResult>1</authResult>');
        const right = (await form(persona, 'root', PASSWORD)).text;
        expect(right).to.include(`<authResult>${generation === '6' ? 0 : 1}</authResult>`);
        return /<blockingTime>(\d+)</.exec(text)?.[1];
      };
      expect(await length('8')).to.equal('600');
      expect(await length('7')).to.equal('30');
      expect(await length('6')).to.equal(undefined);
    });
  });

  describe('clock', () => {
    it('runs with its offset, in the Date header and in DateTime', async () => {
      const ahead = 40 * DAY_SECONDS;
      for (const generation of ALL) {
        const persona = await lab.start({ generation, clockOffsetSeconds: ahead });
        expect(await seconds(persona)).to.be.within(ahead - 3, ahead + 3);
        if (generation === '6') continue;
        const { json } = await ask(persona, MANAGER, { basic: true });
        expect(json.DateTimeLocalOffset).to.equal('+00:00');
        expect((new Date(json.DateTime).getTime() - Date.now()) / 1000).to.be.within(
          ahead - 3,
          ahead + 3,
        );
      }
      const right = await lab.start({ generation: '9' });
      expect(await seconds(right)).to.be.within(-3, 3);
    });

    it('is set by ManageTime, found over the links, and runs on', async () => {
      for (const generation of MODERN) {
        const persona = await lab.start({ generation, clockOffsetSeconds: 99_999 });
        const { json } = await ask(persona, MANAGER, { basic: true });
        const service = json.Links.Oem.Dell.DellTimeService['@odata.id'];
        expect(service.startsWith('/redfish/v1/Dell/')).to.equal(generation === '9-old');
        const { Actions } = (await ask(persona, service, { basic: true })).json;
        const target = Actions['#DellTimeService.ManageTime'].target;
        const manage = (body: object) => ask(persona, target, { basic: true, json: body });
        expect(
          (await manage({ GetRequest: false, TimeData: '2017-06-01T12:00:00+02:00' })).status,
        ).to.equal(200);
        const read = (await manage({ GetRequest: true })).json.TimeData;
        expect(new Date(read).getTime() - Date.UTC(2017, 5, 1, 10)).to.be.within(0, 3000);
        await sleep(1100);
        const later = (await manage({ GetRequest: true })).json.TimeData;
        expect(new Date(later).getTime() - new Date(read).getTime()).to.be.within(1000, 3000);
        expect(
          messageIds(await manage({ GetRequest: false, TimeData: 'yesterday' })),
        ).to.deep.equal(['PropertyValueFormatError']);
        expect(messageIds(await manage({ GetRequest: false }))).to.deep.equal(['PropertyMissing']);
      }
    });

    it('cannot be set over Redfish on 8: no such service, no PATCH', async () => {
      const persona = await lab.start({ generation: '8' });
      const service = await ask(persona, `${MANAGER}/Oem/Dell/DellTimeService`, { basic: true });
      expect(service.status).to.equal(404);
      const patched = await ask(persona, MANAGER, {
        method: 'PATCH',
        basic: true,
        json: { DateTime: '2017-06-01T12:00:00+02:00' },
      });
      expect(patched.status).to.equal(405);
      expect(await seconds(persona)).to.be.within(-3, 3);
    });

    it('is right as soon as NTP is on and has a server, and shows its zone', async () => {
      const persona = await lab.start({ generation: '9', clockOffsetSeconds: -5 * DAY_SECONDS });
      await patch(persona, { 'NTPConfigGroup.1.NTPEnable': 'Enabled' });
      expect(await seconds(persona)).to.be.lessThan(-4 * DAY_SECONDS);
      expect((await patch(persona, { 'NTPConfigGroup.1.NTP1': '192.0.2.1' })).status).to.equal(200);
      expect(await seconds(persona)).to.be.within(-3, 3);
      await patch(persona, { 'Time.1.Timezone': 'Asia/Kolkata' });
      const { json } = await ask(persona, MANAGER, { basic: true });
      expect(json.DateTimeLocalOffset).to.equal('+05:30');
      expect(json.DateTime.endsWith('+05:30')).to.equal(true);
      expect(new Date(json.DateTime).getTime() - Date.now()).to.be.within(-3000, 3000);
    });
  });

  describe('attributes', () => {
    it('change all or nothing, and only those that can', async () => {
      const persona = await lab.start({ generation: '9' });
      const cases: [Record<string, unknown>, string][] = [
        [{ 'Nonsense.1.X': 'a' }, 'PropertyUnknown'],
        [{ 'SecurityCertificate.1.SerialNumber': '1' }, 'PropertyNotWritable'],
        [{ 'NTPConfigGroup.1.NTPEnable': 'Perhaps' }, 'PropertyValueNotInList'],
        [{ 'Time.1.Timezone': 'Mars/Olympus' }, 'PropertyValueNotInList'],
      ];
      for (const [change, id] of cases) {
        const answer = await patch(persona, { 'NTPConfigGroup.1.NTP1': 'half', ...change });
        expect([answer.status, ...messageIds(answer)]).to.deep.equal([400, id]);
      }
      const { Attributes } = (await ask(persona, ATTRIBUTES, { basic: true })).json;
      expect(Attributes['NTPConfigGroup.1.NTP1']).to.equal('');
      expect(Attributes['IPBlocking.1.FailCount']).to.equal(3);
    });

    it('are not there on 7 and 8', async () => {
      for (const generation of ['7', '8'] as const) {
        const persona = await lab.start({ generation });
        expect(messageIds(await ask(persona, ATTRIBUTES, { basic: true }))).to.deep.equal([
          'SYS403',
        ]);
      }
    });
  });

  describe('the server', () => {
    it('is switched by the reset types of its generation, and remembers', async () => {
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        const reset = (type: string) =>
          ask(persona, `${SYSTEM}/Actions/ComputerSystem.Reset`, {
            basic: true,
            json: { ResetType: type },
          });
        const power = async () => (await ask(persona, SYSTEM, { basic: true })).json.PowerState;
        expect(await power()).to.equal('On');
        expect((await reset('ForceOff')).status).to.equal(204);
        expect(await power()).to.equal('Off');
        await reset('PushPowerButton');
        expect(await power()).to.equal('On');
        const old = generation === '7' || generation === '8';
        expect((await reset('PowerCycle')).status).to.equal(old ? 400 : 204);
        expect(messageIds(await reset('Explode'))).to.deep.equal(['PropertyValueNotInList']);
      }
    });

    it('has the Model that tells generations apart, selected or expanded', async () => {
      const models: Record<string, string> = {};
      for (const generation of REDFISH) {
        const persona = await lab.start({ generation });
        const { json } = await ask(persona, `${MANAGER}?$select=Model,FirmwareVersion`, {
          basic: true,
        });
        expect(json).to.not.have.property('DateTime');
        expect(json.FirmwareVersion).to.equal(persona.firmware);
        models[generation] = json.Model;
        const members = await ask(persona, '/redfish/v1/Managers?$expand=*($levels=1)', {
          basic: true,
        });
        expect(members.json.Members[0].Model).to.equal(json.Model);
      }
      expect(models).to.deep.equal({
        '7': '12G Monolithic',
        '8': '13G Monolithic',
        '9-old': '14G Monolithic',
        '9': '15G Monolithic',
        '10': '17G Monolithic',
      });
    });
  });

  describe('old web GUI', () => {
    for (const [generation, cookie, separator] of [
      ['6', '_appwebSessionId_', ','],
      ['8', '-http-session-', '&amp;'],
    ] as const)
      it(`of ${generation}: login form, cookie, ST2, power, logout`, async () => {
        const persona = await lab.start({ generation, sessionLimit: 1 });
        expect((await ask(persona, '/index.html')).headers.location).to.equal('/start.html');
        const { text, headers } = await form(persona, 'root', PASSWORD);
        expect(text).to.include('<authResult>0</authResult>');
        const token = new RegExp(`${separator}ST2=([\\da-f]+)<`).exec(text)?.[1] ?? '';
        const [pair = ''] = (headers['set-cookie']?.[0] ?? '').split(';');
        expect(pair.startsWith(`${cookie}=`)).to.equal(true);
        expect(headers['set-cookie']?.[0]?.includes('httponly')).to.equal(generation === '8');
        const own = { Cookie: pair, ST2: token };
        const data = (query: string, with_: Record<string, string>) =>
          ask(persona, `/data?${query}`, { method: 'POST', headers: with_ });
        expect((await data('get=svcTag', { Cookie: pair })).status).to.equal(401);
        // No token for Redfish.
        const redfishToken = { 'X-Auth-Token': pair.slice(cookie.length + 1) };
        const elsewhere = await ask(persona, MANAGER, { headers: redfishToken });
        expect(elsewhere.status).to.equal(generation === '8' ? 401 : 404);
        expect((await data('get=svcTag,pwState', own)).text).to.include(
          `<svcTag>${persona.serviceTag}</svcTag>`,
        );
        await data('set=pwState:0', own);
        expect((await data('get=pwState', own)).text).to.include('<pwState>0</pwState>');
        expect((await form(persona, 'root', PASSWORD)).text).to.include('<authResult>5<');
        expect((await form(persona, '', 'x')).text).to.include('<authResult>2<');
        expect((await form(persona, 'root', '')).text).to.include('<authResult>3<');
        expect((await ask(persona, '/data/logout', { headers: own })).status).to.equal(303);
        expect((await data('get=svcTag', own)).status).to.equal(401);
      });

    it('cures the certificate of 6 over remote racadm', async () => {
      const persona = await lab.start({ generation: '6', certificate: 'self-signed-expired' });
      const before = persona.fingerprint;
      const run = (command: string, sid: string) =>
        ask(persona, '/cgi-bin/exec', {
          headers: { Cookie: `sid=${sid}` },
          body: `<EXEC><REQ><CMDINPUT>racadm ${command}</CMDINPUT><MAXOUTPUTLEN>0x0fff</MAXOUTPUTLEN></REQ></EXEC>`,
        });
      const enter = (password: string) =>
        ask(persona, '/cgi-bin/login', {
          body: `<LOGIN><REQ><USERNAME>root</USERNAME><PASSWORD>${password}</PASSWORD></REQ></LOGIN>`,
        });
      expect((await enter('wrong')).text).to.include('<RC>0x3009</RC>');
      expect((await run('sslresetcfg', '0')).text).to.include('ERROR: Session is not valid.');
      const sid = /<SID>([\da-f]+)<\/SID>/.exec((await enter(PASSWORD)).text)?.[1] ?? '';
      expect((await run('getsvctag', sid)).text).to.include(persona.serviceTag);
      expect((await run('sslresetcfg', sid)).text).to.include('<RC>0x0</RC>');
      expect(persona.fingerprint).to.equal(before);
      await run('racreset', sid);
      await sleep(150);
      expect(persona.fingerprint).to.not.equal(before);
      // In its time again; the name has never fitted.
      const { authority: ca } = persona;
      const strict = await shake(persona, { ca, ciphers: 'DEFAULT@SECLEVEL=0' });
      expect(strict.code).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
    });
  });

  describe('restart', () => {
    it('ends sessions, answers nobody for a while, and comes back', async () => {
      const persona = await lab.start({ generation: '9', restartMillis: 300 });
      const token = { 'X-Auth-Token': String((await login(persona)).headers['x-auth-token']) };
      const reset = (type: string) =>
        ask(persona, `${MANAGER}/Actions/Manager.Reset`, {
          headers: token,
          json: { ResetType: type },
        });
      expect((await reset('ForceRestart')).status).to.equal(400);
      expect((await reset('GracefulRestart')).status).to.equal(204);
      expect((await shake(persona, RELAXED)).code).to.equal('ECONNRESET');
      await sleep(400);
      expect((await ask(persona, MANAGER, { headers: token })).status).to.equal(401);
      expect((await login(persona)).status).to.equal(201);
    });
  });

  describe('starting and closing', () => {
    it('leaves nothing open: a process that did both ends by itself', async () => {
      const entry = new URL('../dist/server/idrac/index.js', import.meta.url).href;
      const script = `
        import { startPersonas } from ${JSON.stringify(entry)};
        import { request, Agent } from 'node:https';
        const list = ${JSON.stringify(ALL)}.map((generation) => ({ generation, password: 'p', restartMillis: 600000 }));
        const { personas, close } = await startPersonas(list);
        const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
        const call = (url, method, body) => new Promise((resolve, reject) => {
          const sent = request(url, { agent, method, headers: { Authorization: 'Basic ' + btoa('root:p'), 'Content-Type': 'application/json' } }, (response) => response.resume().on('end', () => resolve(response.statusCode)));
          sent.on('error', reject).end(body);
        });
        const nine = personas[4].url, ten = personas[5].url;
        const statuses = [
          await call(nine + '/redfish/v1', 'GET'),
          await call(ten + '${MANAGER}/Actions/Manager.Reset', 'POST', '{"ResetType":"GracefulRestart"}'),
        ];
        await new Promise((resolve) => setTimeout(resolve, 50));
        await Promise.all([close(), close()]);
        process.stdout.write(JSON.stringify([statuses, personas.map((persona) => persona.generation)]));
      `;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const timer = setTimeout(() => child.kill(), 15_000);
      const [code] = (await once(child, 'close')) as [number | null];
      clearTimeout(timer);
      expect(JSON.parse(output)).to.deep.equal([[200, 204], ALL]);
      expect(code).to.equal(0);
    });

    it('takes the port that it is given, and says when it cannot', async () => {
      const blocker = createServer().listen(0, '127.0.0.1');
      await once(blocker, 'listening');
      const { port } = blocker.address() as AddressInfo;
      const failure = await startPersonas([
        { generation: '9', password: PASSWORD },
        { generation: '9', password: PASSWORD, port },
      ]).catch((error: Error) => error);
      expect(failure).to.be.instanceOf(Error);
      expect((failure as Error).message).to.equal(`port ${port} on 127.0.0.1 is already in use`);
      blocker.close();
      await once(blocker, 'close');
      const persona = await lab.start({ generation: '9', port });
      expect(persona.url).to.equal(`https://127.0.0.1:${port}`);
      await persona.close();
      const { code } = await shake(persona, RELAXED);
      expect(code).to.equal('ECONNREFUSED');
    });

    it('refuses options that make no sense', async () => {
      const cases: [object, RegExp][] = [
        [{ generation: '5' }, /unknown iDRAC generation '5'/],
        [{ password: '' }, /needs a password/],
        [{ port: 70_000 }, /port must be/],
        [{ lockoutAfter: -1 }, /lockoutAfter must be/],
        [{ sessionLimit: 1.5 }, /sessionLimit must be/],
        [{ clockOffsetSeconds: Number.NaN }, /clockOffsetSeconds must be/],
      ];
      for (const [wrong, message] of cases) {
        const failure = await startPersona({
          generation: '9',
          password: PASSWORD,
          ...wrong,
        } as Parameters<typeof startPersona>[0]).catch((error: Error) => error);
        expect(failure).to.be.instanceOf(Error);
        expect((failure as Error).message).to.match(message);
      }
    });

    it('refuses what is too long and unknown pages', async () => {
      for (const generation of ALL) {
        const persona = await lab.start({ generation });
        expect((await ask(persona, '/nothing/here')).status).to.equal(404);
      }
      const persona = await lab.start({ generation: '9' });
      const body = 'x'.repeat(300 * 1024);
      expect((await ask(persona, sessionsOf('9'), { body })).status).to.equal(413);
    });
  });
});
