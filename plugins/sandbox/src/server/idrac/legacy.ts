/**
 * Pages and XML of the old web GUI on iDRAC 6, 7 and 8 (public write-ups of a live iDRAC6 2.92 and
 * iDRAC8 2.86.86.86; 7 is taken to be as 8), and what iDRAC9 tells everybody. A path that exists but
 * wants a login answers 302 (a page) or 401 (data); all others 404.
 */
import { empty, escapeXml, html, reply, xml } from './exchange.js';
import type { Call, Part, Reply } from './exchange.js';
import type { Device } from './device.js';
import type { Session } from './gate.js';

/** authResult of `/data/login`. */
const AUTH = { ok: 0, wrong: 1, noUser: 2, noPassword: 3, full: 5 } as const;
/** `pwState` values that the GUI sends, as the ResetType that means the same. */
const POWER: Readonly<Record<string, 'On' | 'Off' | 'same'>> = {
  '0': 'Off',
  '1': 'On',
  '2': 'same',
  '3': 'same',
  '4': 'same',
  '5': 'Off',
};

/** The GUI's part; nothing where the generation has none. */
export function legacyPart(device: Device): Part {
  const { web } = device.profile;
  if (web === 'none') return () => Promise.resolve(undefined);
  if (web === 'restgui') return (call) => Promise.resolve(modern(device, call));
  const gui = new LegacyGui(device, web === 'legacy-6');
  return (call) => Promise.resolve(gui.answer(call));
}

/** iDRAC9: start page and the identity that needs no login. */
function modern(device: Device, call: Call): Reply | undefined {
  if (call.method !== 'GET') return undefined;
  if (call.path === '/restgui/start.html')
    return html(200, '<body><idrac-start-screen config="settings"></idrac-start-screen></body>');
  if (call.path !== '/sysmgmt/2015/bmc/info') return undefined;
  const { profile } = device;
  return reply(
    200,
    'application/json',
    JSON.stringify({
      Attributes: {
        ADEnabled: 'Disabled',
        FwVer: profile.firmware,
        GUITitleBar: device.name,
        IsOEMBranded: '0',
        License: 'Enterprise',
        SSOEnabled: 'Disabled',
        ServerGen: profile.serverGeneration,
        SystemLockdown: device.attributes.text('Lockdown.1.SystemLockdown'),
        SystemModelName: profile.serverModel,
        TFAEnabled: 'Disabled',
        iDRACName: device.name,
      },
    }),
  );
}

class LegacyGui {
  private readonly device: Device;
  private readonly six: boolean;
  private readonly cookie: string;

  constructor(device: Device, six: boolean) {
    this.device = device;
    this.six = six;
    this.cookie = six ? '_appwebSessionId_' : '-http-session-';
  }

  answer(call: Call): Reply | undefined {
    const { profile, serviceTag } = this.device;
    switch (call.path) {
      case '':
        return empty(302, { Location: '/start.html' });
      case '/start.html':
        return html(200, '<head><script>location = "/login.html";</script></head>');
      case '/login.html':
        return html(
          200,
          `<head><title>${escapeXml(profile.product)}</title></head><body><form action="/data/login" method="post"><input name="user"><input name="password" type="password"></form></body>`,
        );
      case '/public/about.html':
        return html(200, `<body>${escapeXml(profile.product)} ${profile.firmware}</body>`);
      case '/index.html':
        return this.session(call)
          ? html(200, `<body>${escapeXml(serviceTag)}</body>`)
          : empty(302, { Location: '/start.html' });
      case '/data/login':
        return this.login(call);
      case '/data/logout':
        return this.logout(call);
      case '/data':
        return this.data(call);
      case '/session':
        return this.six ? undefined : this.properties(call);
      default:
        return undefined;
    }
  }

  private login(call: Call): Reply {
    const { gate, clock } = this.device;
    const form = new URLSearchParams(call.body);
    const user = form.get('user') ?? '';
    const password = form.get('password') ?? '';
    // Without any of it, as a visit by hand: the GUI counts no attempt.
    if (user === '' && password === '') return this.loginResult(AUTH.wrong, call);
    if (user === '') return this.loginResult(AUTH.noUser, call);
    if (password === '') return this.loginResult(AUTH.noPassword, call);
    if (gate.check(user, password, call.address) !== 'ok')
      return this.loginResult(AUTH.wrong, call);
    const session = gate.open('WebUI', call.address, clock.now());
    return session ? this.loginResult(AUTH.ok, call, session) : this.loginResult(AUTH.full, call);
  }

