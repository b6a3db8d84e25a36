/**
 * The words of a command line that a command was given, as they were typed: oclif sorts them, which
 * moves a word that is there twice.
 */
export function wordsInQuestion(argv: readonly string[], positionals: readonly string[]): string[] {
  const dashes = argv.indexOf('--');
  return dashes < 0 ? [...positionals] : argv.slice(dashes + 1);
}
