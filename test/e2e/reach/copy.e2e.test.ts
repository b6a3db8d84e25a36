import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Lab } from '../support.ts';

interface Copied {
  bytes: number;
  checked: boolean;
  destination: string;
}

describe('pmx vm cp', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.json('vm', 'create', 'web-01', '--template', 'base', '--start');
  });

  after(() => lab.stop());

  const inTmp = async (): Promise<string[]> =>
    (await lab.pmx(['vm', 'exec', 'web-01', '--', 'ls', '/tmp'])).stdout.split('\n').slice(0, -1);

  for (const [what, size] of [
    ['an empty file', 0],
    ['one piece', 1000],
    ['exactly one piece', 46_080],
    ['several pieces', 150_000],
    ['several reads', 2_500_000],
  ] as const)
    it(`${what}: in and out again, byte by byte`, async () => {
      const content = randomBytes(size);
      writeFileSync(lab.file('in.bin'), content);
      const into = await lab.json<Copied>('vm', 'cp', lab.file('in.bin'), 'web-01:/tmp/');
      expect(into).to.include({ bytes: size, checked: true, destination: '/tmp/in.bin' });
      expect(await inTmp()).to.deep.equal(['in.bin']);
      const out = await lab.json<Copied>('vm', 'cp', 'web-01:/tmp/in.bin', lab.file('out.bin'));
      expect(out).to.include({ bytes: size, checked: true });
      expect(readFileSync(lab.file('out.bin')).equals(content)).to.equal(true);
    });

  it('what fails leaves nothing: neither pieces in the guest nor half a file here', async () => {
    writeFileSync(lab.file('in.bin'), randomBytes(100_000));
    await lab.json(
      ...['sandbox', 'fault', 'add', '--action', 'status', '--status', '500', '--nth', '2'],
      ...['--method', 'POST', '--path', '/nodes/*/qemu/*/agent/file-write'],
    );
    const before = await inTmp();
    const put = await lab.pmx(['vm', 'cp', lab.file('in.bin'), 'web-01:/tmp/new']);
    expect(put.code, put.stderr).to.equal(3);
    await lab.json('sandbox', 'fault', 'clear');
    expect(await inTmp()).to.deep.equal(before);
    const files = readdirSync(lab.path);
    const fetched = await lab.pmx(['vm', 'cp', 'web-01:/nosuch', lab.file('never')]);
    expect(fetched.code).to.equal(3);
    expect(existsSync(lab.file('never'))).to.equal(false);
    expect(readdirSync(lab.path)).to.deep.equal(files);
  });

  it('--direct is one call, and starts no program', async () => {
    writeFileSync(lab.file('small'), 'small\n');
    const before = lab.requests().length;
    const { checked } = await lab.json<Copied>(
      ...['vm', 'cp', lab.file('small'), 'web-01:/tmp/small', '--direct'],
    );
    expect(checked).to.equal(false);
    const writes = lab
      .requests()
      .slice(before)
      .filter(({ method }) => method === 'POST');
    expect(writes.map(({ path }) => path.split('/').at(-1))).to.deep.equal(['file-write']);
    const { stdout } = await lab.pmx(['vm', 'agent', 'file-read', 'web-01', '/tmp/small']);
    expect(stdout).to.equal('small\n');
  });

  it('bad words are told before anything is sent', async () => {
    writeFileSync(lab.file('large'), Buffer.alloc(50_000));
    const writes = lab.writes();
    for (const [words, code] of [
      [['a', 'b'], 'PMX_INVALID_COPY'],
      [['web-01:/a', 'web-01:/b'], 'PMX_INVALID_COPY'],
      [[lab.file('large'), 'web-01:relative'], 'PMX_INVALID_COPY'],
      [[lab.path, 'web-01:/tmp/'], 'PMX_INVALID_COPY'],
      [['web-01:/etc/', lab.path], 'PMX_INVALID_COPY'],
      [[lab.file('nosuch'), 'web-01:/tmp/'], 'PMX_FILE_NOT_FOUND'],
      [[lab.file('large'), 'nosuch:/tmp/'], 'PMX_VM_NOT_FOUND'],
      [[lab.file('large'), 'web-01:/tmp/', '--direct'], 'PMX_COPY_TOO_LARGE'],
      [[lab.file('large'), 'web-01:/tmp/', '--mode', '9'], 'PMX_INVALID_COPY'],
    ] as const) {
      const { code: exit, stderr } = await lab.pmx(['vm', 'cp', ...words]);
      expect(exit, words.join(' ')).to.equal(1);
      expect(stderr).to.include(code);
    }
    expect(lab.writes()).to.equal(writes);
  });
});
