import type { Operations, OperationSummary, Plan, PveReader } from '@pmx-cli/kit';

export interface Undrained {
  /** The drain that is taken back; null when there is none. */
  operation: string | null;
  status: 'rolled-back' | 'completed';
  /** Titles of the moves home. */
  done: string[];
}

/**
 * Takes the last drain of a node back, as `pmx undo` would: as long as the guests are where it put them.
 * Without one there is nothing to do.
 * @throws RequestError that says what stands against it
 */
export async function planUndrain(
  operations: Pick<Operations, 'list' | 'undoing'>,
  pve: Pick<PveReader, 'identity'>,
  node: string,
): Promise<Plan> {
  const target = `node ${node}`;
  const drains = (await operations.list()).filter(
    ({ operation, target: drained, status, steps }) =>
      operation === 'node.drain' &&
      drained === target &&
      status === 'completed' &&
      steps.length > 0,
  );
  const drain = (await ofThisServer(drains, pve)) ?? drains[0];
  if (drain) return operations.undoing(drain.id);
  return {
    operation: 'node.undrain',
    target,
    title: `No drain of node ${node} is left to take back`,
    steps: [],
    result: { operation: null, status: 'completed', done: [] },
  };
}

/** Two clusters may have nodes of the same name. */
async function ofThisServer(
  drains: readonly OperationSummary[],
  pve: Pick<PveReader, 'identity'>,
): Promise<OperationSummary | undefined> {
  if (drains.length < 2) return drains[0];
  const { host, port } = await pve.identity();
  return drains.find(({ endpoint }) => endpoint === `${host}:${port}`);
}
