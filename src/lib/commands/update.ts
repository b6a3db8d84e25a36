import { invalid } from '@pmx-cli/kit';

import type { InstalledBy } from '../operations/program/installed.js';

/** @throws RequestError `PMX_INVALID_RELEASE` */
export function parseVersion(text: string): string {
  const [, version] = /^v?(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,64})?)$/.exec(text) ?? [];
  if (version !== undefined) return version;
  throw invalid(
    'PMX_INVALID_RELEASE',
    'Version',
    text,
    'it must be three numbers with dots between them',
    'For example: 0.2.0',
  );
}

/** How pmx came, as a sentence goes on: "came by …". */
export const waysIn: Readonly<Record<InstalledBy, string>> = {
  standalone: 'the standalone archive',
  debian: 'a Debian package',
  npm: 'npm',
  pnpm: 'pnpm',
  yarn: 'yarn',
  bun: 'bun',
  checkout: 'a checkout of its repository',
  unknown: 'a way that pmx does not know',
};
