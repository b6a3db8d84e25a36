import { statSync } from 'node:fs';
import { join } from 'node:path';

import { isPmxError } from '@pmx-cli/kit/errors';

import { ContextStore } from '../../config/contexts.js';
import { viewConfig } from './read.js';
import { type ConfigurationRequest, fileFor, fileLayers, openConfiguration } from './open.js';

export interface Finding {
  level: 'error' | 'warning';
  where: string;
  finding: string;
}

/** Everything about the configuration that is wrong or unwise. Asks no server and no keychain. */
export async function auditConfig(request: ConfigurationRequest): Promise<Finding[]> {
  const findings: Finding[] = [];
  const configuration = openConfiguration(request);
  const report = (where: string, error: unknown): void => {
    findings.push({
      level: 'error',
      where,
      finding: isPmxError(error) ? error.message : String(error),
    });
  };
  try {
    await configuration.sources();
  } catch (error) {
    report('files', error);
    return findings;
  }
  const { rows, warnings } = await viewConfig(request);
  for (const warning of warnings)
    findings.push({ level: 'warning', where: 'files', finding: warning });
  for (const { key, problem } of rows) {
    if (problem !== undefined) findings.push({ level: 'error', where: key, finding: problem });
  }
  const store = new ContextStore(request.paths.config, configuration);
  for (const name of Object.keys(await store.list())) {
    const where = `contexts.${name}`;
    try {
      const context = await store.get(name);
      if (context.insecure) {
        findings.push({
          level: 'warning',
          where,
          finding: 'Any certificate is accepted (insecure): pin it instead (fingerprint).',
        });
      }
      if (context.tokenId?.startsWith('root@pam')) {
        findings.push({
          level: 'warning',
          where,
          finding: 'It uses a token of root@pam: a user of its own with fewer rights is safer.',
        });
      }
    } catch (error) {
      report(where, error);
    }
  }
  const current = await store.current();
  if (current !== undefined && !Object.hasOwn(await store.list(), current)) {
    report('currentContext', `There is no context '${current}'.`);
  }
  const files = fileLayers.map((layer) => fileFor(configuration, layer));
  for (const path of [...files, join(request.paths.config, 'secrets.json')]) {
    findings.push(...modeFindings(path));
  }
  return findings;
}

function modeFindings(path: string): Finding[] {
  if (process.platform === 'win32') return [];
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  const mode = found.mode & 0o777;
  if (path.endsWith('secrets.json') && (mode & 0o077) !== 0) {
    return [{ level: 'error', where: path, finding: `Others can read it: chmod 600 ${path}` }];
  }
  return (mode & 0o022) === 0
    ? []
    : [{ level: 'warning', where: path, finding: `Others can change it: chmod go-w ${path}` }];
}
