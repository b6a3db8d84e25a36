// Brings the schemas of cloud-init to where commands read them, without their blanks, and their licence;
// makes one JSON file of the snippets' YAML.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { parse } from 'yaml';

export function writeCloudInitSchemas(root) {
  const from = `${root}src/lib/cloudinit/schema/data`;
  const to = `${root}dist/lib/cloudinit/schema/data`;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.endsWith('.json'))
      writeFileSync(
        `${to}/${name}`,
        JSON.stringify(JSON.parse(readFileSync(`${from}/${name}`, 'utf8'))),
      );
    else copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** @throws Error that names the snippet when one is not valid */
export async function writeSnippets(root) {
  const { checkSnippet } = await import(`${root}dist/lib/cloudinit/snippets/check-snippet.js`);
  const folder = `${root}src/lib/cloudinit/snippets/data`;
  const snippets = readdirSync(folder)
    .sort()
    .map((name) => parse(readFileSync(`${folder}/${name}`, 'utf8')));
  for (const snippet of snippets) {
    const problems = checkSnippet(snippet);
    if (problems.length > 0) throw new Error(`snippet ${snippet.id}: ${problems.join('; ')}`);
  }
  mkdirSync(`${root}dist/lib/cloudinit/snippets`, { recursive: true });
  writeFileSync(`${root}dist/lib/cloudinit/snippets/snippets.json`, JSON.stringify(snippets));
}
