// Makes one JSON file of the catalogue's YAML, so that no command parses YAML for it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { parse } from 'yaml';

/** @throws Error that names the entry when one is not valid */
export async function writeCatalog(root) {
  const { checkEntries } = await import(`${root}dist/lib/catalog/validate.js`);
  const folder = `${root}src/lib/catalog/data`;
  const entries = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => parse(readFileSync(`${folder}/${name}`, 'utf8')));
  const problems = checkEntries(entries);
  if (problems.length > 0) throw new Error(`catalogue: ${problems.join('\n')}`);
  mkdirSync(`${root}dist/lib/catalog`, { recursive: true });
  writeFileSync(`${root}dist/lib/catalog/catalog.json`, JSON.stringify(entries));
}
