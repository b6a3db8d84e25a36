/**
 * WS-Management of iDRAC 7, 8 and early 9: `POST /wsman`, Basic, SOAP [facts §3]. Method and
 * parameter names are those of Dell's profiles and of public clients that ran against 2.86.86.86;
 * nobody here has checked the wording of the answers on hardware.
 */
import { randomUUID } from 'node:crypto';
import { basicCredentials, elements, empty, escapeXml, reply } from './exchange.js';
import type { Call, Part, Reply } from './exchange.js';
import type { Device } from './device.js';
import { WsmanMethods } from './wsman-methods.js';
import type { Outcome } from './wsman-methods.js';

const CIM = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/root/dcim';
const GET = 'http://schemas.xmlsoap.org/ws/2004/09/transfer/Get';
const TYPE = 'application/soap+xml;charset=UTF-8';

/** The `/wsman` endpoint; nothing where the generation has none. */
export function wsmanPart(device: Device): Part {
  if (!device.profile.wsman) return () => Promise.resolve(undefined);
  const methods = new WsmanMethods(device);
  return async (call) => {
    if (call.path !== '/wsman') return undefined;
    const given = basicCredentials(call.headers);
    if (!given || device.gate.check(given.user, given.password, call.address) !== 'ok')
      return empty(401, { 'WWW-Authenticate': 'Basic realm="OPENWSMAN"' });
    if (call.method !== 'POST') return empty(405, { Allow: 'POST' });
    return answer(methods, call);
  };
}

async function answer(methods: WsmanMethods, call: Call): Promise<Reply> {
  const action = elements(call.body, 'Action')[0] ?? '';
  const resource = elements(call.body, 'ResourceURI')[0] ?? '';
  const service = resource.slice(resource.lastIndexOf('/') + 1);
  const id = elements(call.body, 'MessageID')[0] ?? '';
  if (action === GET) {
    const attribute = methods.attribute(service, selector(call.body, 'InstanceID'));
    return attribute
      ? envelope(`${GET}Response`, id, resource, service, attribute)
      : fault(
          id,
          'wsa:DestinationUnreachable',
          'No route can be determined to reach the destination role defined by the WSAddressing To.',
        );
  }
  const method = action.slice(action.lastIndexOf('/') + 1);
  const outcome = await methods.invoke(service, method, (name) => elements(call.body, name));
  return outcome
    ? envelope(`${resource}/${method}Response`, id, resource, `${method}_OUTPUT`, outcome)
    : fault(id, 'wsa:ActionNotSupported', 'The action is not supported by the service.');
}

function selector(body: string, name: string): string {
  return new RegExp(`<(?:[\\w.-]+:)?Selector\\s+Name="${name}"\\s*>([^<]*)<`).exec(body)?.[1] ?? '';
}

function soap(status: number, action: string, relatesTo: string, body: string): Reply {
  return reply(
    status,
    TYPE,
    `<?xml version="1.0" encoding="UTF-8"?>
<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:wsman="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">
  <s:Header>
    <wsa:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:To>
    <wsa:Action>${escapeXml(action)}</wsa:Action>
    <wsa:RelatesTo>${escapeXml(relatesTo)}</wsa:RelatesTo>
    <wsa:MessageID>uuid:${randomUUID()}</wsa:MessageID>
  </s:Header>
  <s:Body>
${body}
  </s:Body>
</s:Envelope>
`,
  );
}

function envelope(
  action: string,
  relatesTo: string,
  resource: string,
  element: string,
  outcome: Outcome,
): Reply {
  const values = Object.entries(outcome)
    .map(([name, value]) => `      <n1:${name}>${escapeXml(value)}</n1:${name}>`)
    .join('\n');
  const namespace = escapeXml(resource === '' ? CIM : resource);
  return soap(
    200,
    action,
    relatesTo,
    `    <n1:${element} xmlns:n1="${namespace}">\n${values}\n    </n1:${element}>`,
  );
}

function fault(relatesTo: string, subcode: string, reason: string): Reply {
  return soap(
    500,
    'http://schemas.xmlsoap.org/ws/2004/08/addressing/fault',
    relatesTo,
    `    <s:Fault>
      <s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>
      <s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason>
    </s:Fault>`,
  );
}
