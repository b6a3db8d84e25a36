/** What a text file is, as the predicate of a sentence; undefined for binary data. */
export function describeText(head: Buffer): string | undefined {
  let text: string;
  try {
    // `stream` lets a character that is cut at the end of the sample pass.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
  // Control characters other than tab, line ends, form feed and escape do not occur in text.
  if (/[^\P{Cc}\t\n\r\f\u001b]/u.test(text)) return undefined;
  if (/^\s*<(?:!doctype html|html|\?xml)/i.test(text)) {
    return 'is an HTML or XML page, probably the error page of a download';
  }
  if (text.startsWith('version https://git-lfs'))
    return 'is a pointer of Git LFS, not the file itself';
  return 'is a text file';
}
