import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { open, truncate, utimes, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import fc from 'fast-check';
import { assertUnchanged, hashRange, inspectImage, openRange } from '#dist/lib/images/index.js';
import { failure, mbrDisk, mebibyte, useFolder } from './fixtures.ts';

const content = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 31) % 251));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('hashRange and openRange', () => {
  const folder = useFolder();

  it('give the bytes of any range', async function () {
    this.timeout(10_000);
    const path = await folder.put('file', content);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length), fc.nat(content.length), async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const expected = content.subarray(start, end);
        expect(await hashRange(path, start, end - start)).to.equal(sha256(expected));
        const read = await buffer(openRange(path, start, end - start));
        expect(Buffer.compare(read, expected)).to.equal(0);
      }),
      { numRuns: 30 },
    );
  });

  it('say so when the file is shorter than the range', async () => {
    const path = await folder.put('file', content);
    for (const attempt of [
      hashRange(path, 10, content.length),
      buffer(openRange(path, 10, content.length)),
    ]) {
      const error = await failure(attempt);
      expect(error).to.include({ code: 'PMX_FILE_CHANGED', exitCode: 2 });
      expect(error.message).to.include('ended at byte 700000');
    }
  });

  it('name a missing file', async () => {
    const path = folder.path('nothing');
    expect(await failure(hashRange(path, 0, 1))).to.include({ code: 'PMX_FILE_NOT_FOUND' });
    expect(await failure(buffer(openRange(path, 0, 1)))).to.include({ code: 'PMX_FILE_NOT_FOUND' });
  });

  it('openRange can be given up early', async () => {
    const path = await folder.put('file', content);
    const stream = openRange(path, 0, content.length);
    for await (const piece of stream) {
      expect((piece as Buffer).length).to.be.greaterThan(0);
      break;
    }
    expect(stream.destroyed).to.equal(true);
  });

  it('hashRange stops with the reason of its signal', async () => {
    const path = folder.path('big');
    await (await open(path, 'w')).close();
    await truncate(path, 20 * 1024 * mebibyte);
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const hashing = failure(
      hashRange(path, 0, 20 * 1024 * mebibyte, { signal: controller.signal }),
    );
    setTimeout(() => controller.abort(reason), 20);
    expect(await hashing).to.equal(reason);
  });

  it('hashRange needs little memory for 2 GiB', function () {
    if (process.platform !== 'linux') this.skip();
    this.timeout(60_000);
    const script = `
      import { readFileSync } from 'node:fs';
      import { open } from 'node:fs/promises';
      import { hashRange } from '#dist/lib/images/index.js';
      const path = process.argv[1];
      const file = await open(path, 'w');
      await file.truncate(2 ** 31);
      await file.close();
      await hashRange(path, 0, 2 ** 31);
      // Not resourceUsage().maxRSS: that one begins with what the parent had when it forked.
      process.stdout.write(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    `;
    const child = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script, folder.path('sparse')],
      { encoding: 'utf8', cwd: import.meta.dirname },
    );
    expect(child.status, child.stderr).to.equal(0);
    expect(Number(child.stdout) / 1024, 'MiB').to.be.within(1, 100);
  });
});

describe('assertUnchanged', () => {
  const folder = useFolder();

  it('accepts the file that was inspected', async () => {
    const info = await inspectImage(await folder.put('disk.raw', mbrDisk(mebibyte)));
    await assertUnchanged(info);
  });

  it('refuses another size, another time, and a missing file', async () => {
    const path = await folder.put('disk.raw', mbrDisk(mebibyte));
    const info = await inspectImage(path);
    const changed = { code: 'PMX_FILE_CHANGED', exitCode: 1 };
    await utimes(path, new Date(), new Date(info.modifiedMillis + 2000));
    expect(await failure(assertUnchanged(info))).to.include(changed);
    await writeFile(path, 'x');
    await utimes(path, new Date(), new Date(info.modifiedMillis));
    expect(await failure(assertUnchanged(info))).to.include(changed);
    const missing = { ...info, path: folder.path('nothing') };
    expect(await failure(assertUnchanged(missing))).to.include({ code: 'PMX_FILE_NOT_FOUND' });
  });
});
