import type { Document, YAMLMap } from 'yaml';

import { unreadable } from '../errors.js';

/**
 * YAML with its comments.
 * @throws SurroundingsError `PMX_CONFIG_UNREADABLE` with line and column
 */
export async function parseYaml(path: string, text: string): Promise<Document> {
  const { isMap, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  // Double keys are looked for below, since the parser names one line of the two only.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    const reason = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw unreadable(path, `line ${line}, column ${col}: ${reason}`);
  }
  visit(document, {
    Map(_, map: YAMLMap) {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        const node = key as { value?: unknown; range?: [number, number, number] | null };
        const name = String(node.value ?? key);
        const { line } = lines.linePos(node.range?.[0] ?? 0);
        const first = seen.get(name);
        if (first !== undefined) {
          throw unreadable(path, `'${name}' is there twice, on lines ${first} and ${line}`);
        }
        seen.set(name, line);
      }
    },
  });
  if (document.contents !== null && !isMap(document.contents)) {
    throw unreadable(path, 'it is no mapping');
  }
  return document;
}
