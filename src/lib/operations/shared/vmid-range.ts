import type { PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

/**
 * The first free VMID of a range like `5000-5999`.
 * @param from begins here rather than at the range's first
 * @param taken no longer free, though the server does not know yet
 * @throws RequestError `PMX_VMID_RANGE_FULL`
 */
export async function nextVmidIn(
  pve: Pick<PveReader, 'get'>,
  range: string,
  from?: number,
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  const [first, last] = range.split('-').map(Number) as [number, number];
  const guests = await pve.get<Array<{ vmid?: number }>>('/cluster/resources', { type: 'vm' });
  const seen = new Set(guests.map(({ vmid }) => vmid));
  for (let vmid = Math.max(first, from ?? first); vmid <= last; vmid++) {
    // The list holds what this identity may see; only the server knows all of them.
    if (!seen.has(vmid) && !taken.has(vmid) && (await isFree(pve, vmid))) return vmid;
  }
  throw new RequestError({
    code: 'PMX_VMID_RANGE_FULL',
    message: `No VMID of the range ${range} is free.`,
    hints: ['Widen the range (pmx config view --origins shows who sets vmids), or give --vmid.'],
  });
}

async function isFree(pve: Pick<PveReader, 'get'>, vmid: number): Promise<boolean> {
  try {
    await pve.get('/cluster/nextid', { vmid });
    return true;
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return false;
    throw error;
  }
}
