import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { digest } from '../unit/catalog/publisher.ts';
import { actions, type Built, debian, debianFile, PublishedLab } from './published-lab.ts';
import { type Lab, until } from './support.ts';

describe('templates of a file', function () {
  this.timeout(120_000);
  let published: PublishedLab;
  let lab: Lab;

  before(async () => {
    published = await PublishedLab.start();
    ({ lab } = published);
  });
  after(() => published.stop());

  it('makes ten of them, and the second time not one write', async () => {
    published.publish();
    const packed = gzipSync(published.image);
    published.publisher.put('https://own.test/packed.qcow2.gz', packed);
    published.publisher.put('https://own.test/stamped.qcow2', published.image);
    const path = published.save(
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
    await published.built(path, '--dry-run');
    expect(lab.writes()).to.equal(dry);
    const first = await published.built(path, '--report', lab.file('report.json'));
    expect(first).to.have.length(10);
    expect(first.every(({ result }) => result?.action === 'built')).to.equal(true);
    expect(first[8]!.result!.version).to.equal('1');

    const before = lab.writes();
    const second = await published.built(path, '--junit', lab.file('report.xml'));
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
    const path = published.save('life.yaml', 'templates:', line.replace('MEM', '1G'));
    await published.built(path);
    published.publish(published.other('second'));
    expect(actions(await published.built(path))).to.deep.equal(['life built']);
    published.save('life.yaml', 'templates:', line.replace('MEM', '2G'));
    const refused = await published.build(path, '--prune-keep', '2');
    expect(refused.code, 'it is asked before versions go').to.equal(1);
    const [third] = await published.built(path, '--prune-keep', '2', '--yes');
    expect(third!.result!.pruned).to.have.length(1);
    const list = await lab.json<Array<{ name: string; latest: boolean; version: string }>>(
      ...['template', 'list', '--filter', 'name=life'],
    );
    expect(list.map(({ latest }) => latest)).to.deep.equal([false, true]);
    expect(list[1]!.version).to.equal(third!.result!.version);
  });

  it('builds the others when one publisher does not answer', async () => {
    published.publish(published.other('fourth'));
    const path = published.save(
      'some.yaml',
      'templates:',
      '  - { name: gone, distribution: cirros }',
      '  - { name: there, distribution: debian-13 }',
    );
    const { code, stdout } = await published.build(path, '--report', lab.file('some.json'));
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as { error: { code: string; data: { results: Built[] } } };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    const report = JSON.parse(readFileSync(lab.file('some.json'), 'utf8')) as {
      templates: Built[];
    };
    expect(report).to.include({ ok: false, built: 1, failed: 1 });
    expect(report.templates.find(({ ok }) => !ok)).to.deep.include({ target: 'template gone' });
    const alone = await published.build(
      published.save('one.yaml', 'templates: [{ name: gone, distribution: cirros }]'),
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
      const path = published.save('wrong.yaml', text);
      const { code, stderr } = await lab.pmx(['template', 'build', '-f', path], {
        env: published.env,
      });
      expect(code, text).to.equal(1);
      expect(stderr, text).to.include(`wrong.yaml:${place}`).and.to.include(words);
    }
    expect(lab.writes()).to.equal(before);
  });

  it('goes on with what was killed', async () => {
    published.publish(published.other('fifth'));
    const path = published.save(
      'killed.yaml',
      'templates: [{ name: killed, distribution: debian-13, fetch: local }]',
    );
    // The publisher stops in the middle, so that the upload is under way for as long as it takes.
    let stalled = false;
    const content = published.other('fifth');
    published.publisher.put(`${debian}/${debianFile}`, (request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      if (request.headers.range !== undefined) return void response.end(content);
      response.write(content.subarray(0, content.length - 100));
      stalled = true;
    });
    const child = lab.spawn(['template', 'build', '-f', path, '--json'], { env: published.env });
    child.stdin!.end();
    await until(() => stalled, 'the download');
    child.kill('SIGKILL');
    await once(child, 'close');
    published.publish(content);
    const operations = await lab.json<Array<{ id: string; status: string }>>('op', 'list');
    const { id } = operations.find(({ status }) => status === 'interrupted')!;
    expect(actions(await published.built(path))).to.deep.equal(['killed built']);
    const after = await lab.json<{ status: string }>('op', 'show', id);
    expect(after.status).to.equal('completed');
    expect(actions(await published.built(path))).to.deep.equal(['killed unchanged']);
  });
});
