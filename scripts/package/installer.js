// install.sh of a release: `curl -fsSL FOLDER/install.sh | sh`.
import { readFileSync } from 'node:fs';

/** @param archives folder of the release on the web; undefined where there is no public one */
export function installer(version, archives = '') {
  const text = readFileSync(new URL('install.sh', import.meta.url), 'utf8');
  return text.replaceAll('@VERSION@', version).replaceAll('@ARCHIVES@', archives);
}
