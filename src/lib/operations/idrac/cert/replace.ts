import { type ControllerReader, type Plan, secretRef, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../../bmc/index.js';
import { stepPlace } from '../redfish.js';
import { type Card, cardOf } from './card.js';
import { type Material, type MaterialFiles, readMaterial, refuseUnfit } from './material.js';
import { afterChange, changeResult, type PinContext, pinStep } from './shared.js';

/** @throws RequestError `PMX_BMC_CERT_UNFIT`, `PMX_BMC_NO_KEY_UPLOAD` */
export async function planReplace(
  controller: ControllerReader,
  files: MaterialFiles,
  pins: PinContext,
): Promise<Plan> {
  const material = await readMaterial(files);
  const notes = await refuseUnfit(material, files, controller);
  const card = await cardOf(controller);
  const name = nameOf(controller);
  const { facts, key, pkcs12 } = material;
  const { sha256 } = facts;
  const plan = { operation: 'idrac.cert.replace', target: name, local: true } as const;
  const title = `Replace the certificate of ${name} by that of ${facts.subject}`;
  const result = { ...changeResult(controller, card, pins.pin !== undefined) };
  if (sha256 === controller.fingerprint) {
    const { subject, notBefore, notAfter } = facts;
    return {
      ...plan,
      title,
      steps: [],
      notes: [`${name} serves this certificate already.`],
      result: {
        ...result,
        after: { sha256, subject, notBefore, notAfter },
        restarted: false,
        pinned: false,
      },
    };
  }
  return {
    ...plan,
    title,
    steps: [
      ...installSteps(controller, card, material),
      ...afterChange(controller, card, sha256),
      ...(pins.pin === undefined ? [] : [pinStep(controller, pins, sha256)]),
    ],
    impact: {
      removes: [
        {
          what: 'certificate',
          name: controller.fingerprint,
          detail: 'its key cannot be read out, so it does not come back',
        },
      ],
      keeps: [{ what: 'its text', name: 'in the journal of this operation' }],
    },
    notes: [...notes, ...restartNote(card, name)],
    result,
    secrets: {
      ...(key !== undefined && { key }),
      ...(pkcs12 && {
        pkcs12: pkcs12.base64,
        ...(pkcs12.passphrase !== '' && { passphrase: pkcs12.passphrase }),
      }),
    },
  };
}

export function restartNote({ needsRestart, firmware }: Card, name: string): string[] {
  return needsRestart
    ? [
        `Firmware ${firmware} serves it after a restart of the controller: ${name} is away for some minutes, its server runs on.`,
      ]
    : [];
}

function installSteps(controller: ControllerReader, card: Card, material: Material): Step[] {
  const name = nameOf(controller);
  const { facts, pem, key, pkcs12 } = material;
  const place = stepPlace(controller);
  const target = card.action('ImportSSLCertificate').target;
  const common = { ...place, method: 'POST' as const, path: target };
  const title = `Install the certificate with SHA-256 ${facts.sha256}`;
  const lookup = { served: facts.sha256, late: card.needsRestart };
  if (pkcs12)
    return [
      {
        id: 'install',
        title,
        kind: 'redfish.call',
        args: {
          ...common,
          body: {
            CertificateType: 'CustomCertificate',
            SSLCertificateFile: secretRef('pkcs12'),
            ...(pkcs12.passphrase !== '' && { Passphrase: secretRef('passphrase') }),
          },
          // It brings its key along, so a second time gives the same.
          idempotent: true,
          lookup,
        },
        destructive: true,
      },
    ];
  const upload = key === undefined ? undefined : card.has('UploadSSLKey');
  if (key !== undefined && !upload)
    throw new RequestError({
      code: 'PMX_BMC_NO_KEY_UPLOAD',
      message: `Firmware ${card.firmware} of ${name} takes no key by itself, only together with its certificate.`,
      hints: [
        'openssl pkcs12 -export -in cert.pem -inkey key.pem -out cert.pfx',
        `pmx idrac cert replace ${name} --pfx cert.pfx`,
      ],
    });
  return [
    ...(upload
      ? [
          {
            id: 'key',
            title: `Give ${name} the key`,
            kind: 'redfish.call' as const,
            args: {
              ...place,
              method: 'POST' as const,
              path: upload.target,
              body: { SSLKeyString: secretRef('key') },
              idempotent: true,
            },
          },
        ]
      : []),
    {
      id: 'install',
      title,
      kind: 'redfish.call',
      args: {
        ...common,
        body: { CertificateType: 'Server', SSLCertificateFile: pem },
        lookup,
      },
      destructive: true,
    },
  ];
}
