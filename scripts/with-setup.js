// node scripts/with-setup.js SCRIPT [ARGS…]: sets the checkout up, then runs SCRIPT on its own Node.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { ownNode, root, setUp } from './setup.js';

const [script, ...args] = process.argv.slice(2);
setUp();
const child = spawn(ownNode, [join(root, script), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
});
// Ctrl-C reaches the child by itself; this process only has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 2);
});
