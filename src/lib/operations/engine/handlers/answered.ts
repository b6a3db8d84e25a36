import { isAnswerLost } from '../../../api/index.js';
import type { StepContext } from './handler.js';

const pauseMillis = 1000;
const sendTries = 3;

/** Every attempt looks at the state before it sends anything, so it may follow a lost answer. */
export async function untilAnswered<T>(
  context: StepContext,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAnswerLost(error) || tries >= sendTries) throw error;
      context.report('the answer was lost, looking whether it happened');
      await context.sleep(pauseMillis, context.signal);
    }
  }
}
