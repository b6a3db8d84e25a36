// Writes schemas/config.schema.json from the table of settings; `--check` only compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { configJsonSchema } from '../dist/lib/config/schema/json-schema.js';

const path = fileURLToPath(new URL('../schemas/config.schema.json', import.meta.url));
const text = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
if (process.argv.includes('--check')) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is not fresh: node scripts/schemas.js\n`);
    process.exit(1);
  }
} else {
  mkdirSync(fileURLToPath(new URL('../schemas', import.meta.url)), { recursive: true });
  writeFileSync(path, text);
}
