import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ContextRecord } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

export interface ConfigDocument {
  currentContext?: string;
  previousContext?: string;
  contexts?: Record<string, ContextRecord>;
}

const configName = 'config';
const fileExtension = 'yaml';

export function configFilePath(directory: string): string {
  return join(directory, `${configName}.${fileExtension}`);
}

/**
 * Reads the user's file by hand: conf costs 66 ms of start-up and is needed for writing only.
 * @throws SurroundingsError `PMX_CONFIG_UNREADABLE`
 */
export async function readConfig(directory: string): Promise<ConfigDocument> {
  const path = configFilePath(directory);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unreadable(path, error);
  }
  const { parse } = await import('yaml');
  try {
    const document: unknown = parse(content) ?? {};
    if (typeof document !== 'object' || Array.isArray(document))
      throw new Error('it is no mapping');
    return document as ConfigDocument;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Writes atomically with mode 0600. */
export async function writeConfig(directory: string, document: ConfigDocument): Promise<void> {
  const [{ default: Conf }, { parse, stringify }] = await Promise.all([
    import('conf'),
    import('yaml'),
  ]);
  const conf = new Conf<Record<string, unknown>>({
    cwd: directory,
    configName,
    fileExtension,
    configFileMode: 0o600,
    serialize: (value) => stringify(value),
    deserialize: (value) => (parse(value) ?? {}) as Record<string, unknown>,
  });
  conf.store = document as Record<string, unknown>;
}

function unreadable(path: string, error: unknown): SurroundingsError {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return new SurroundingsError({
    code: 'PMX_CONFIG_UNREADABLE',
    message: `The configuration ${path} cannot be read: ${reason}.`,
    hints: ['Mend the file, or move it away to begin anew.'],
    cause: error,
  });
}
