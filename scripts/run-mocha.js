// node scripts/run-mocha.js FILE-OR-GLOB…: runs mocha and ends with a line of counts. On CI, whose machines
// are busy, files with failures run a second time, whole and in a new process; both reports are printed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from './setup.js';

/** More files than these fail by no accident. */
const mostAgain = 5;

const folder = mkdtempSync(join(tmpdir(), 'pmx-results-'));

function run(args) {
  const results = join(folder, 'results.json');
  rmSync(results, { force: true });
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      '--reporter',
      join(root, 'scripts', 'results-reporter.js'),
      ...args,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TEST_RESULTS: results },
    },
  );
  try {
    return { ok: status === 0, files: JSON.parse(readFileSync(results, 'utf8')) };
  } catch {
    // Mocha itself came to grief: a file that cannot be loaded, or the process was killed.
    return { ok: false, files: undefined };
  }
}

function failedIn(files) {
  return Object.keys(files).filter((file) => files[file].failed > 0);
}

let { ok, files } = run(process.argv.slice(2));
const again = files ? failedIn(files) : [];
if (process.env.CI && again.length > 0 && again.length <= mostAgain && !again.includes('unknown')) {
  process.stdout.write(`\nSecond try, whole files: ${again.join(' ')}\n`);
  const second = run(again);
  ok = second.ok;
  files = second.files && { ...files, ...second.files };
}
rmSync(folder, { recursive: true, force: true });

const total = { passed: 0, failed: 0, skipped: 0 };
for (const counts of Object.values(files ?? {}))
  for (const what of Object.keys(total)) total[what] += counts[what];
if (!ok && total.failed === 0) total.failed = 1;
process.stdout.write(
  `\nTotal: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
);
process.exitCode = ok ? 0 : 1;
