import type { PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

/** Reads lists that an identity may lack the rights for; what it could not see is said, not fatal. */
export function tolerantReader(pve: PveReader): {
  look: <T>(path: string, whenDenied: string) => Promise<T[]>;
  unseen: string[];
} {
  const unseen: string[] = [];
  return {
    unseen,
    async look<T>(path: string, whenDenied: string): Promise<T[]> {
      try {
        return await pve.get<T[]>(path);
      } catch (error) {
        if (!isPmxError(error) || error.code !== 'PMX_PERMISSION_DENIED') throw error;
        unseen.push(whenDenied);
        return [];
      }
    },
  };
}
