const width = 80;

/** A text in lines of at most 80 characters, the later ones below the beginning of the first. */
export function hanging(head: string, text: string): string {
  const indent = ' '.repeat(head.length);
  const lines = [head];
  let empty = true;
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    const next = empty ? `${line}${word}` : `${line} ${word}`;
    if (!empty && next.length > width) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = next;
    empty = false;
  }
  return lines.join('\n');
}
