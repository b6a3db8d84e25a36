import type { OperationSummary, Plan } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

/** Operations that did not come to their end, and how to go on with one. */
export interface Unfinished {
  operations: readonly OperationSummary[];
  resume(id: string): Promise<Plan>;
}

/** By this in its title an interrupted operation is known to be of the same image and settings. */
export function markOf(digest: string): string {
  return `(build ${digest.slice(0, 16)})`;
}

/**
 * What is left of earlier builds of a template.
 * @param target as plans of it have it: `template debian-13`, or with the node of a copy
 * @returns a plan that goes on with the one of this digest; notes about those of others
 */
export async function halfBuilt(
  target: string,
  digest: string | undefined,
  { operations, resume }: Unfinished,
): Promise<{ plan?: Plan; notes: string[] }> {
  const notes: string[] = [];
  for (const operation of operations) {
    if (operation.target !== target) continue;
    if (!/^template\.(?:build|refresh)$/.test(operation.operation)) continue;
    if (operation.status !== 'interrupted') continue;
    try {
      const plan = await resume(operation.id);
      if (digest !== undefined && operation.title.endsWith(markOf(digest)))
        return { plan: { ...plan, target }, notes };
      notes.push(
        `An earlier build of ${target} with another image or other settings was interrupted: pmx op rollback ${operation.id}`,
      );
    } catch (error) {
      // That of another server, or somebody takes it up right now.
      if (!isPmxError(error) || error.exitCode !== 1) throw error;
    }
  }
  return { notes };
}
