import { markerLine, text, type TextValue } from '@pmx-cli/kit';

/** A description or note, with the line that says which operation made the thing. */
export function withMarker(words: string): TextValue {
  return words === '' ? markerLine : text`${words}\n${markerLine}`;
}

/** What a person wrote. */
export function withoutMarker(description: string): string {
  return description
    .split('\n')
    .filter((line) => !line.startsWith('pmx-operation:'))
    .join('\n')
    .trim();
}
