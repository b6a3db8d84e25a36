// The list of commands in README.md: a line for each noun, with its verbs.
import { jobGroups } from '../../dist/help/jobs.js';
import { nouns } from './commands.js';

const begin = '<!-- commands -->';
const end = '<!-- commands end -->';

export function withCommandList(readme, known) {
  const [before, rest] = readme.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`README.md has no ${begin} … ${end}`);
  const groups = jobGroups(nouns(known)).map(
    ([title, rows]) => `**${title}**\n\n${rows.map(line).join('\n')}`,
  );
  return [before, begin, `\n\n${groups.join('\n\n')}\n\n`, end, after].join('');
}

function line({ name, summary, verbs }) {
  const list = below(verbs).map((words) => ` \`${words}\``);
  return `- **${name}**: ${summary}${list.join(',')}`;
}

/** `list`, `snapshot create`, `snapshot list` → `list`, `snapshot create|list`. */
function below(verbs) {
  const groups = new Map();
  for (const words of verbs) {
    const path = words.slice(0, -1).join(' ');
    groups.set(path, [...(groups.get(path) ?? []), words.at(-1)]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, rest]) => `${path} ${rest.join('|')}`.trim());
}
