import type { PveReader } from '@pmx-cli/kit';

/** What an identity holds, asked of the server: one read for each path. */
export interface Held {
  readonly user: string;
  /** root@pam, logged in with a password: nothing is checked for it. */
  readonly root: boolean;
  readonly token: boolean;
  on(path: string): Promise<ReadonlySet<string>>;
}

export function heldBy(pve: PveReader): Held {
  const known = new Map<string, Promise<ReadonlySet<string>>>();
  const ask = async (path: string): Promise<ReadonlySet<string>> => {
    // Computes inheritance, pools and the intersection with a token's own rights.
    const answer = await pve.get<Record<string, Record<string, unknown>>>('/access/permissions', {
      path,
    });
    return new Set(Object.keys(answer[path] ?? {}));
  };
  return {
    user: pve.user,
    root: pve.user === 'root@pam',
    token: pve.user.includes('!'),
    on(path) {
      const asked = known.get(path) ?? ask(path);
      known.set(path, asked);
      return asked;
    },
  };
}
