import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export const projectNames = ['.pmx.yaml', '.pmx.json', '.proxmox.conf'] as const;
export const userNames = ['config.yaml', 'config.json'] as const;
export const systemFile = '/etc/pmx/config.yaml';

/** From `cwd` upwards, up to and with the root of a repository, and not into or above the home. */
export function findProjectFile(cwd: string, home: string = homedir()): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    // In the home itself such a file would be everybody's: that is what the user file is for.
    if (folder === home) return undefined;
    for (const name of projectNames) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/** The user's file, or where it would be made. */
export function userFile(directory: string): string {
  const paths = userNames.map((name) => join(directory, name));
  return paths.find((path) => existsSync(path)) ?? paths[0]!;
}
