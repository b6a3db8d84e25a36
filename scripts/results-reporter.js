// Mocha's usual report; in addition the counts of every file go to the JSON file that TEST_RESULTS names.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

import Mocha from 'mocha';

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } =
  Mocha.Runner.constants;

export default class ResultsReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const files = {};
    const count = (what) => (runnable) => {
      const file = relative(process.cwd(), fileOf(runnable));
      files[file] ??= { passed: 0, failed: 0, skipped: 0 };
      files[file][what]++;
    };
    runner
      .on(EVENT_TEST_PASS, count('passed'))
      // Also what fails before and after tests.
      .on(EVENT_TEST_FAIL, count('failed'))
      .on(EVENT_TEST_PENDING, count('skipped'))
      .once(EVENT_RUN_END, () => {
        const path = process.env.TEST_RESULTS;
        if (path) writeFileSync(path, JSON.stringify(files));
      });
  }
}

function fileOf(runnable) {
  for (let at = runnable; at; at = at.parent) if (at.file) return at.file;
  return 'unknown';
}
