import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Paths, SurroundingsError } from '@pmx-cli/kit';

/** `host:port` → SHA-256 of the certificate, `AA:BB:…`. */
export type Pins = Record<string, string>;

export const pinsFile = (paths: Pick<Paths, 'data'>): string => join(paths.data, 'bmc-pins.json');

/** What a change of its certificate has to know. */
export async function pinContext(
  paths: Pick<Paths, 'data'>,
  { host, port }: { host: string; port: number },
): Promise<{ file: string; pin: string | undefined }> {
  return { file: pinsFile(paths), pin: (await readPins(paths))[`${host}:${port}`] };
}

/** @throws SurroundingsError `PMX_PINS_UNREADABLE`: silently none would hide a changed certificate */
export async function readPins(paths: Pick<Paths, 'data'>): Promise<Pins> {
  return readPinsFrom(pinsFile(paths));
}

/** @throws SurroundingsError `PMX_PINS_UNREADABLE` */
export async function readPinsFrom(file: string): Promise<Pins> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Pins;
    throw new Error('it is no object');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new SurroundingsError({
      code: 'PMX_PINS_UNREADABLE',
      message: `The remembered certificates in ${file} cannot be read: ${(error as Error).message}.`,
      hints: ['Mend the file, or remove it and pin the hosts again.'],
      cause: error,
    });
  }
}
