import { join } from 'node:path';

import type { Paths } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { Configuration } from '../../config/configuration.js';
import { workingFolder } from '../../config/paths.js';
import type { FileLayer } from '../../config/schema/spec.js';

export const fileLayers = ['user', 'project', 'system'] as const;

export interface ConfigurationRequest {
  paths: Paths;
  /** So that flags appear among the origins. */
  flags?: Record<string, unknown>;
}

/** All layers, as every other command sees them. */
export function openConfiguration({ paths, flags }: ConfigurationRequest): Configuration {
  return new Configuration({
    directory: paths.config,
    cwd: workingFolder(),
    system: true,
    ...(flags && { flags }),
  });
}

/** The file of a layer, also when it is not there yet. */
export function fileFor(configuration: Configuration, layer: FileLayer): string {
  return configuration.path(layer) ?? join(workingFolder() ?? '.', '.pmx.yaml');
}

export function refuseLayer(key: string, layer: FileLayer): RequestError {
  return new RequestError({
    code: 'PMX_PROJECT_KEY_REFUSED',
    message: `'${key}' cannot be set in a ${layer} file: it belongs into your own configuration.`,
    hints: [`Leave --in ${layer} out.`],
  });
}
