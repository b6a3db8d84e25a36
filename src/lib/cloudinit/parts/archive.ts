import type { Scalar } from 'yaml';

import type { Fault } from '../schema/faults.js';
import { guessKind } from '../user-data.js';
import { parseYamlWithPlaces } from '../yaml.js';
import { type FoundPart, kindOfPart, partFault } from './part.js';

/**
 * The parts of a #cloud-config-archive.
 * @throws RequestError `PMX_CLOUDINIT_YAML`
 */
export async function archiveParts(
  text: string,
  source: string,
): Promise<{ parts: FoundPart[]; faults: Fault[] }> {
  const yaml = await import('yaml');
  const { document, lines } = await parseYamlWithPlaces(text, source);
  const parts: FoundPart[] = [];
  const faults: Fault[] = [];
  const items = yaml.isSeq(document.contents) ? document.contents.items : [];
  const lineOf = (node: unknown): number =>
    lines.linePos((node as { range?: [number] } | null)?.range?.[0] ?? 0).line;
  for (const item of items) {
    const map = yaml.isMap(item) ? item : undefined;
    const content: unknown = map ? map.get('content', true) : item;
    const type = String(map?.get('type') ?? '')
      .trim()
      .toLowerCase();
    if (!yaml.isScalar(content)) {
      const what = map
        ? 'has no content'
        : 'is no text and no mapping, and cloud-init leaves it out';
      faults.push(
        partFault('error', lineOf(item), what, 'A part: {type: …, content: …}, or the text alone.'),
      );
      continue;
    }
    const plain = String((content as Scalar).value ?? '');
    const from = lineOf(content);
    const exact = content.type === yaml.Scalar.BLOCK_LITERAL;
    parts.push({
      type,
      kind: kindOfPart(type, guessKind(plain), 'cloud-config'),
      line: lineOf(item),
      text: exact ? alone(text, from, lines.linePos(content.range![1]).line) : plain,
      exact,
    });
  }
  return { parts, faults };
}

/** The lines behind `|`, as they stand there: also indented they are the same YAML. */
function alone(text: string, from: number, until: number): string {
  return text
    .split('\n')
    .map((line, index) => (index >= from && index + 1 < until ? line : ''))
    .join('\n');
}
