import { parseTags } from '@pmx-cli/kit';

import type { TagChange } from '../../operations/guest/tag.js';

/** `+prod` adds, `test-` removes (as with kubectl's labels); no name of a guest looks like this. */
export function tagWords(words: readonly string[]): { guests: string[]; change: TagChange } {
  const add = words.filter((word) => word.startsWith('+'));
  const remove = words.filter(
    (word) => word.length > 1 && word.endsWith('-') && !add.includes(word),
  );
  return {
    guests: words.filter((word) => !add.includes(word) && !remove.includes(word)),
    change: {
      add: add.flatMap((word) => parseTags(word.slice(1))),
      remove: remove.flatMap((word) => parseTags(word.slice(0, -1))),
    },
  };
}
