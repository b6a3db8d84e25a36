import { createHash } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';

import { type PveUploadArgs, ref, text } from '@pmx-cli/kit';
import { expect } from 'chai';

import { pveUpload } from '#dist/lib/operations/engine/handlers/pve-upload.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { contextFor } from './context.ts';

const variables = { operation: 'op1' };

describe('pve.upload', () => {
  const folder = useFolder();

  function fileArgs(content: string, offset = 0, length = content.length - offset): PveUploadArgs {
    const path = folder.put('image.ova', content);
    const { size, mtimeMs } = statSync(path);
    return {
      node: 'pve1',
      storage: 'local',
      content: 'import',
      filename: text`pmx-${ref('operation')}-web.qcow2`,
      sha256: createHash('sha256').update(content).digest('hex'),
      source: {
        type: 'file',
        path,
        offset,
        length,
        fileSize: size,
        modifiedMillis: Math.floor(mtimeMs),
      },
    };
  }

  it('sends a file under the name of the operation, with its checksum, and waits for the task', async () => {
    const pve = new FakePve();
    const args = fileArgs('0123456789');
    const context = contextFor(pve, variables);
    expect(await pveUpload.run(args, context)).to.deep.equal({
      volid: 'local:import/pmx-op1-web.qcow2',
      bytes: 10,
    });
    expect(pve.uploads).to.deep.equal([
      { filename: 'pmx-op1-web.qcow2', content: Buffer.from('0123456789'), sha256: args.sha256 },
    ]);
    expect([...pve.state.volumes]).to.deep.equal([['local:import/pmx-op1-web.qcow2', 10]]);
    expect(context.upids).to.deep.equal([pve.tasksOf('imgcopy')[0]!.upid]);
  });

  it('sends only the part of an OVA that is the disk', async () => {
    const pve = new FakePve();
    await pveUpload.run(fileArgs('0123456789', 3, 4), contextFor(pve, variables));
    expect(pve.uploads[0]!.content.toString()).to.equal('3456');
  });

  it('tells the progress', async () => {
    const context = contextFor(new FakePve(), variables);
    await pveUpload.run(fileArgs('x'.repeat(200_000)), context);
    expect(context.reports.at(0)).to.match(/^\d+ %$/);
    expect(context.reports.at(-2)).to.equal('100 %');
    expect(context.reports.at(-1)).to.equal('moving into the storage');
  });

  for (const [what, change] of [
    ['grown', (path: string) => writeFileSync(path, '0123456789more')],
    ['rewritten', (path: string) => writeFileSync(path, '9876543210', { flush: true })],
  ] as const) {
    it(`refuses a file that was ${what} since it was planned`, async () => {
      const pve = new FakePve();
      const args = fileArgs('0123456789');
      if (args.source.type === 'file') {
        args.source.modifiedMillis -= 5000;
        change(args.source.path);
      }
      const error = await failure(() => pveUpload.run(args, contextFor(pve, variables)));
      expect(error.exitCode).to.be.oneOf([1, 2]);
      expect(error.message).to.include('image.ova');
      expect(pve.writes).to.deep.equal([]);
    });
  }

  it('makes the cloud-init ISO on the fly, its id that of the operation', async () => {
    const pve = new FakePve();
    await pveUpload.run(
      {
        node: 'pve1',
        storage: 'local',
        content: 'iso',
        filename: 'seed.iso',
        source: {
          type: 'cloud-init-seed',
          layout: 'nocloud',
          hostname: 'web-01',
          userData: folder.put('u.yaml', '#cloud-config\nusers: []\n'),
        },
      },
      contextFor(pve, variables),
    );
    const { content } = pve.uploads[0]!;
    expect(content.includes('instance-id: op1')).to.equal(true);
    expect(content.includes('local-hostname: web-01')).to.equal(true);
    expect(content.includes('users: []')).to.equal(true);
    // The volume label of ISO 9660, ECMA-119 8.4.7.
    expect(
      content
        .subarray(16 * 2048 + 40, 16 * 2048 + 72)
        .toString()
        .trim()
        .toLowerCase(),
    ).to.equal('cidata');
  });

  it('fails when a file of the seed is gone', async () => {
    const pve = new FakePve();
    const args: PveUploadArgs = {
      node: 'pve1',
      storage: 'local',
      content: 'iso',
      filename: 'seed.iso',
      source: {
        type: 'cloud-init-seed',
        layout: 'nocloud',
        hostname: 'web',
        userData: folder.file('none'),
      },
    };
    expect(await failure(() => pveUpload.run(args, contextFor(pve)))).to.include({
      code: 'PMX_FILE_UNREADABLE',
      exitCode: 1,
    });
    expect(pve.writes).to.deep.equal([]);
  });

  it('fails as its task failed, with the task noted for undo', async () => {
    const pve = new FakePve().on({ path: /upload/, taskError: 'checksum mismatch' });
    const context = contextFor(pve, variables);
    expect(await failure(() => pveUpload.run(fileArgs('x'), context))).to.include({
      code: 'PMX_TASK_FAILED',
      exitCode: 3,
    });
    expect(context.upids).to.have.length(1);
    expect(pve.state.volumes.size).to.equal(0);
  });

  it('can be interrupted while it sends and while the server moves the file', async () => {
    const sending = contextFor(new FakePve(), variables);
    sending.stop.abort();
    expect((await failure(() => pveUpload.run(fileArgs('x'), sending))).exitCode).to.equal(130);
    const pve = new FakePve();
    const moving = contextFor(pve, variables);
    pve.on({ path: /upload/, hold: true, act: () => moving.stop.abort() });
    expect((await failure(() => pveUpload.run(fileArgs('x'), moving))).exitCode).to.equal(130);
    expect(moving.upids).to.have.length(1);
  });

  it('is simply done again after a crash: its name is its own', async () => {
    expect(await pveUpload.recover(fileArgs('x'), contextFor(new FakePve()))).to.equal(undefined);
  });
});
