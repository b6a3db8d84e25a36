import { isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';

import { type ControllerReader, type Plan, ref } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../../bmc/index.js';
import { actionOf, linkIn, objectIn, lacks, stepPlace } from '../redfish.js';
import { cardOf } from './card.js';

export interface CsrRequest {
  cn?: string | undefined;
  san?: readonly string[] | undefined;
  organization?: string | undefined;
  unit?: string | undefined;
  city?: string | undefined;
  state?: string | undefined;
  country?: string | undefined;
  email?: string | undefined;
}

export interface CsrResult {
  host: string;
  commonName: string;
  names: string[];
  csr: string;
}

/** What the present certificate says of its owner. */
function subjectOf(pem: string): Record<string, string> {
  const lines = new X509Certificate(pem).subject.split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as Record<
    string,
    string
  >;
}

/** @throws RequestError `PMX_BMC_CSR_SUBJECT`; ProxmoxError `PMX_BMC_CANNOT` */
export async function planCsr(controller: ControllerReader, request: CsrRequest): Promise<Plan> {
  const card = await cardOf(controller);
  const name = nameOf(controller);
  const service = await controller.get('/redfish/v1/CertificateService');
  const action = actionOf(service, '#CertificateService.GenerateCSR');
  const network = linkIn(card.manager.body['NetworkProtocol']);
  const collection =
    network === undefined
      ? undefined
      : linkIn(objectIn((await controller.get(network))['HTTPS'])['Certificates']);
  if (!action || collection === undefined)
    throw lacks(controller, `certificate requests (firmware ${card.firmware})`);
  const present = subjectOf(controller.pem);
  const commonName =
    request.cn ?? (isIP(controller.host) === 0 ? controller.host : (present['CN'] ?? name));
  const names = [...(request.san ?? [commonName])];
  const country = request.country ?? present['C'] ?? 'US';
  if (!/^[A-Z]{2}$/.test(country))
    throw new RequestError({
      code: 'PMX_BMC_CSR_SUBJECT',
      message: `Country '${country}' is not valid: it must be the two letters of ISO 3166.`,
      hints: ['For example: --country DE'],
    });
  const email = request.email ?? present['emailAddress'];
  return {
    operation: 'idrac.cert.csr',
    target: name,
    title: `Have ${name} make a key and a certificate request for ${commonName}`,
    local: true,
    steps: [
      {
        id: 'request',
        title: `Make the request for ${names.join(', ')}`,
        kind: 'redfish.call',
        args: {
          ...stepPlace(controller),
          method: 'POST',
          path: action.target,
          body: {
            CertificateCollection: card.stringReferences ? collection : { '@odata.id': collection },
            CommonName: commonName,
            Organization: request.organization ?? present['O'] ?? 'none',
            OrganizationalUnit: request.unit ?? present['OU'] ?? 'none',
            City: request.city ?? present['L'] ?? 'none',
            State: request.state ?? present['ST'] ?? 'none',
            Country: country,
            ...(email !== undefined && { Email: email }),
            AlternativeNames: names,
          },
          // Nobody has the request of which the answer was lost.
          idempotent: true,
          take: 'CSRString',
        },
        bind: { csr: 'CSRString' },
      },
    ],
    notes: [
      `What was requested from ${name} before and is not installed yet will not fit any more: it has one key for this.`,
    ],
    result: { host: name, commonName, names, csr: ref('csr') },
  };
}
