import type { PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

/**
 * The first free VMID of a range like `5000-5999`.
 * @param from begins here rather than at the range's first
 * @throws RequestError `PMX_VMID_RANGE_FULL`
 */
export async function nextVmidIn(
  pve: Pick<PveReader, 'get'>,
  range: string,
  from?: number,
): Promise<number> {
  const [first, last] = range.split('-').map(Number) as [number, number];
  const guests = await pve.get<Array<{ vmid?: number }>>('/cluster/resources', { type: 'vm' });
  const seen = new Set(guests.map(({ vmid }) => vmid));
  for (let vmid = Math.max(first, from ?? first); vmid <= last; vmid++) {
    // The list holds what this identity may see; only the server knows all of them.
    if (!seen.has(vmid) && (await isVmidFree(pve, vmid))) return vmid;
  }
  throw rangeFull(range);
}

/** PVE's own limit. */
const lastVmid = 999_999_999;

/**
 * Hands out free VMIDs for one run, each once: planning reserves nothing on the server. With one
 * list for all of them and one question for each.
 */
export class VmidPicker {
  readonly #pve: Pick<PveReader, 'get'>;
  readonly #range: string | undefined;
  #seen: Set<number | undefined> | undefined;
  #next = 0;
  #last = lastVmid;

  constructor(pve: Pick<PveReader, 'get'>, range?: string) {
    this.#pve = pve;
    this.#range = range;
  }

  /** Not to be handed out, for a guest of this run asks for it. */
  async reserve(vmid: number): Promise<void> {
    (await this.#known()).add(vmid);
  }

  /** @throws RequestError `PMX_VMID_RANGE_FULL` */
  async next(): Promise<number> {
    const seen = await this.#known();
    for (; this.#next <= this.#last; this.#next++) {
      if (seen.has(this.#next) || !(await isVmidFree(this.#pve, this.#next))) continue;
      return this.#next++;
    }
    throw rangeFull(this.#range ?? `up to ${lastVmid}`);
  }

  async #known(): Promise<Set<number | undefined>> {
    if (this.#seen) return this.#seen;
    const guests = await this.#pve.get<Array<{ vmid?: number }>>('/cluster/resources', {
      type: 'vm',
    });
    const [first, last] = this.#range?.split('-').map(Number) ?? [];
    this.#next = first ?? Number(await this.#pve.get<string>('/cluster/nextid'));
    this.#last = last ?? lastVmid;
    return (this.#seen = new Set(guests.map(({ vmid }) => vmid)));
  }
}

/** Unlike the list of the cluster, which lags behind, this answer is of now. */
export async function isVmidFree(pve: Pick<PveReader, 'get'>, vmid: number): Promise<boolean> {
  try {
    await pve.get('/cluster/nextid', { vmid });
    return true;
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return false;
    throw error;
  }
}

function rangeFull(range: string): RequestError {
  return new RequestError({
    code: 'PMX_VMID_RANGE_FULL',
    message: `No VMID of the range ${range} is free.`,
    hints: ['Widen the range (pmx config view --origins shows who sets vmids), or give --vmid.'],
  });
}
