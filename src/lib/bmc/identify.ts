import type { Answer, Conversation } from './conversation.js';
import { type CertificateFacts, type Generation, type Identity, noIdentity } from './types.js';

type Json = Record<string, unknown>;

function parsed(answer: Answer): Json | undefined {
  try {
    const value: unknown = JSON.parse(answer.text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const part = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};

/** Dotted numbers as numbers: 1.20 is younger than 1.4. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let at = 0; at < Math.max(left!.length, right!.length); at += 1) {
    const difference = (left![at] ?? 0) - (right![at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the Redfish service root tells everybody. */
function fromRoot(root: Json): Identity {
  const dell = part(part(root['Oem'])['Dell']);
  const [oem] = Object.keys(part(root['Oem']));
  const product = text(root['Product']);
  const isDell =
    Object.keys(dell).length > 0 ||
    root['Vendor'] === 'Dell' ||
    /Integrated Dell Remote Access Controller/i.test(product ?? '');
  return {
    ...noIdentity,
    vendor: isDell ? 'Dell' : (text(root['Vendor']) ?? oem ?? null),
    product,
    serviceTag: text(dell['ServiceTag']),
    mac: text(dell['ManagerMACAddress']),
    redfish: text(root['RedfishVersion']),
  };
}

const byServerGeneration: Readonly<Record<string, Generation>> = {
  '10G': 6,
  '11G': 6,
  '12G': 7,
  '13G': 8,
  '14G': 9,
  '15G': 9,
  '16G': 9,
  '17G': 10,
};
const byEndpointType: Readonly<Record<string, Generation>> = {
  idrac: 6,
  idrac6: 6,
  idrac7: 7,
  idrac8: 8,
};

/** The first Redfish version that no iDRAC9 was seen with; iDRAC10 has no page that says more. */
const redfishOfTen = '1.18';

async function askNine(conversation: Conversation, known: Identity): Promise<Identity> {
  const info = part(parsed(await conversation.get('/sysmgmt/2015/bmc/info'))?.['Attributes']);
  const firmware = text(info['FwVer']);
  const generation = byServerGeneration[text(info['ServerGen']) ?? ''];
  const lockdown = text(info['SystemLockdown']);
  if (firmware === null && generation === undefined) {
    const { redfish } = known;
    return {
      ...known,
      generation: redfish !== null && compareVersions(redfish, redfishOfTen) >= 0 ? 10 : 9,
      generationBy: 'redfish-version',
    };
  }
  return {
    ...known,
    generation: generation ?? 9,
    generationBy: 'bmc-info',
    firmware,
    model: text(info['SystemModelName']),
    lockdown: lockdown === null ? null : lockdown === 'Enabled',
  };
}

/** iDRAC 6, 7 and 8. */
async function askOld(conversation: Conversation, known: Identity): Promise<Identity | undefined> {
  const discovered = await conversation.get('/cgi-bin/discover');
  const type = /<ENDPOINTTYPE>([^<]+)<\/ENDPOINTTYPE>/i.exec(discovered.text)?.[1] ?? '';
  const generation = byEndpointType[type.toLowerCase()];
  if (generation === undefined) return undefined;
  return {
    ...known,
    vendor: 'Dell',
    generation,
    generationBy: 'discover',
    firmware: await firmwareOfOld(conversation, generation),
  };
}

async function firmwareOfOld(
  conversation: Conversation,
  generation: Generation,
): Promise<string | null> {
  if (generation === 6) {
    const about = await conversation.get('/public/about.html');
    return /\b\d\.\d{2}\b/.exec(about.text)?.[0] ?? null;
  }
  const answer = parsed(await conversation.get('/session?aimGetProp=fwVersionFull'));
  return text(part(answer?.['aimGetProp'])['fwVersionFull']);
}

/** Dell's certificate names its generation, also where nothing else could be asked. */
export function fromCertificate(leaf: CertificateFacts | undefined): Identity {
  const digit = /iDRAC(\d) default certificate/i.exec(leaf?.subject ?? '')?.[1];
  const number = Number(digit);
  if (leaf?.defaultCert !== true) return noIdentity;
  return {
    ...noIdentity,
    vendor: 'Dell',
    ...(number >= 6 &&
      number <= 8 && { generation: number as Generation, generationBy: 'certificate' as const }),
  };
}

/**
 * Who is it? Only pages that need no login and count no attempt.
 *
 * @param root the answer to GET /redfish/v1
 */
export async function identify(
  conversation: Conversation,
  root: Answer,
  leaf: CertificateFacts | undefined,
): Promise<Identity> {
  const body = root.status === 200 ? parsed(root) : undefined;
  const byName = fromCertificate(leaf);
  if (body?.['RedfishVersion'] === undefined) {
    return (await askOld(conversation, byName)) ?? byName;
  }
  const known = fromRoot(body);
  if (known.vendor !== 'Dell') return known;
  // 7 and 8 stopped at 1.4; the page that tells them apart is gone with 9.
  const old = known.redfish !== null && compareVersions(known.redfish, '1.5') < 0;
  return (old ? await askOld(conversation, known) : undefined) ?? askNine(conversation, known);
}