  private loginResult(result: number, call: Call, session?: Session): Reply {
    const separator = this.six ? ',' : '&';
    // ST1 is for addresses of downloads and consoles, which the sandbox has none of.
    const forward = session
      ? `index.html?ST1=${session.formToken.slice(0, 16)}${separator}ST2=${session.formToken}`
      : 'index.html';
    // iDRAC6 has no such element.
    const blocking = this.six
      ? ''
      : `\n  <blockingTime>${this.device.gate.blockedFor(call.address)}</blockingTime>`;
    const attributes = this.six ? 'path=/; secure' : 'path=/; secure; httponly';
    return xml(
      `<root>\n  <status>ok</status>\n  <authResult>${result}</authResult>${blocking}\n  <forwardUrl>${escapeXml(forward)}</forwardUrl>\n  <errorMsg></errorMsg>\n</root>\n`,
      session ? { 'Set-Cookie': `${this.cookie}=${session.token}; ${attributes}` } : {},
    );
  }

  private logout(call: Call): Reply {
    const session = this.session(call);
    if (session) this.device.gate.close(session);
    return empty(303, { Location: '/login.html' });
  }

  private session(call: Call): Session | undefined {
    const pairs = (call.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const own = pairs.find((pair) => pair.startsWith(`${this.cookie}=`));
    const session = own && this.device.gate.find(own.slice(this.cookie.length + 1));
    return session && session.via === 'WebUI' ? session : undefined;
  }

  /** `/data?get=a,b` and `/data?set=a:b`: cookie and header ST2, else 401. */
  private data(call: Call): Reply {
    const get = call.query.get('get');
    if (get !== null && !this.six && get === 'prodServerGen')
      return xml(
        `<root>\n  <prodServerGen>${this.device.profile.serverGeneration}</prodServerGen>\n  <Manufacturer>Dell Inc.</Manufacturer>\n  <isDellBranded>1</isDellBranded>\n  <status>ok</status>\n</root>\n`,
      );
    const session = this.session(call);
    if (!session || call.headers['st2'] !== session.formToken)
      return html(401, '<body><h2>Access Error: Unauthorized</h2></body>');
    const set = call.query.get('set');
    if (set !== null && call.method === 'POST') return this.change(set);
    const known = this.readings();
    const names = (get ?? '').split(',').filter((name) => Object.hasOwn(known, name));
    const values = names.map((name) => `  <${name}>${escapeXml(known[name] ?? '')}</${name}>\n`);
    return xml(`<root>\n${values.join('')}  <status>ok</status>\n</root>\n`);
  }

  private readings(): Record<string, string> {
    const { device } = this;
    return {
      sysDesc: device.profile.serverModel,
      svcTag: device.serviceTag,
      hostName: '',
      fwVersion: device.profile.firmware,
      macAddr: device.mac,
      pwState: device.power === 'On' ? '1' : '0',
    };
  }

  private change(pairs: string): Reply {
    let done = pairs !== '';
    for (const pair of pairs.split(',')) {
      const [name = '', value = ''] = pair.split(':');
      const power = name === 'pwState' && Object.hasOwn(POWER, value) ? POWER[value] : undefined;
      if (power) this.device.power = power === 'same' ? this.device.power : power;
      else if (name === 'iDracReset' && value === '1') this.device.restart = 'idrac';
      else done = false;
    }
    return xml(`<root>\n  <status>${done ? 'ok' : 'error'}</status>\n</root>\n`);
  }

  /** `/session?aimGetProp=…`: single names of a short list, everything else wants a login. */
  private properties(call: Call): Reply {
    const { profile, name } = this.device;
    const open: Record<string, string> = {
      fwVersion: profile.firmware,
      fwVersionFull: profile.firmware,
      hostname: name,
    };
    const wanted = call.query.get('aimGetProp') ?? '';
    const value = Object.hasOwn(open, wanted) ? open[wanted] : undefined;
    return value === undefined
      ? empty(302, { Location: '/start.html' })
      : reply(
          200,
          'application/json',
          JSON.stringify({ aimGetProp: { [wanted]: value, status: 'OK' } }),
        );
  }
}
