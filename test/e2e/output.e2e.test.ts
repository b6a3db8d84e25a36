import { spawnSync } from 'node:child_process';

import { expect } from 'chai';
import { parse as parseYaml } from 'yaml';

import { bin, Lab, outcomeOf, until } from './support.ts';

interface Storage {
  storage: string;
  totalBytes: number;
}

/** util-linux' script makes a terminal; its -c takes a command line. */
const hasTerminal = spawnSync('script', ['--version']).status === 0;

describe('output of the program', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    for (const vmid of ['101', '102', '103'])
      await lab.json('api', 'post', '/nodes/pve1/qemu', `vmid=${vmid}`, `name=web-${vmid}`);
  });
  after(() => lab.stop());

  it('every format of a list, with the flags in front, too', async () => {
    const out = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await lab.pmx(args);
      expect(code, stderr).to.equal(0);
      return stdout;
    };
    const rows = JSON.parse(await out('-o', 'json', 'storage', 'list')) as Storage[];
    expect(parseYaml(await out('storage', 'list', '-o', 'yaml'))).to.deep.equal(rows);
    const lines = (await out('storage', 'list', '-o', 'jsonl')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Storage)).to.deep.equal(rows);
    expect(await out('storage', 'list', '-o', 'csv', '--columns', 'storage,total')).to.equal(
      ['storage,totalBytes', ...rows.map((row) => `${row.storage},${row.totalBytes}`), ''].join(
        '\n',
      ),
    );
    expect(await out('vm', 'list', '-o', 'name', '--filter', 'vmid>101')).to.equal(
      'web-102\nweb-103\n',
    );
    expect(await out('vm', 'list', '-o', 'jsonpath={[*].vmid}')).to.equal('101 102 103\n');
    expect(
      await out('vm', 'list', '--no-headers', '--columns', 'vmid', '--sort-by', '-vmid'),
    ).to.equal(' 103\n 102\n 101\n'.replaceAll(' ', ''));
    expect(await out('vm', 'show', 'web-101', '-o', 'jsonpath={.config.name}')).to.equal(
      'web-101\n',
    );
  });

  it('a mistake in the command line is a YAML document with -o yaml', async () => {
    const { code, stdout } = await lab.pmx(['vm', 'list', '-o', 'yaml', '--colour']);
    expect(code).to.equal(1);
    expect(parseYaml(stdout)).to.have.nested.property('error.code', 'PMX_USAGE');
    const unknown = await lab.pmx(['-o', 'yaml', 'vm', 'lits']);
    expect(unknown.code).to.equal(1);
    expect(parseYaml(unknown.stdout)).to.have.nested.property('error.exitCode', 1);
  });

  it('--watch goes on until Ctrl-C, which is its good end', async () => {
    const child = lab.spawn(['vm', 'list', '--watch', '300ms', '-o', 'jsonl']);
    let seen = '';
    child.stdout!.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    const ended = outcomeOf(child);
    await until(() => seen.split('"vmid":101').length > 3, 'three rounds');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(0);
  });

  (hasTerminal ? it : it.skip)('a table longer than the terminal goes through PMX_PAGER', () => {
    const command = `stty rows 4; ${process.execPath} ${bin} vm list`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      env: lab.env({ PMX_PAGER: "sed 's/^/paged: /'", TERM: 'xterm' }),
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => line.startsWith('paged: '))).to.have.length(4);
  });

  (hasTerminal ? it : it.skip)('is cut to the width of the terminal', () => {
    const command = `stty cols 40; ${process.execPath} ${bin} task list --no-headers`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      env: lab.env({ PMX_PAGER: '', TERM: 'xterm' }),
      encoding: 'utf8',
    });
    expect(stdout).to.include('…');
  });
});
