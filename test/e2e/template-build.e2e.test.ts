import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { digest, Publisher } from '../unit/catalog/publisher.ts';
import { Lab, type Outcome, until } from './support.ts';

interface Built {
  target: string;
  ok: boolean;
  result?: { name: string; action: string; version: string; vmid: number; pruned: string[] };
  error?: { code: string };
}

const debian = 'https://cloud.debian.org/images/cloud/trixie/latest';
const file = 'debian-13-genericcloud-amd64.qcow2';

describe('templates of a file', function () {
  this.timeout(120_000);
  let lab: Lab;
  let publisher: Publisher;
  let image: Buffer;
  let env: Record<string, string>;

  before(async () => {
    [lab, publisher] = await Promise.all([Lab.start(), Publisher.start()]);
    await createEmptyQcow2(lab.file('own.qcow2'), 64 * 2 ** 20);
    image = readFileSync(lab.file('own.qcow2'));
    env = { PMX_MIRRORS: JSON.stringify({ '*': publisher.base }) };
  });
  after(async () => {
    await publisher.stop();
    await lab.stop();
  });

  const publish = (content = image): void => {
    publisher.put(`${debian}/${file}`, content);
    publisher.put(`${debian}/SHA512SUMS`, `${digest('sha512', content)}  ${file}\n`);
  };
  const other = (mark: string): Buffer => Buffer.concat([image, Buffer.from(mark.padEnd(512))]);
  const save = (name: string, ...lines: string[]): string => {
    writeFileSync(lab.file(name), `${lines.join('\n')}\n`);
    return lab.file(name);
  };
  const build = (path: string, ...args: string[]): Promise<Outcome> =>
    lab.pmx(['template', 'build', '-f', path, ...args, '--json'], { env });
  const built = async (path: string, ...args: string[]): Promise<Built[]> => {
    const { code, stdout, stderr } = await build(path, ...args);
    expect(code, stdout + stderr).to.equal(0);
    return JSON.parse(stdout) as Built[];
  };
  const actions = (rows: Built[]) => rows.map(({ result }) => `${result!.name} ${result!.action}`);

  it('makes ten of them, and the second time not one write', async () => {
    publish();
    const packed = gzipSync(image);
    publisher.put('https://own.test/packed.qcow2.gz', packed);
    publisher.put('https://own.test/stamped.qcow2', image);
    const path = save(
      'ten.yaml',
      'defaults: { memory: 1G, tags: [base] }',
      'templates:',
      '  - { name: debian-13, distribution: debian-13 }',
      '  - { name: debian-big, distribution: debian, memory: 4G, profile: performance }',
      '  - { name: debian-local, distribution: debian-13, fetch: local }',
      `  - { name: packed, url: 'https://own.test/packed.qcow2.gz', checksum: 'sha256:${digest('sha256', packed)}' }`,
      '  - { name: stamped, url: https://own.test/stamped.qcow2, unchecked: true }',
      '  - { name: own, image: own.qcow2 }',
      "  - { name: own-nets, image: own.qcow2, networks: ['vmbr0', 'vmbr0,tag=20'] }",
      '  - { name: own-uefi, image: own.qcow2, bios: ovmf, tpm: true }',
      "  - { name: own-fixed, image: own.qcow2, version: '1' }",
      '  - { name: own-aside, image: own.qcow2, promote: false }',
    );
    const dry = lab.writes();
    await built(path, '--dry-run');
    expect(lab.writes()).to.equal(dry);
    const first = await built(path, '--report', lab.file('report.json'));
    expect(first).to.have.length(10);
    expect(first.every(({ result }) => result?.action === 'built')).to.equal(true);
    expect(first[8]!.result!.version).to.equal('1');

    const before = lab.writes();
    const second = await built(path, '--junit', lab.file('report.xml'));
    expect(lab.writes()).to.equal(before);
    expect(second.every(({ result }) => result?.action === 'unchanged')).to.equal(true);
    expect(second.map(({ result }) => result!.vmid)).to.deep.equal(
      first.map(({ result }) => result!.vmid),
    );
    const report = JSON.parse(readFileSync(lab.file('report.json'), 'utf8')) as object;
    expect(report).to.include({ ok: true, built: 10, unchanged: 0, failed: 0 });
    expect(readFileSync(lab.file('report.xml'), 'utf8')).to.include('tests="10" failures="0"');
  });

  it('makes a new version of another image or other settings, and keeps so many', async () => {
    const line = '  - { name: life, distribution: debian-13, memory: MEM }';
    const path = save('life.yaml', 'templates:', line.replace('MEM', '1G'));
    await built(path);
    publish(other('second'));
    expect(actions(await built(path))).to.deep.equal(['life built']);
    save('life.yaml', 'templates:', line.replace('MEM', '2G'));
    const refused = await build(path, '--prune-keep', '2');
    expect(refused.code, 'it is asked before versions go').to.equal(1);
    const [third] = await built(path, '--prune-keep', '2', '--yes');
    expect(third!.result!.pruned).to.have.length(1);
    const list = await lab.json<Array<{ name: string; latest: boolean; version: string }>>(
      ...['template', 'list', '--filter', 'name=life'],
    );
    expect(list.map(({ latest }) => latest)).to.deep.equal([false, true]);
    expect(list[1]!.version).to.equal(third!.result!.version);
  });

  it('builds the others when one publisher does not answer', async () => {
    publish(other('fourth'));
    const path = save(
      'some.yaml',
      'templates:',
      '  - { name: gone, distribution: cirros }',
      '  - { name: there, distribution: debian-13 }',
    );
    const { code, stdout } = await build(path, '--report', lab.file('some.json'));
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as { error: { code: string; data: { results: Built[] } } };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    const report = JSON.parse(readFileSync(lab.file('some.json'), 'utf8')) as {
      templates: Built[];
    };
    expect(report).to.include({ ok: false, built: 1, failed: 1 });
    expect(report.templates.find(({ ok }) => !ok)).to.deep.include({ target: 'template gone' });
    const alone = await build(
      save('one.yaml', 'templates: [{ name: gone, distribution: cirros }]'),
    );
    expect(alone.code).to.equal(2);
  });

  it('says what is wrong with the file by line and column, before anything is written', async () => {
    const before = lab.writes();
    for (const [text, place, words] of [
      ['templates:\n  - { name: a, image: own.qcow2, memmory: 1G }', '2:34', "'memory'?"],
      [
        'templates:\n  - { name: b, image: own.qcow2 }\n  - { name: a, distribution: debain-13 }',
        '3:5',
        "'debian-13'",
      ],
      [
        'templates:\n  - { name: a, image: own.qcow2, storage: none }\n  - { name: c, image: own.qcow2 }',
        '2:5',
        "storage 'none'",
      ],
    ] as const) {
      const path = save('wrong.yaml', text);
      const { code, stderr } = await lab.pmx(['template', 'build', '-f', path], { env });
      expect(code, text).to.equal(1);
      expect(stderr, text).to.include(`wrong.yaml:${place}`).and.to.include(words);
    }
    expect(lab.writes()).to.equal(before);
  });

  it('goes on with what was killed', async () => {
    publish(other('fifth'));
    const path = save(
      'killed.yaml',
      'templates: [{ name: killed, distribution: debian-13, fetch: local }]',
    );
    // The publisher stops in the middle, so that the upload is under way for as long as it takes.
    let stalled = false;
    const content = other('fifth');
    publisher.put(`${debian}/${file}`, (request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      if (request.headers.range !== undefined) return void response.end(content);
      response.write(content.subarray(0, content.length - 100));
      stalled = true;
    });
    const child = lab.spawn(['template', 'build', '-f', path, '--json'], { env });
    child.stdin!.end();
    await until(() => stalled, 'the download');
    child.kill('SIGKILL');
    await once(child, 'close');
    publish(content);
    const operations = await lab.json<Array<{ id: string; status: string }>>('op', 'list');
    const { id } = operations.find(({ status }) => status === 'interrupted')!;
    expect(actions(await built(path))).to.deep.equal(['killed built']);
    const after = await lab.json<{ status: string }>('op', 'show', id);
    expect(after.status).to.equal('completed');
    expect(actions(await built(path))).to.deep.equal(['killed unchanged']);
  });

  it('tells what is outdated, and refreshes it as it was', async () => {
    publish(other('sixth'));
    await built(
      save(
        'aged.yaml',
        'templates: [{ name: aged, distribution: debian-13, memory: 3G, tags: [a] }]',
      ),
    );
    const run = (...args: string[]): Promise<Outcome> =>
      lab.pmx(['template', ...args, '--json'], { env });
    const statusOf = ({ stdout }: Outcome): string =>
      (JSON.parse(stdout) as Array<{ status: string }>).map(({ status }) => status).join();
    const current = await run('outdated', 'aged');
    expect(current.code, current.stderr).to.equal(0);
    expect(statusOf(current)).to.equal('current');
    const before = lab.writes();
    const idle = await run('refresh', 'aged');
    expect(actions(JSON.parse(idle.stdout) as Built[])).to.deep.equal(['aged unchanged']);

    publish(other('seventh'));
    const outdated = await run('outdated', 'aged');
    expect(outdated.code).to.equal(1);
    expect(statusOf(outdated)).to.equal('outdated');
    const all = await run('outdated');
    expect(statusOf(all)).to.include('unknown');
    expect(lab.writes()).to.equal(before);
    const refreshed = await run('refresh', 'aged', '--prune-keep', '1', '--yes');
    expect(refreshed.code, refreshed.stderr).to.equal(0);
    const [row] = JSON.parse(refreshed.stdout) as Built[];
    expect(row!.result).to.include({ action: 'built' });
    expect(row!.result!.pruned).to.have.length(1);
    const shown = await lab.json<{
      config: Record<string, string>;
      latest: boolean;
      tags: string[];
    }>(...['template', 'show', 'aged']);
    expect(shown).to.deep.include({ latest: true });
    expect(shown.config['memory']).to.equal('3072');
    expect(shown.tags).to.include('a');
    // For the file this is what it would have built.
    expect(actions(await built(lab.file('aged.yaml')))).to.deep.equal(['aged unchanged']);

    const own = await run('refresh', 'own');
    expect((JSON.parse(own.stdout) as { error: { code: string } }).error.code).to.equal(
      'PMX_NOT_REFRESHABLE',
    );
    const offline = await lab.pmx(['template', 'outdated', 'aged', '--json'], {
      env: { PMX_MIRRORS: '{"*": "http://127.0.0.1:9"}' },
    });
    expect(offline.code).to.equal(2);
    expect(statusOf(offline)).to.equal('offline');
  });
});
