import type { ContextDefaults, Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { planApply } from './apply.js';
import { labelOf } from './document.js';
import { parseVariables, readManifests } from './read.js';

export interface VmFilesRequest {
  files: readonly string[];
  variables: readonly string[];
  /** Everything on the command line, flags with their dashes. */
  words: readonly string[];
  defaults: ContextDefaults;
  signal: AbortSignal;
}

/** Flags that say how, not what. */
const aboutTheCall =
  /^--(?:file|var|dry-run|as|yes|keep-on-failure|json|output|context|debug.*|verbose|quiet|log-.*|no-.*|request-timeout|parallel|fail-fast|wait-lock)$/;

/**
 * New VMs as documents describe them; one that is there already is refused.
 * @throws RequestError `PMX_GUEST_EXISTS`, `PMX_INVALID_BULK`, `PMX_INVALID_MANIFEST`
 */
export async function planVmFiles(
  pve: PveReader,
  inventory: Inventory,
  { files, variables, words, defaults, signal }: VmFilesRequest,
): Promise<Plan[]> {
  const values = new Set<string>([...files, ...variables]);
  const other = words.find((word) => !aboutTheCall.test(word) && !values.has(word));
  if (other !== undefined) {
    throw new RequestError({
      code: 'PMX_INVALID_BULK',
      message: `With -f the documents say everything; ${other} is not taken beside it.`,
      hints: ['Say it in the documents, for example with ${NAME} and --var NAME=VALUE.'],
    });
  }
  const manifests = await readManifests(files, parseVariables(variables));
  const foreign = manifests.find(({ kind }) => kind !== 'VirtualMachine');
  if (foreign) {
    throw new RequestError({
      code: 'PMX_INVALID_MANIFEST',
      message: `${foreign.where}: vm create makes VMs, and this is ${labelOf(foreign)}.`,
      hints: ['For documents of all kinds: pmx apply -f FILE'],
    });
  }
  return planApply(pve, inventory, { manifests, replace: false, create: true, defaults, signal });
}
