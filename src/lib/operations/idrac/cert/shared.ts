import { type ControllerReader, ref, type Step, type TextValue, type Value } from '@pmx-cli/kit';

import { nameOf } from '../../../bmc/index.js';
import { pinKey } from '../check.js';
import { lacks, stepPlace } from '../redfish.js';
import type { Card } from './card.js';

export interface CertificateChange {
  host: string;
  before: { sha256: string; pem: string };
  after: { sha256: Value; subject: Value; notBefore: Value; notAfter: Value };
  restarted: boolean;
  pinned: Value;
}

export interface PinContext {
  file: string;
  /** What is remembered of this host. */
  pin: string | undefined;
}

/** Minutes on real ones. */
const restartSeconds = 600;
const takeOverSeconds = 120;

/** Behind the change: restart where the firmware needs one, then wait for what is served. */
export function afterChange(
  controller: ControllerReader,
  card: Card,
  wanted: string | undefined,
): Step[] {
  const { host, port, fingerprint } = controller;
  const name = nameOf(controller);
  const place = stepPlace(controller);
  if (card.needsRestart && !card.restart) throw lacks(controller, 'restart of itself');
  const told = card.needsRestart ? undefined : card.has('ExportSSLCertificate');
  return [
    ...(card.needsRestart
      ? [
          {
            id: 'restart',
            title: `Restart the controller of ${name}: its firmware ${card.firmware} needs that`,
            kind: 'redfish.call' as const,
            args: {
              ...place,
              method: 'POST' as const,
              path: card.restart!.target,
              body: { ResetType: 'GracefulRestart' },
              endsSessions: true,
            },
            destructive: true,
          },
        ]
      : []),
    {
      id: 'served',
      title: `Wait until ${name} serves the new certificate`,
      kind: 'bmc.await-certificate',
      args: {
        host,
        port,
        before: fingerprint,
        timeoutSeconds: card.needsRestart ? restartSeconds : takeOverSeconds,
        ...(wanted !== undefined
          ? { wanted }
          : told && { export: { ...place, action: told.target } }),
      },
      bind: {
        sha256: 'sha256',
        subject: 'subject',
        notBefore: 'notBefore',
        notAfter: 'notAfter',
        vouched: 'vouched',
      },
    },
  ];
}

/** What was remembered would be wrong from now on. */
export function pinStep(
  controller: ControllerReader,
  { file }: PinContext,
  fingerprint: TextValue,
  only?: Value,
): Step {
  return {
    id: 'pin',
    title: `Remember the new certificate of ${nameOf(controller)}`,
    kind: 'bmc.pin',
    args: { file, key: pinKey(controller), fingerprint, ...(only !== undefined && { only }) },
  };
}

export function changeResult(
  controller: ControllerReader,
  card: Card,
  pinned: Value,
): { [key in keyof CertificateChange]: Value } {
  const { fingerprint, pem } = controller;
  return {
    host: nameOf(controller),
    before: { sha256: fingerprint, pem },
    after: {
      sha256: ref('sha256'),
      subject: ref('subject'),
      notBefore: ref('notBefore'),
      notAfter: ref('notAfter'),
    },
    restarted: card.needsRestart,
    pinned,
  };
}
