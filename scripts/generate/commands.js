// What the manifests of pmx and its own plugins say about commands, in plain words.
import { readManifest } from '../../dist/lib/completion/manifest.js';
import { packages } from '../manifest.js';

const plain = (text = '') => text.replaceAll('<%= config.bin %>', 'pmx');

/** Commands in order of their words; texts without placeholders. */
export function knownCommands(root) {
  const manifests = packages.map((name) => readManifest(`${root}${name}`));
  return {
    topics: Object.assign({}, ...manifests.map(({ topics }) => topics)),
    commands: manifests
      .flatMap(({ commands }) => commands)
      .filter(({ hidden }) => !hidden)
      .map((command) => ({
        ...command,
        words: command.id.split(':'),
        summary: plain(command.summary),
        description: plain(command.description),
        examples: (command.examples ?? []).map(plain),
        usage: plain(command.usage),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** The first words of all commands, with what is said about them, in the groups of `pmx help`. */
export function nouns({ commands, topics }) {
  const rows = new Map();
  for (const { words, summary } of commands) {
    const [name] = words;
    const row = rows.get(name) ?? { name, summary: '', verbs: [] };
    row.summary = topics[name]?.description ?? (words.length === 1 ? summary : row.summary);
    if (words.length > 1) row.verbs.push(words.slice(1));
    rows.set(name, row);
  }
  return [...rows.values()];
}
