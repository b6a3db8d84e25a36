/** What is known about one error code. */
export interface ErrorEntry {
  code: string;
  /** A few words, for lists. */
  title: string;
  /** What happened. */
  meaning: string;
  /** Why it usually happens, most frequent first. */
  causes: readonly string[];
  /** What to do next, most useful first. A pmx command stands at the beginning or behind ": ". */
  remedies: readonly string[];
}
