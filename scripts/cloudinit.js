// Brings the schemas of cloud-init to where commands read them, without their blanks, and their licence.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

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
