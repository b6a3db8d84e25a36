import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pmx-package');
/** Debian 12; before a release also 13: PMX_TEST_DEBIAN=bookworm,trixie. */
const suites = (process.env['PMX_TEST_DEBIAN'] ?? 'bookworm').split(',');
/** What the package needs, so that it installs without a network; man and completion to try them. */
const packages = 'man-db,bash-completion,libatomic1,libstdc++6';

function sh(command: string, millis: number): SpawnSyncReturns<string> {
  return spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: millis });
}

/** A clean Debian, as an archive that is made once. @returns why there is none, or nothing */
function makeDebian(suite: string, archive: string): string | undefined {
  if (existsSync(archive)) return undefined;
  mkdirSync(cache, { recursive: true });
  const made = `${archive}.${process.pid}`;
  const { status, stderr } = sh(
    `mmdebstrap --quiet --mode=root --variant=minbase --include=${packages} ` +
      `--aptopt='Acquire::Languages "none"' ${suite} ${made}.tar`,
    400_000,
  );
  if (status !== 0) {
    rmSync(`${made}.tar`, { force: true });
    return `mmdebstrap made no ${suite}: ${(stderr ?? '').split('\n').slice(-2).join(' ')}`;
  }
  renameSync(`${made}.tar`, archive);
  return undefined;
}

for (const suite of suites)
  describe(`the Debian package in a clean Debian (${suite})`, function () {
    this.timeout(600_000);
    let tree = '';

    /** In a name space of its own, with which all that was started ends. */
    function inside(script: string): SpawnSyncReturns<string> {
      const words = ['-m', '-p', '-f', `--mount-proc=${tree}/proc`, 'chroot', tree];
      return spawnSync('unshare', [...words, 'bash', '--norc', '-eo', 'pipefail', '-c', script], {
        encoding: 'utf8',
        timeout: 240_000,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
      });
    }

    function works(script: string): string {
      const { status, stdout, stderr } = inside(script);
      expect(status, `${script}\n${stdout}\n${stderr}`).to.equal(0);
      return stdout;
    }

    before(function () {
      const [deb] = globSync('build/release/pmx_*.deb', { cwd: root });
      const why =
        process.getuid?.() !== 0
          ? 'needs root'
          : ['mmdebstrap', 'unshare', 'tar'].some(
                (name) => sh(`command -v ${name}`, 5000).status !== 0,
              )
            ? 'needs mmdebstrap'
            : deb === undefined
              ? 'no package: npm run package'
              : makeDebian(suite, join(cache, `${suite}.tar`));
      if (why !== undefined) {
        process.stdout.write(`    skipped: ${why}\n`);
        this.skip();
      }
      tree = mkdtempSync(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'pmx-package-'));
      expect(sh(`tar -xf ${join(cache, `${suite}.tar`)} -C ${tree}`, 120_000).status).to.equal(0);
      copyFileSync(join(root, deb!), join(tree, 'tmp', 'pmx.deb'));
    });

    after(() => {
      if (tree !== '') rmSync(tree, { recursive: true, force: true });
    });

    it('installs with what Debian has, without a Node of Debian', () => {
      works('apt-get install -y --no-install-recommends /tmp/pmx.deb');
      expect(inside('command -v node').status).to.equal(1);
      expect(works('pmx --version')).to.match(/^pmx \d+\.\d+\.\d+\n$/);
    });

    it('brings manuals and completion', () => {
      expect(works('man -w pmx')).to.equal('/usr/share/man/man1/pmx.1.gz\n');
      expect(works('man pmx 2>/dev/null | cat')).to.contain('NAME');
      expect(works('. /usr/share/bash-completion/completions/pmx; complete -p pmx')).to.contain(
        'pmx',
      );
      expect(works('pmx complete -- vm lis')).to.contain('list\t');
    });

    it('runs the sandbox, and works in it', () => {
      const listed = works(`
      pmx sandbox start --detach
      pmx vm create web --empty
      pmx vm list -o name
      pmx vm delete web --yes
      pmx sandbox stop`);
      expect(listed).to.contain('web');
    });

    it('leaves updates to apt', () => {
      const { status, stdout, stderr } = inside('pmx update rollback');
      expect(status).to.equal(1);
      expect(stderr).to.contain('a Debian package');
      expect(stdout).to.match(/^apt install \.\/pmx_VERSION_\w+\.deb\n$/);
    });

    it('is gone without a trace after a purge', () => {
      works(`
      dpkg-query -L pmx > /tmp/files
      dpkg --purge pmx
      while read -r file; do [ -d "$file" ] || ! [ -e "$file" ] || { echo "$file"; exit 1; }; done < /tmp/files
      ! test -e /usr/lib/pmx; ! test -e /usr/share/doc/pmx; ! test -e /usr/bin/pmx`);
    });
  });
