import { MANAGER } from '../generations.js';
import type { Reply } from '../exchange.js';
import { ImportRefused } from '../vault.js';
import type { StoredKind } from '../vault.js';
import type { DistinguishedName } from '../x509.js';
import {
  importFailed,
  json,
  notFound,
  notInList,
  propertyMissing,
  success,
  wrongType,
} from './messages.js';
import { Refusal, collection, described, link, optionalText, textOf } from './resource.js';
import type { Body, Context, Entry } from './resource.js';

const SERVICE = '/redfish/v1/CertificateService';
const LOCATIONS = `${SERVICE}/CertificateLocations`;
const GENERATE = `${SERVICE}/Actions/CertificateService.GenerateCSR`;
const REPLACE = `${SERVICE}/Actions/CertificateService.ReplaceCertificate`;
const NETWORK = `${MANAGER}/NetworkProtocol`;
const COLLECTION = `${NETWORK}/HTTPS/Certificates`;
const CERTIFICATE = `${COLLECTION}/SecurityCertificate.1`;

const STORED: readonly string[] = ['CA', 'ClientTrustCertificate'] satisfies StoredKind[];
/** CSC, a signing certificate of one's own, is left out: the sandbox cannot sign with it. */
const IMPORTS = ['Server', 'CA', 'CustomCertificate', 'ClientTrustCertificate'];
const EXPORTS = ['Server', 'CA', 'ClientTrustCertificate'];

/** The certificate services of iDRAC9 and later [facts §3]. */
export function certificateEntries(context: Context): Entry[] {
  const { redfish } = context;
  if (!redfish.services) return [];
  const card = `${redfish.services.oem}/DelliDRACCardService`;
  const action = (name: string): string => `${card}/Actions/DelliDRACCardService.${name}`;
  const named = (name: string, values: Body = {}): Body => ({
    [`#DelliDRACCardService.${name}`]: { ...values, target: action(name) },
  });
  const service = (): Body =>
    described(SERVICE, '#CertificateService.v1_0_2.CertificateService', {
      Id: 'CertificateService',
      Name: 'Certificate Service',
      CertificateLocations: link(LOCATIONS),
      Actions: {
        '#CertificateService.GenerateCSR': { target: GENERATE },
        '#CertificateService.ReplaceCertificate': { target: REPLACE },
      },
    });
  const locations = (): Body =>
    described(LOCATIONS, '#CertificateLocations.v1_0_2.CertificateLocations', {
      Id: 'CertificateLocations',
      Name: 'Certificate Locations',
      Links: { Certificates: [link(CERTIFICATE)] },
    });
  const network = (): Body =>
    described(NETWORK, '#ManagerNetworkProtocol.v1_5_0.ManagerNetworkProtocol', {
      Id: 'NetworkProtocol',
      Name: 'Manager Network Protocol',
      HostName: context.device.name,
      HTTPS: { Certificates: link(COLLECTION), ProtocolEnabled: true },
    });
  const cardService = (): Body =>
    described(card, '#DelliDRACCardService.v1_4_0.DelliDRACCardService', {
      Id: 'DelliDRACCardService',
      Name: 'DelliDRACCardService',
      Actions: {
        ...named('ImportSSLCertificate', { 'CertificateType@Redfish.AllowableValues': IMPORTS }),
        ...named('ExportSSLCertificate', { 'SSLCertType@Redfish.AllowableValues': EXPORTS }),
        ...named('SSLResetCfg'),
        ...(redfish.services?.keyUpload ? named('UploadSSLKey') : {}),
      },
    });
  return [
    [SERVICE, { GET: service }],
    [LOCATIONS, { GET: locations }],
    [NETWORK, { GET: network }],
    [
      COLLECTION,
      {
        GET: () =>
          collection(COLLECTION, 'CertificateCollection', 'Certificate Collection', [CERTIFICATE]),
      },
    ],
    [CERTIFICATE, { GET: () => showCertificate(context) }],
    [GENERATE, { POST: (body) => generateRequest(context, body) }],
    [REPLACE, { POST: (body) => replace(context, body) }],
    [card, { GET: cardService }],
    [action('ImportSSLCertificate'), { POST: (body) => importCertificate(context, body) }],
    [action('ExportSSLCertificate'), { POST: (body) => exportCertificate(context, body) }],
    [
      action('SSLResetCfg'),
      {
        POST: async () => {
          await context.device.vault.reset(context.device.clock.now());
          context.device.certificateChanged(context.device.profile.restart.import);
          return success(redfish);
        },
      },
    ],
    ...(redfish.services.keyUpload
      ? ([[action('UploadSSLKey'), { POST: (body) => uploadKey(context, body) }]] satisfies Entry[])
      : []),
  ];
}

