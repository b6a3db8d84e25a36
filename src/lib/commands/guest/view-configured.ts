import type { Output } from '@pmx-cli/kit';

import type { ConfigureResult } from '../../operations/guest/configure.js';
import type { GuestKind } from '../../operations/guest/kind.js';

/** How a person reads a change of options. */
export function viewConfigured(
  output: Output,
  { noun, topic }: GuestKind,
  { vmid, name, changed, changes, restartNeeded }: ConfigureResult,
): void {
  const label = `${noun} ${vmid} (${name})`;
  if (!changed) return output.print(`${label}: nothing to change.`);
  const what = changes.map(({ option, new: value }) =>
    value === null ? `${option} removed` : `${option} = ${firstLine(value)}`,
  );
  output.print(`${label}: ${what.join(', ')}.`);
  if (restartNeeded.length === 0) return;
  const wait = restartNeeded.length === 1 ? 'waits' : 'wait';
  output.print(`  ${restartNeeded.join(', ')} ${wait} for a restart: pmx ${topic} reboot ${vmid}`);
}

function firstLine(value: string | number): string {
  const [first = '', ...more] = String(value).split('\n');
  return more.length > 0 ? `${first} …` : first;
}
