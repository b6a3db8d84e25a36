// The tarball that npm publishes, and what it becomes when it is installed: both other packages are made of that.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { npmScript, ownNode, root } from '../setup.js';

export const release = join(root, 'build', 'release');
export const bundled = join(root, 'build', 'package');

export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    ...options,
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(' ')}: ${error?.message ?? stderr ?? ''}${stdout ?? ''}`,
    );
  return stdout ?? '';
}

/** npm on pmx's own Node: on an older one it leaves out native modules that are for newer ones. */
function npm(args, cwd) {
  const script = npmScript();
  if (script === undefined) throw new Error('npm is not here, or is no script that Node can run');
  return run(ownNode, [script, ...args], {
    cwd,
    env: { ...process.env, NODE_ENV: '' },
  });
}

/** @returns path of the tarball. @throws Error when something is in it that nobody should get */
export function packNpm() {
  const [{ filename, files }] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', release], bundled),
  );
  const unwanted = files.filter(({ path }) => /\.(map|test\.[jt]s|ts|pem|key)$|^test\//.test(path));
  if (unwanted.length > 0)
    throw new Error(`not to be published: ${unwanted.map(({ path }) => path).join(', ')}`);
  return join(release, filename);
}

/** @returns a folder with the installed package in `node_modules` and Node in `node` */
export function stage(tarball) {
  const folder = join(root, 'build', 'stage');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  npm(
    [
      'install',
      '--prefix',
      folder,
      '--omit=dev',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      tarball,
    ],
    folder,
  );
  for (const name of [
    'package.json',
    'package-lock.json',
    'node_modules/.bin',
    'node_modules/.package-lock.json',
  ])
    rmSync(join(folder, name), { recursive: true, force: true });
  return folder;
}

/** @returns folders of all packages that npm put there, those inside of others too, but for pmx itself */
export function installed(folder) {
  return globSync(['**/node_modules/*/package.json', '**/node_modules/@*/*/package.json'], {
    cwd: folder,
  })
    .filter((file) => !file.startsWith('node_modules/pmx-cli/'))
    .filter((file) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return name !== undefined && version !== undefined;
    })
    .map((file) => dirname(file))
    .sort();
}

/** Leaves out binaries for other machines. */
export function onlyThisMachine(folder) {
  const prebuilds = join(folder, 'node_modules', 'keytar', 'prebuilds');
  if (existsSync(prebuilds))
    for (const name of readdirSync(prebuilds))
      if (name !== `${process.platform}-${process.arch}`)
        rmSync(join(prebuilds, name), { recursive: true });
  for (const name of ['src', 'binding.gyp', 'script', 'build'])
    rmSync(join(folder, 'node_modules/keytar', name), { recursive: true, force: true });
  rmSync(join(folder, 'node_modules/node-addon-api'), { recursive: true, force: true });
}

/** Node itself, without symbols for debuggers. */
export function addNode(folder) {
  mkdirSync(join(folder, 'node'), { recursive: true });
  const target = join(folder, 'node', 'node');
  cpSync(realpathSync(join(root, 'node_modules', '.bin', 'node')), target);
  if (spawnSync('strip', ['--strip-unneeded', target]).status !== 0)
    process.stdout.write('strip is not here: Node stays as large as it is\n');
  const [licence] = globSync('node_modules/node/node_modules/node-*/LICENSE', { cwd: root });
  if (licence !== undefined) cpSync(join(root, licence), join(folder, 'node', 'LICENSE'));
}

export function sizeOf(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

export const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
