import { createHash } from 'node:crypto';

import { type Context, type Program, type Result, splitArgs, usage } from './program.js';

/** `cp` and `mv`: into a directory when the last word is one. */
function copyTo(name: 'cp' | 'mv', { args, files }: Context): Partial<Result> {
  const { words } = splitArgs(args);
  const to = words.at(-1);
  if (to === undefined || words.length < 2) return usage(name, 'missing file operand');
  for (const from of words.slice(0, -1)) {
    const content = files.read(from);
    if (content === undefined)
      return usage(name, `cannot stat '${from}': No such file or directory`);
    const target = files.isDirectory(to)
      ? `${to.replace(/\/$/, '')}/${from.split('/').at(-1)!}`
      : to;
    if (!files.write(target, content))
      return usage(name, `cannot create regular file '${target}': No such file or directory`);
    if (name === 'mv' && target !== from) files.remove(from);
  }
  return {};
}

/** Files of a pretended guest have no modes, so there is only the file to be missed. */
const chmod: Program = ({ args, files }) => {
  const [mode = '', ...names] = splitArgs(args).words;
  if (!/^(?:[0-7]{3,4}|[ugoa]*[-+=][rwxXst]*)$/.test(mode))
    return usage('chmod', `invalid mode: '${mode}'`);
  const missing = names.find((path) => files.read(path) === undefined && !files.isDirectory(path));
  return missing === undefined
    ? {}
    : usage('chmod', `cannot access '${missing}': No such file or directory`);
};

const sha256sum: Program = ({ args, files, stdin }) => {
  const { words } = splitArgs(args);
  const hash = (content: string): string =>
    createHash('sha256').update(content, 'latin1').digest('hex');
  if (words.length === 0) return { out: `${hash(stdin)}  -\n` };
  const result = { out: '', err: '', code: 0 };
  for (const path of words) {
    const content = files.read(path);
    if (content === undefined) {
      result.err += `sha256sum: ${path}: No such file or directory\n`;
      result.code = 1;
    } else result.out += `${hash(content)}  ${path}\n`;
  }
  return result;
};

export const FILE_PROGRAMS: Readonly<Record<string, Program>> = {
  cp: (context) => copyTo('cp', context),
  mv: (context) => copyTo('mv', context),
  chmod,
  sha256sum,
};
