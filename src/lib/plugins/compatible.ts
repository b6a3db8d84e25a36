import { kitVersion } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { PluginPackage } from './package-file.js';
import { lowest, satisfies } from './range.js';

export interface Misfit {
  /** As a sentence goes on: "needs pmx >= 2.0.0". */
  needs: string;
  older: boolean;
}

/**
 * Why a plugin does not fit this pmx; undefined when it does. Told from its package.json alone,
 * before any code of it is loaded: that might ask kit for what is not there.
 */
export function misfitOf(pack: PluginPackage, version = kitVersion): Misfit | undefined {
  // A kit among its dependencies is a copy of its own: that finds out when a command runs.
  for (const range of [pack.peerDependencies?.['@pmx-cli/kit'], pack.engines?.pmx]) {
    if (range === undefined || satisfies(version, range)) continue;
    const low = lowest(range);
    const newer = low !== undefined && !satisfies(version, `>=${low}`);
    return newer
      ? { needs: `needs pmx >= ${low}`, older: false }
      : { needs: `needs an older pmx (${range})`, older: true };
  }
  return undefined;
}

export function incompatible(name: string, { needs, older }: Misfit): RequestError {
  return new RequestError({
    code: 'PMX_PLUGIN_INCOMPATIBLE',
    message: `Plugin ${name} ${needs}; this is pmx ${kitVersion}.`,
    hints: older
      ? [`Update the plugin: pmx plugins update ${name}`]
      : [
          'Update pmx: pmx update',
          `Or install an older version of the plugin: pmx plugins install ${name}@VERSION`,
        ],
  });
}
