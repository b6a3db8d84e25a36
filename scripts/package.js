// npm run package: everything that a release consists of, in build/release.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { makeDeb } from './package/deb.js';
import { installer } from './package/installer.js';
import { writeSbom } from './package/sbom.js';
import {
  addNode,
  bundled,
  mebibytes,
  onlyThisMachine,
  packNpm,
  release,
  run,
  sizeOf,
  stage,
} from './package/stage.js';
import { makeStandalone } from './package/standalone.js';
import { ownNode, root } from './setup.js';

const here = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const say = (text) => process.stdout.write(`${text}\n`);
const made = [];

/** Where `pmx update` of this version looks, too. */
async function archivesOf({ version, repository }) {
  const { releaseFolder } = await import('../dist/lib/operations/program/newest.js');
  return releaseFolder(version, undefined, repository);
}

rmSync(release, { recursive: true, force: true });
mkdirSync(release, { recursive: true });
run(ownNode, [join(root, 'scripts', 'bundle.js')]);
const pjson = JSON.parse(readFileSync(join(bundled, 'package.json'), 'utf8'));

made.push(packNpm());
const staged = stage(made[0]);
say(`installed from npm: ${mebibytes(sizeOf(staged))}`);
onlyThisMachine(staged);
addNode(staged);
if (process.platform === 'linux') {
  made.push(makeStandalone(staged, pjson));
  made.push(join(release, 'install.sh'));
  writeFileSync(made.at(-1), installer(pjson.version, await archivesOf(pjson)));
  if (here('dpkg-deb')) made.push(makeDeb(staged, pjson));
  else say('no .deb: dpkg-deb is not here');
} else
  say(`neither .deb nor standalone archive: they are made on Linux, this is ${process.platform}`);
made.push(writeSbom(pjson, staged));

// A client without its daemon builds nothing.
const engine = ['podman', 'docker', 'buildah'].find(
  (name) => spawnSync(name, ['info'], { stdio: 'ignore' }).status === 0,
);
if (engine === undefined) say('no container image: neither podman, docker nor buildah works here');
else {
  const context = join(root, 'build', 'container');
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  cpSync(join(root, 'Containerfile'), join(context, 'Containerfile'));
  cpSync(made[0], join(context, 'pmx-cli.tgz'));
  run(engine, [
    'build',
    '-t',
    `pmx:${pjson.version}`,
    '-f',
    join(context, 'Containerfile'),
    context,
  ]);
  say(`container image pmx:${pjson.version} (${engine})`);
}

writeFileSync(
  join(release, 'SHA256SUMS'),
  made
    .map(
      (path) =>
        `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
    )
    .join(''),
);
for (const path of made) say(`${path}  ${mebibytes(sizeOf(path))}`);
