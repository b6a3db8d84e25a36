import { type Plan, RequestError } from '@pmx-cli/kit';

import type { BmcTarget, Probe } from '../../bmc/index.js';
import { pinKey, targetName } from './check.js';
import type { Pins } from './pins.js';

export interface PinResult {
  pinned: Array<{ host: string; fingerprint: string; before: string | null }>;
  removed: string[];
}

export interface PinRequest {
  file: string;
  pins: Pins;
  repin: boolean;
}

/** @throws RequestError `PMX_PIN_DIFFERS` when another certificate is remembered, without --repin */
export function planPin(seen: readonly Probe[], { file, pins, repin }: PinRequest): Plan {
  const pinned = seen.map((one) => {
    const fingerprint = one.chain[0]!.sha256;
    const before = pins[pinKey(one)] ?? null;
    if (before !== null && before !== fingerprint && !repin) {
      throw new RequestError({
        code: 'PMX_PIN_DIFFERS',
        message: `${targetName(one)} shows another certificate than the one remembered.`,
        hints: [
          'Find out who changed it, by another way than this network.',
          'Then remember the new one: add --repin.',
        ],
        data: { remembered: before, shown: fingerprint },
      });
    }
    return { key: pinKey(one), host: targetName(one), fingerprint, before };
  });
  return planOf(
    file,
    pinned.map(({ key, host, fingerprint, before }) => ({ key, host, to: fingerprint, before })),
    {
      pinned: pinned.map(({ host, fingerprint, before }) => ({ host, fingerprint, before })),
      removed: [],
    },
  );
}

/** @throws RequestError `PMX_NO_PIN` */
export function planUnpin(targets: readonly BmcTarget[], file: string, pins: Pins): Plan {
  const changes = targets.map((target) => {
    const before = pins[pinKey(target)];
    if (before === undefined) {
      throw new RequestError({
        code: 'PMX_NO_PIN',
        message: `No certificate is remembered for ${targetName(target)}.`,
        hints: ['A port other than 443 belongs to the name: HOST:PORT.'],
      });
    }
    return { key: pinKey(target), host: targetName(target), to: null, before };
  });
  return planOf(file, changes, { pinned: [], removed: changes.map(({ host }) => host) });
}

interface Change {
  key: string;
  host: string;
  to: string | null;
  before: string | null;
}

function planOf(file: string, changes: readonly Change[], result: PinResult): Plan {
  const hosts = changes.map(({ host }) => host).join(', ');
  const verb = changes.some(({ to }) => to === null) ? 'Forget' : 'Remember';
  return {
    operation: 'idrac.pin',
    target: hosts,
    title: `${verb} the certificate of ${hosts}`,
    local: true,
    steps: changes.map(({ key, host, to, before }, at) => ({
      id: `pin-${at + 1}`,
      title: to === null ? `Forget the certificate of ${host}` : `Remember ${to} for ${host}`,
      kind: 'bmc.pin' as const,
      args: { file, key, fingerprint: to },
      undo: [
        {
          title: `Put back what was remembered for ${host}`,
          kind: 'bmc.pin' as const,
          args: { file, key, fingerprint: before },
        },
      ],
    })),
    result: { ...result },
  };
}
