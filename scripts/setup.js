// Makes a checkout ready: installs what the lock file says, re-runs on the project's own Node, builds.
// Plain builtins and old syntax only, since it starts on whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.pmx-setup');
export const ownNode = join(
  root,
  'node_modules',
  '.bin',
  process.platform === 'win32' ? 'node.cmd' : 'node',
);

function step(title, command, args) {
  process.stderr.write(`${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status === 0) return;
  process.stderr.write(`${title} failed${error ? `: ${error.message}` : ''}\n`);
  process.exit(2);
}

const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];

/** npm as a script for any Node; undefined where it is something else. */
export function npmScript() {
  const given = process.env.npm_execpath;
  if (given?.endsWith('npm-cli.js')) return given;
  const found = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout?.trim();
  const script = found ? realpathSync(found) : '';
  return script.endsWith('npm-cli.js') ? script : undefined;
}

/**
 * npm leaves out native modules that say they are for newer Nodes than the one it runs on, without a
 * word. So where the machine's is another one, the project's own is fetched first.
 */
function npmCi() {
  const script = npmScript();
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version } = lock.packages['node_modules/node'];
  const [major] = version.split('.');
  if (script === undefined || process.version.startsWith(`v${major}.`))
    return step('Installing dependencies (npm ci) …', 'npm', ['ci', ...quietly]);
  const folder = mkdtempSync(join(tmpdir(), 'pmx-node-'));
  const first = ['install', '--prefix', folder, '--no-save', `node@${version}`, ...quietly];
  step(`Fetching Node ${version} (this is ${process.version}) …`, 'npm', first);
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  step('Installing dependencies (npm ci) …', node, [script, 'ci', ...quietly]);
  rmSync(folder, { recursive: true, force: true });
}

/** When the lock file is not the one that node_modules was made from. */
function install() {
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest;
  if (installed && existsSync(ownNode)) return;
  npmCi();
  writeFileSync(stampFile, digest);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Builds when a source, a package.json or a compiler setting is newer than the last build. */
function build() {
  const sources = ['src', 'plugins/kit/src', 'plugins/sandbox/src'];
  const settings = [
    'package.json',
    'plugins/kit/package.json',
    'plugins/sandbox/package.json',
    'tsconfig.base.json',
  ];
  const changed = Math.max(
    ...sources.map((folder) => newest(join(root, folder))),
    ...settings.map((file) => statSync(join(root, file)).mtimeMs),
  );
  const manifest = join(root, 'oclif.manifest.json');
  if (existsSync(manifest) && statSync(manifest).mtimeMs >= changed) return;
  step('Building …', ownNode, [join(root, 'scripts', 'build.js')]);
}

export function setUp() {
  install();
  build();
}
