import { readFileSync } from 'node:fs';

import { isPmxError, RequestError, type Session } from '@pmx-cli/kit';

import { type FaultEntry, readEntries } from '../server/faults/book.js';
import type { SandboxLocation } from './location.js';

export const faultsPath = '/sandbox/faults';
export const recordingPath = '/sandbox/recording';

/** A guest that runs, with what it uses of the machine. */
export interface RunningGuest {
  vmid: number;
  name: string;
  /** Share of its CPUs, 0…1. */
  cpu: number;
  /** Bytes. */
  memory: number;
}

/** What `GET /sandbox/status` tells. */
export interface SandboxReport {
  engine: 'sim' | 'qemu';
  accel?: 'kvm' | 'tcg';
  /** What makes and converts disks; without qemu-img they are copied as they are, new ones have a header only. */
  diskTool: 'qemu-img' | 'none';
  running: RunningGuest[];
  /** Bytes. */
  memory: number;
  openTasks: string[];
  guests: number;
  recording: boolean;
  faults: FaultEntry[];
}

/** Asks the sandbox itself. @throws RequestError `PMX_NOT_A_SANDBOX` when a real server answers */
export async function askSandbox<T>(
  session: Session,
  path: string,
  params?: Record<string, number>,
): Promise<T> {
  try {
    return await (await session.pve()).get<T>(path, params);
  } catch (error) {
    if (!isPmxError(error)) throw error;
    if (error.code === 'PMX_API_NOT_IMPLEMENTED') {
      throw new RequestError({
        code: 'PMX_NOT_A_SANDBOX',
        message: 'The server of this context is no sandbox of this version: it cannot be steered.',
        hints: [
          'Leave --context out, or restart the sandbox: pmx sandbox stop, pmx sandbox start -d',
        ],
      });
    }
    if (error.code === 'PMX_CONTEXT_NOT_FOUND') {
      throw new RequestError({
        code: 'PMX_SANDBOX_NOT_RUNNING',
        message: 'No sandbox has been started: there is no context of one.',
        hints: ['pmx sandbox start --detach'],
      });
    }
    throw error;
  }
}

/** True when the sandbox shows another certificate than the pinned one, as the fault of that name does. */
export function isOtherCertificate(error: unknown): boolean {
  return isPmxError(error) && error.code === 'PMX_TLS_FINGERPRINT_CHANGED';
}

/** The rules as the data directory has them, for when nobody can ask. */
export function faultsOnDisk({ faultsFile }: SandboxLocation): FaultEntry[] {
  try {
    return readEntries(readFileSync(faultsFile, 'utf8'), faultsFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The rules in force.
 * @returns also whether the sandbox could be asked: a fault of its certificate keeps pmx away as well
 */
export async function readFaults(
  session: Session,
  location: SandboxLocation,
): Promise<{ faults: FaultEntry[]; reachable: boolean }> {
  try {
    return { faults: await askSandbox<FaultEntry[]>(session, faultsPath), reachable: true };
  } catch (error) {
    if (!isOtherCertificate(error)) throw error;
    const faults = faultsOnDisk(location);
    const own = faults.some(({ active, action }) => active && action.type === 'new-certificate');
    // Somebody else's doing: not to be explained away.
    if (!own) throw error;
    return { faults, reachable: false };
  }
}
