const begin = (marker: string): string => `# >>> ${marker} >>>`;
const end = (marker: string): string => `# <<< ${marker} <<<`;

/** The lines between the marks; undefined where there are none. */
export function blockIn(text: string, marker: string): string[] | undefined {
  const lines = text.split('\n');
  const from = lines.indexOf(begin(marker));
  const to = lines.indexOf(end(marker), from);
  return from < 0 || to < 0 ? undefined : lines.slice(from + 1, to);
}

/** The text with these lines between the marks, where they stood before or at its end; nothing else is touched. */
export function withBlock(text: string, marker: string, block: readonly string[] | null): string {
  const lines = text.split('\n');
  const from = lines.indexOf(begin(marker));
  const to = lines.indexOf(end(marker), from);
  const marked = block === null ? [] : [begin(marker), ...block, end(marker)];
  if (from >= 0 && to >= 0) lines.splice(from, to - from + 1, ...marked);
  else if (block !== null) {
    if (lines.at(-1) === '') lines.pop();
    lines.push(...marked, '');
  }
  return lines.join('\n');
}
