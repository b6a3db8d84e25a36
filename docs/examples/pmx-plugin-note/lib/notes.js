// @ts-check

/** The note is the line of a guest's description that begins like this. */
const label = 'note:';

/** @param {string | undefined} description */
export function noteIn(description = '') {
  const line = description.split('\n').find((text) => text.startsWith(label));
  return line === undefined ? undefined : line.slice(label.length).trim();
}

/**
 * @param {string | undefined} description
 * @param {string} note
 */
export function withNote(description = '', note) {
  const others = description.split('\n').filter((text) => text !== '' && !text.startsWith(label));
  return [...others, `${label} ${note}`].join('\n');
}
