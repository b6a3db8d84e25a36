import { Flags } from '@oclif/core';

import type { Session } from '@pmx-cli/kit';

import type { Targets } from '../../operations/idrac/targets.js';

/** Which hosts: words, a file, standard input. */
export const hostFlags = {
  file: Flags.string({
    char: 'f',
    description: 'Hosts from a file: one a line, CSV with a column "host", or a YAML list.',
    helpValue: 'FILE',
  }),
  port: Flags.integer({
    description: 'Port of those hosts that name none.',
    default: 443,
    min: 1,
    max: 65_535,
  }),
  yes: Flags.boolean({ description: 'Go through wide (more than /20) and public networks, too.' }),
};

export interface HostFlags {
  file?: string | undefined;
  port: number;
  yes: boolean;
}

export async function namedHosts(
  words: readonly string[],
  { file, port, yes, networks = true }: HostFlags & { networks?: boolean },
  session: Pick<Session, 'output'>,
): Promise<Targets> {
  const { readTargets } = await import('../../operations/idrac/targets.js');
  const { text } = await import('node:stream/consumers');
  const read = await readTargets({
    words,
    file,
    port,
    yes,
    networks,
    stdin: () => text(process.stdin),
  });
  const { duplicates } = read;
  if (duplicates > 0)
    session.output.note(
      `${duplicates} named more than once ${duplicates === 1 ? 'is' : 'are'} looked at once.`,
    );
  return read;
}

/** The one host of commands that take one. */
export async function parseTarget(word: string): Promise<{ host: string; port: number }> {
  const { parseHost } = await import('../../operations/idrac/targets.js');
  return parseHost(word, hostFlags.port.default as number);
}
