import { type ControllerReader, type Plan, ref } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../../bmc/index.js';
import { stepPlace } from '../redfish.js';
import { cardOf } from './card.js';
import { restartNote } from './replace.js';
import { afterChange, changeResult, type PinContext, pinStep } from './shared.js';

const daySeconds = 86_400;

export interface ResetRequest extends PinContext {
  /** Remember what is served afterwards, also where nothing but the network vouches for it. */
  repin: boolean;
}

/** @throws RequestError `PMX_BMC_CLOCK_WRONG` */
export async function planReset(
  controller: ControllerReader,
  { repin, ...pins }: ResetRequest,
): Promise<Plan> {
  const name = nameOf(controller);
  const { skewSeconds } = controller;
  if (skewSeconds !== null && Math.abs(skewSeconds) > daySeconds)
    throw new RequestError({
      code: 'PMX_BMC_CLOCK_WRONG',
      message: `The clock of ${name} is ${Math.round(skewSeconds / daySeconds)} days off, and the new certificate would get its dates from it.`,
      hints: [`First: pmx idrac time sync ${name} --now`],
    });
  const card = await cardOf(controller);
  const pinned = pins.pin !== undefined;
  const after = afterChange(controller, card, undefined);
  const vouched = after.some(
    (step) => step.kind === 'bmc.await-certificate' && step.args.export !== undefined,
  );
  const pins_ = repin
    ? [pinStep(controller, pins, ref('sha256'))]
    : pinned && vouched
      ? [pinStep(controller, pins, ref('sha256'), ref('vouched'))]
      : [];
  return {
    operation: 'idrac.cert.reset',
    target: name,
    title: `Have ${name} make itself a new certificate`,
    local: true,
    steps: [
      {
        id: 'reset',
        title: `Have ${name} make a new key and certificate`,
        kind: 'redfish.call',
        args: {
          ...stepPlace(controller),
          method: 'POST',
          path: card.action('SSLResetCfg').target,
          body: {},
          // Another fresh one is as good.
          idempotent: true,
          lookup: { served: null, late: card.needsRestart },
        },
        destructive: true,
      },
      ...after,
      ...pins_,
    ],
    impact: {
      removes: [{ what: 'certificate', name: controller.fingerprint, detail: 'with its key' }],
      keeps: [{ what: 'its text', name: 'in the journal of this operation' }],
    },
    notes: [
      ...restartNote(card, name),
      ...(pinned && pins_.length === 0
        ? [
            `The new certificate cannot be told beforehand: compare it afterwards, then pmx idrac pin ${name} --repin (or add --repin here).`,
          ]
        : []),
    ],
    result: { ...changeResult(controller, card, repin || (pinned && vouched && ref('vouched'))) },
  };
}
