import { Args, type Config, Flags } from '@oclif/core';
import type { Session } from '@pmx-cli/kit';

import type { PluginSurroundings } from '../operations/plugins/install.js';

export async function pluginSurroundings(
  { settings, paths, signal }: Session,
  config: Config,
): Promise<PluginSurroundings> {
  const [allowed, registry] = await Promise.all([
    settings.get('pluginAllow'),
    settings.get('pluginRegistry'),
  ]);
  const own = config.commands.filter(({ pluginType }) => pluginType === 'core');
  return { paths, allowed, registry, known: new Set(own.map(({ id }) => id)), signal };
}

export const pluginArg = (description: string) =>
  Args.string({ description, required: true, ignoreStdin: true });

export const allowScripts = () =>
  Flags.boolean({
    description: 'Run install scripts of the package, and of the packages that it needs.',
  });
