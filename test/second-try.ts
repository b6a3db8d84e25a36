import type { Context } from 'mocha';

/** What passes only now is worth a look, so it does not stay unsaid. */
export const mochaHooks = {
  afterEach(this: Context): void {
    // Mocha's types keep it protected, though reporters are told to use it.
    const test = this.currentTest as unknown as
      { currentRetry(): number; fullTitle(): string; state: string } | undefined;
    if (test && test.currentRetry() > 0)
      process.stdout.write(`      second try: ${test.fullTitle()}: ${test.state}\n`);
  },
};
