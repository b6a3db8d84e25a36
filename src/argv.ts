/** Global flags and whether a value follows; the same as kit's `globalFlags` (a test compares them). */
export const hoistable: Readonly<Record<string, boolean>> = {
  '--context': true,
  '--output': true,
  '-o': true,
  '--json': false,
  '--verbose': false,
  '--log-level': true,
  '--log-file': true,
  '--log-format': true,
  '--debug': false,
  '--debug-safe': false,
  '--no-color': false,
  '--no-input': false,
  '--request-timeout': true,
};

/**
 * `pmx --json vm list` → `pmx vm list --json`. oclif takes the first word for the command, so flags
 * in front of it, or between its words, would end in "command not found".
 */
export function hoistGlobalFlags(argv: readonly string[]): string[] {
  const words: string[] = [];
  const flags: string[] = [];
  let index = 0;
  for (; index < argv.length; index++) {
    const word = argv[index]!;
    const name = word.split('=', 1)[0]!;
    const takesValue = hoistable[name];
    if (takesValue !== undefined) {
      flags.push(word);
      if (takesValue && !word.includes('=') && index + 1 < argv.length) flags.push(argv[++index]!);
    } else if (word.startsWith('-')) {
      break;
    } else {
      words.push(word);
    }
  }
  if (words.length === 0 && index === argv.length) return [];
  // Behind `--` everything is the command's own, so the flags go in front of the rest.
  return [...words, ...flags, ...argv.slice(index)];
}

/** `--watch` and `--watch 5s` → `--watch=…`: oclif's flags either always take a value or never. */
export function withInterval(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = [...argv];
  const at = words.indexOf('--watch');
  if (at < 0 || at > end) return words;
  const given = /^\d+(?:\.\d+)?[a-z]+$/.test(words[at + 1] ?? '');
  words.splice(at, given ? 2 : 1, `--watch=${given ? words[at + 1] : '2s'}`);
  return words;
}

/**
 * `--show-config`, anywhere, as the older scripts had it → `pmx config view` with the global flags
 * that came along.
 */
export function asConfigView(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = argv.slice(0, end);
  if (!words.includes('--show-config')) return [...argv];
  const kept: string[] = [];
  for (const [index, word] of words.entries()) {
    const takesValue = hoistable[word.split('=', 1)[0]!];
    if (takesValue === undefined) continue;
    kept.push(word);
    const value = words[index + 1];
    if (takesValue && !word.includes('=') && value !== undefined) kept.push(value);
  }
  return ['config', 'view', ...kept];
}

/** `pmx help vm --examples`, which people try, → `pmx examples vm`. */
export function asExamples(argv: readonly string[]): string[] {
  const at = argv.indexOf('--examples');
  if (argv[0] !== 'help' || at < 0) return [...argv];
  return ['examples', ...argv.slice(1, at), ...argv.slice(at + 1)];
}
