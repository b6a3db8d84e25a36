/**
 * `/cgi-bin/*`: discovery, and what `racadm -r` talks to iDRAC 6, 7 and 8. Envelopes as public
 * clients send and read them; the sentences that commands print are assumed. Of the commands only
 * those that cure a certificate or tell the time are there.
 */
import { elements, escapeXml, reply, xml } from './exchange.js';
import type { Call, Part, Reply } from './exchange.js';
import type { Device } from './device.js';

const OK = '0x0';
/** Seen for a login without a valid session. */
const NO_SESSION = '0x3009';

/** Discovery and remote racadm; nothing where the generation has none. */
export function racadmPart(device: Device): Part {
  const { endpointType } = device.profile;
  if (endpointType === undefined) return () => Promise.resolve(undefined);
  return async (call) => {
    switch (call.path) {
      case '/cgi-bin/discover':
        return xml(
          `<DISCOVER><RESP><RC>${OK}</RC><ENDPOINTTYPE>${endpointType}</ENDPOINTTYPE><ENDPOINTVER>1.00</ENDPOINTVER><PROTOCOLTYPE>HTTPS</PROTOCOLTYPE><PROTOCOLVER>2.0</PROTOCOLVER></RESP></DISCOVER>\n`,
        );
      case '/cgi-bin/login':
        return login(device, call);
      case '/cgi-bin/exec':
        return execute(device, call);
      case '/cgi-bin/logout':
        return logout(device, call);
      case '/cgi-bin':
        return reply(503, 'text/html', '');
      default:
        return undefined;
    }
  };
}

function login(device: Device, call: Call): Reply {
  const user = elements(call.body, 'USERNAME')[0];
  const password = elements(call.body, 'PASSWORD')[0];
  const { gate } = device;
  const session =
    user !== undefined &&
    password !== undefined &&
    gate.check(user, password, call.address) === 'ok' &&
    gate.open('RACADM', call.address, device.clock.now());
  return xml(
    `<LOGIN><RESP><RC>${session ? OK : NO_SESSION}</RC><SID>${session ? session.token : 0}</SID></RESP></LOGIN>\n`,
  );
}

function sessionOf(device: Device, call: Call) {
  const id = /(?:^|;\s*)sid=([\da-f]+)/i.exec(call.headers.cookie ?? '')?.[1] ?? '';
  const session = device.gate.find(id);
  return session?.via === 'RACADM' ? session : undefined;
}

async function execute(device: Device, call: Call): Promise<Reply> {
  const command = elements(call.body, 'CMDINPUT')[0] ?? '';
  const session = sessionOf(device, call);
  const output = session ? await run(device, command) : 'ERROR: Session is not valid.';
  return xml(
    `<EXEC><RESP><RC>${session ? OK : NO_SESSION}</RC><OUTPUTLEN>0x${output.length.toString(16)}</OUTPUTLEN><CMD>${escapeXml(command)}</CMD><CMDOUTPUT>${escapeXml(output)}</CMDOUTPUT></RESP></EXEC>\n`,
  );
}

function logout(device: Device, call: Call): Reply {
  const session = sessionOf(device, call);
  if (session) device.gate.close(session);
  return xml(`<LOGOUT><RESP><RC>${OK}</RC><SID>0</SID></RESP></LOGOUT>\n`);
}

async function run(device: Device, command: string): Promise<string> {
  switch (command.trim().replace(/^racadm\s+/, '')) {
    case 'getsvctag':
      return device.serviceTag;
    case 'getractime':
      return device.clock.now().toUTCString();
    case 'sslresetcfg':
      await device.vault.reset(device.clock.now());
      return 'Certificate generated successfully. The RAC must be reset to use it.';
    case 'racreset':
      device.restart = 'idrac';
      return 'RAC reset operation initiated successfully.';
    default:
      return 'ERROR: Invalid subcommand specified.';
  }
}
