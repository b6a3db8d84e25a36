import type { GuestAgentArgs, Json, StepResult } from '@pmx-cli/kit';

import { isAnswerLost, type WriteParams } from '../../../api/index.js';
import { agentPath, explained } from '../../reach/agent.js';
import { repeatable, type StepContext } from './handler.js';

/** Tells a guest agent to do something that is the same when it is done twice. */
export const guestAgent = repeatable<'guest.agent'>(async (args, context) => {
  try {
    return await send(args, context);
  } catch (error) {
    if (!isAnswerLost(error)) throw explained(error, args);
    context.report('the answer was lost, telling it again');
    return send(args, context);
  }
});

async function send(args: GuestAgentArgs, context: StepContext): Promise<StepResult> {
  const pve = await context.pve();
  const path = `${agentPath(args)}/${args.command}`;
  const params = context.resolve(args.params ?? {}) as WriteParams;
  const data = await pve.send<{ result?: Json } | null>('POST', path, params);
  const answer = data?.result ?? null;
  const fields = typeof answer === 'object' && !Array.isArray(answer) ? answer : {};
  return { ...fields, answer };
}
