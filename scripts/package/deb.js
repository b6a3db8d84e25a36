// A Debian package that brings its own Node: `apt install ./pmx_*.deb` on Debian 12 and newer.
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { root } from '../setup.js';
import { thirdPartyLicenses } from '../bundle/package.js';
import { bundled, installed, release, run, sizeOf } from './stage.js';

/** Whoever builds the package says who looks after it; nobody has an address for it yet. */
const { DEBFULLNAME, DEBEMAIL } = process.env;
const maintainer = `${DEBFULLNAME || 'pmx contributors'} <${DEBEMAIL || 'nobody@pmx.invalid'}>`;
const architectures = { x64: 'amd64', arm64: 'arm64' };

/** @returns path of the package */
export function makeDeb(staged, { version, description, homepage }) {
  if (!DEBEMAIL)
    process.stdout.write('the .deb names no maintainer: set DEBFULLNAME and DEBEMAIL to one\n');
  const architecture = architectures[process.arch];
  const tree = join(root, 'build', 'deb');
  rmSync(tree, { recursive: true, force: true });
  const put = (place, content, mode = 0o644) => {
    const path = join(tree, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  const zipped = (text) => gzipSync(text, { level: 9 });

  mkdirSync(join(tree, 'usr/lib'), { recursive: true });
  cpSync(staged, join(tree, 'usr/lib/pmx'), { recursive: true, verbatimSymlinks: true });
  for (const place of ['README.md', 'LICENSE', 'CHANGELOG.md', 'man', 'completions'])
    rmSync(join(tree, 'usr/lib/pmx/node_modules/pmx-cli', place), { recursive: true, force: true });
  for (const file of globSync('**/{LICENSE,LICENCE}{,.*}', { cwd: join(tree, 'usr/lib/pmx') }))
    rmSync(join(tree, 'usr/lib/pmx', file));
  put('usr/bin/pmx', starter('/usr/lib/pmx'), 0o755);

  for (const file of globSync('man/*.[1-9]', { cwd: bundled }))
    put(
      `usr/share/man/man${file.at(-1)}/${basename(file)}.gz`,
      zipped(readFileSync(join(bundled, file))),
    );
  for (const [file, place] of [
    ['pmx.bash', 'usr/share/bash-completion/completions/pmx'],
    ['_pmx', 'usr/share/zsh/vendor-completions/_pmx'],
    ['pmx.fish', 'usr/share/fish/vendor_completions.d/pmx.fish'],
  ])
    if (existsSync(join(bundled, 'completions', file)))
      put(place, readFileSync(join(bundled, 'completions', file)));

  put('usr/share/doc/pmx/copyright', copyright(staged));
  put('usr/share/doc/pmx/changelog.gz', zipped(changelog(version)));
  put('usr/share/doc/pmx/NEWS.md.gz', zipped(readFileSync(join(root, 'CHANGELOG.md'))));
  put('usr/share/lintian/overrides/pmx', overrides);
  for (const folder of globSync('**/', { cwd: tree })) chmodSync(join(tree, folder), 0o755);
  // npm keeps the modes of files as their authors had them.
  run('find', [join(tree, 'usr/lib'), '-type', 'f', '-exec', 'chmod', '0644', '{}', '+']);
  chmodSync(join(tree, 'usr/lib/pmx/node/node'), 0o755);
  // Started by its own Node, never by one that is looked for.
  const main = join(tree, 'usr/lib/pmx/node_modules/pmx-cli/bin/run.js');
  writeFileSync(main, readFileSync(main, 'utf8').replace(/^#!.*\n/, ''));

  put(
    'DEBIAN/control',
    `Package: pmx
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(sizeOf(join(tree, 'usr')) / 1024)}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 12), libatomic1
Suggests: libsecret-1-0, bash-completion, man-db
Section: admin
Priority: optional
${homepage ? `Homepage: ${homepage}\n` : ''}Description: ${description.split(':')[0]}
 pmx creates, changes and removes virtual machines, containers, templates,
 backups and access rights of Proxmox VE from the command line. What it starts
 it finishes or takes back, and it says beforehand what it will do.
`,
  );
  put(
    'DEBIAN/md5sums',
    run('sh', ['-c', 'find usr -type f -print0 | sort -z | xargs -0 md5sum'], { cwd: tree }),
  );
  const target = join(release, `pmx_${version}_${architecture}.deb`);
  // Higher levels take minutes for a few percent.
  run('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', tree, target]);
  return target;
}

export function starter(place) {
  return `#!/bin/sh\nexec ${place}/node/node ${place}/node_modules/pmx-cli/bin/run.js "$@"\n`;
}

function changelog(version) {
  const date = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000) * 1000);
  return `pmx (${version}) unstable; urgency=medium

  * What is new is in /usr/share/doc/pmx/NEWS.md.gz.

 -- ${maintainer}  ${date.toUTCString().replace('GMT', '+0000')}
`;
}

/** Debian has the text of this licence already. */
function withoutApache(text) {
  return text.replaceAll(
    /^ *Apache License\s+Version 2\.0[\s\S]*?END OF TERMS AND CONDITIONS(?:\s+APPENDIX[\s\S]*?limitations under the License\.)?/gm,
    'Apache License 2.0: see /usr/share/common-licenses/Apache-2.0',
  );
}

function copyright(staged) {
  const indent = (text) =>
    withoutApache(text)
      .trim()
      .split('\n')
      .map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
      .join('\n');
  const others = readFileSync(join(bundled, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  const beside = thirdPartyLicenses(
    installed(staged).map((place) => join(staged, place)),
    'pmx comes with these packages.',
  );
  const node = join(staged, 'node', 'LICENSE');
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: pmx

Files: *
Copyright: 2026 pmx contributors
License: Apache-2.0
 On Debian systems the full text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/pmx/node_modules/pmx-cli/dist/*
Copyright: the authors named below
License: various
${indent(others)}

Files: usr/lib/pmx/node_modules/*
Copyright: the authors named below
License: various-beside
${indent(beside)}
${
  existsSync(node)
    ? `
Files: usr/lib/pmx/node/*
Copyright: Node.js contributors and the authors named below
License: MIT-and-others
${indent(readFileSync(node, 'utf8'))}
`
    : ''
}`;
}

const overrides = `# Node is linked with the libraries that it was tested with, as its publishers build it.
pmx: embedded-library
`;