function nameOf(text: string): Body {
  const parts = Object.fromEntries(
    text.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
  return {
    City: parts['L'] ?? null,
    CommonName: parts['CN'] ?? null,
    Country: parts['C'] ?? null,
    Email: parts['emailAddress'] ?? null,
    Organization: parts['O'] ?? null,
    OrganizationalUnit: parts['OU'] ?? null,
    State: parts['ST'] ?? null,
  };
}

/** `2031-1-21T05:38:00+00:00`: month and day without a leading zero [facts §12]. */
function dellDate(date: Date): string {
  const day = `${date.getUTCFullYear()}-${date.getUTCMonth() + 1}-${date.getUTCDate()}`;
  return `${day}T${date.toISOString().slice(11, 19)}+00:00`;
}

function showCertificate({ device }: Context): Body {
  const certificate = device.vault.certificate;
  return described(CERTIFICATE, '#Certificate.v1_2_1.Certificate', {
    Id: 'SecurityCertificate.1',
    Name: 'Server Certificates',
    Description: 'IDRAC Web server SSL digital certificate',
    Issuer: nameOf(certificate.issuer),
    Subject: nameOf(certificate.subject),
    ValidNotBefore: dellDate(certificate.validFromDate),
    ValidNotAfter: dellDate(certificate.validToDate),
  });
}

/** A reference as this firmware wants it; the other form is refused [facts §3]. */
function reference({ redfish }: Context, body: Body, name: string, path: string): void {
  if (redfish.services?.stringReferences) {
    const given = textOf(redfish, body, name);
    if (given !== path) throw new Refusal(notInList(redfish, name, given));
    return;
  }
  const value = body[name];
  if (value === undefined) throw new Refusal(propertyMissing(redfish, name));
  if (typeof value !== 'object' || value === null)
    throw new Refusal(wrongType(redfish, name, value));
  const given = textOf(redfish, value as Body, '@odata.id');
  if (given !== path) throw new Refusal(notInList(redfish, name, given));
}

async function generateRequest(context: Context, body: Body): Promise<Reply> {
  const { device, redfish } = context;
  reference(context, body, 'CertificateCollection', COLLECTION);
  const subject: DistinguishedName = {
    commonName: textOf(redfish, body, 'CommonName'),
    organization: textOf(redfish, body, 'Organization'),
    unit: textOf(redfish, body, 'OrganizationalUnit'),
    city: textOf(redfish, body, 'City'),
    state: textOf(redfish, body, 'State'),
    country: textOf(redfish, body, 'Country'),
    email: optionalText(redfish, body, 'Email'),
  };
  const names = body['AlternativeNames'] ?? [];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    return wrongType(redfish, 'AlternativeNames', names);
  return json(200, {
    CSRString: await device.vault.request(subject, names),
    CertificateCollection: link(COLLECTION),
  });
}

/** Runs an import; a certificate that is not taken is LC011. */
async function attempt({ redfish }: Context, work: () => Promise<void> | void): Promise<Reply> {
  try {
    await work();
    return success(redfish);
  } catch (error) {
    if (error instanceof ImportRefused) return importFailed(redfish);
    throw error;
  }
}

function replace(context: Context, body: Body): Promise<Reply> | Reply {
  const { device, redfish } = context;
  const type = textOf(redfish, body, 'CertificateType');
  if (type !== 'PEM') return notInList(redfish, 'CertificateType', type);
  reference(context, body, 'CertificateUri', CERTIFICATE);
  const text = textOf(redfish, body, 'CertificateString');
  return attempt(context, async () => {
    await device.vault.importServer(text, '');
    device.certificateChanged(device.profile.restart.replace);
  });
}

function importCertificate(context: Context, body: Body): Promise<Reply> | Reply {
  const { device, redfish } = context;
  const type = textOf(redfish, body, 'CertificateType');
  if (!IMPORTS.includes(type)) return notInList(redfish, 'CertificateType', type);
  const text = textOf(redfish, body, 'SSLCertificateFile');
  const passphrase = optionalText(redfish, body, 'Passphrase');
  return attempt(context, async () => {
    if (STORED.includes(type)) {
      device.vault.store(type as StoredKind, text);
      return;
    }
    if (type === 'Server') await device.vault.importServer(text, passphrase);
    else await device.vault.importCustom(text, passphrase);
    device.certificateChanged(device.profile.restart.import);
  });
}

function uploadKey(context: Context, body: Body): Promise<Reply> {
  const text = textOf(context.redfish, body, 'SSLKeyString');
  return attempt(context, () => context.device.vault.uploadKey(text));
}

function exportCertificate({ device, redfish }: Context, body: Body): Reply {
  const type = textOf(redfish, body, 'SSLCertType');
  if (!EXPORTS.includes(type)) return notInList(redfish, 'SSLCertType', type);
  const found = device.vault.read(type as StoredKind | 'Server');
  return found === undefined
    ? notFound(redfish, type)
    : success(redfish, { CertificateFile: found });
}
