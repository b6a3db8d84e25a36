// npm test: lint, repetitions, types, then every test with coverage. `npm test -- GLOB` runs only those tests.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ownNode, root } from './setup.js';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const globs = process.argv.slice(2);
const allTests = ['plugins/*/test/**/*.test.ts', 'test/{unit,command,e2e,health}/**/*.test.ts'];
// Thousands of processes leave gigabytes of coverage, which c8 puts together in memory.
const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=12288' };
// oclif would run from src instead of dist, and colours would get into compared output.
delete env.NODE_ENV;
delete env.FORCE_COLOR;
for (const name of Object.keys(env))
  if (name.startsWith('PMX_') || name.startsWith('PVE_')) delete env[name];

function run(title, command, args) {
  process.stdout.write(`\n== ${title}\n`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  return status === 0;
}

const mocha = [join(root, 'scripts', 'run-mocha.js'), ...(globs.length > 0 ? globs : allTests)];
const checks =
  globs.length > 0
    ? [['Tests', ownNode, mocha]]
    : [
        ['Lint', bin('eslint'), ['.']],
        ['Format', bin('prettier'), ['--check', '--log-level=warn', '.']],
        ['Repetitions', bin('jscpd'), []],
        ['Types of the tests', bin('tsc'), ['-p', 'test/tsconfig.json']],
        ['Tests with coverage', bin('c8'), [ownNode, ...mocha]],
      ];
const failed = checks
  .filter(([title, command, args]) => !run(title, command, args))
  .map(([title]) => title);
if (failed.length > 0) {
  process.stdout.write(`\nFailed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
