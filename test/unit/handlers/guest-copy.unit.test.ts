import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import type { GuestReadFileArgs, GuestWriteFileArgs } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  guestDiscardFile,
  guestReadFile,
  guestWriteFile,
  pieceBytes,
} from '#dist/lib/operations/engine/handlers/guest-file.js';
import { apiError } from '../engine/fake-pve.ts';
import { failure, useFolder } from '../engine/lab.ts';
import { contextFor } from './context.ts';
import { FakeGuest } from './fake-guest.ts';

const temporary = '/etc/motd.pmx-1';

describe('copies through the guest agent', () => {
  const folder = useFolder();
  let guest: FakeGuest;
  beforeEach(() => void (guest = new FakeGuest()));

  function put(
    content: Buffer | string,
    more: Partial<GuestWriteFileArgs> = {},
  ): GuestWriteFileArgs {
    const source = folder.put('source', content);
    const { size, mtimeMs } = statSync(source);
    return {
      node: 'pve1',
      vmid: 101,
      source,
      size,
      modifiedMillis: Math.floor(mtimeMs),
      destination: '/etc/motd',
      mode: '0600',
      temporary,
      direct: false,
      ...more,
    };
  }
  const write = (args: GuestWriteFileArgs): Promise<unknown> =>
    guestWriteFile.run(args, contextFor(guest));
  const left = (): string[] => [...guest.files.keys()].filter((name) => name.includes('.pmx-'));

  for (const size of [0, 1, pieceBytes, pieceBytes + 1, 3 * pieceBytes])
    it(`${size} bytes into the guest, compared and renamed`, async () => {
      const content = randomBytes(size);
      expect(await write(put(content))).to.deep.equal({ bytes: size, checked: true });
      expect(guest.files.get('/etc/motd')!.content.equals(content)).to.equal(true);
      expect(guest.files.get('/etc/motd')!.mode).to.equal('0600');
      expect(left()).to.deep.equal([]);
    });

  it('a file that is replaced keeps its mode', async () => {
    guest.put('/etc/motd', 'old', '0640');
    await write(put('new'));
    expect(guest.text('/etc/motd')).to.equal('new');
    expect(guest.files.get('/etc/motd')!.mode).to.equal('0640');
  });

  it('direct: one call, and no program', async () => {
    expect(await write(put('new', { direct: true }))).to.deep.equal({ bytes: 3, checked: false });
    expect(guest.text('/etc/motd')).to.equal('new');
    expect(guest.ran).to.deep.equal([]);
  });

  for (const lose of ['before', 'after'] as const) {
    it(`a piece whose answer is lost (${lose}) is written again`, async () => {
      guest.agentFaults.push({ command: 'file-write', lose });
      expect(await write(put('new'))).to.deep.equal({ bytes: 3, checked: true });
    });

    it(`a rename whose answer is lost (${lose}) is looked at, then done if it was not`, async () => {
      guest.agentFaults.push({ command: 'exec', words: /^mv /, lose });
      expect(await write(put('new'))).to.deep.equal({ bytes: 3, checked: true });
      expect(guest.text('/etc/motd')).to.equal('new');
      expect(guest.ran.filter(([program]) => program === 'mv')).to.have.length(1);
    });
  }

  it('pieces that arrive otherwise are never put in place', async () => {
    guest.put('/etc/motd', 'old');
    guest.agentFaults.push({
      command: 'exec',
      words: /^sha256sum/,
      act: () => guest.put(temporary, 'broken'),
    });
    const error = await failure(() => write(put('new')));
    expect(error).to.include({ code: 'PMX_COPY_DIFFERS' });
    expect(guest.text('/etc/motd')).to.equal('old');
  });

  it('a source that changed since it was planned: nothing is sent', async () => {
    const args = put('new');
    writeFileSync(args.source, 'newer');
    expect(await failure(() => write(args))).to.include({ code: 'PMX_FILE_CHANGED', exitCode: 1 });
    expect([guest.ran, guest.files.size]).to.deep.equal([[], 0]);
  });

  it('a folder is no destination, one that is not there neither', async () => {
    const isFolder = await failure(() => write(put('x', { destination: '/tmp' })));
    expect(isFolder).to.include({ code: 'PMX_INVALID_COPY' });
    const missing = { destination: '/nosuch/x', temporary: '/nosuch/x.pmx-1' };
    const error = await failure(() => write(put('x', missing)));
    expect(error).to.include({ code: 'PMX_COPY_FAILED', exitCode: 3 });
    expect(error.message).to.include('No such file or directory');
  });

  it('Ctrl-C between two pieces stops; the undo removes what was sent', async () => {
    const context = contextFor(guest);
    guest.put('/etc/motd', 'old');
    guest.agentFaults.push({ command: 'file-write', act: () => context.stop.abort() });
    const args = put(randomBytes(2 * pieceBytes));
    const error = await failure(() => guestWriteFile.run(args, context));
    expect(error).to.include({ exitCode: 130 });
    expect(left()).to.not.deep.equal([]);
    await guestDiscardFile.run({ node: 'pve1', vmid: 101, temporary }, contextFor(guest));
    expect(left()).to.deep.equal([]);
    expect(guest.text('/etc/motd')).to.equal('old');
    // What is gone already is as it should be.
    await guestDiscardFile.run({ node: 'pve1', vmid: 101, temporary }, contextFor(guest));
  });

  it('recover: nothing to find out, for doing it again writes the same', async () => {
    const args = put('new');
    expect(await guestWriteFile.recover(args, contextFor(guest))).to.equal(undefined);
    await write(args);
    await write(args);
    expect(guest.text('/etc/motd')).to.equal('new');
  });

  describe('out of the guest', () => {
    const args = (): GuestReadFileArgs => ({
      node: 'pve1',
      vmid: 101,
      source: '/etc/motd',
      destination: folder.file('motd'),
      temporary: folder.file('.motd.pmx-1'),
    });
    const read = (context = contextFor(guest)): Promise<unknown> =>
      guestReadFile.run(args(), context);

    for (const size of [0, 1, 1_048_576, 2_500_000])
      it(`${size} bytes`, async () => {
        const content = randomBytes(size);
        guest.put('/etc/motd', content);
        expect(await read()).to.deep.equal({ bytes: size, checked: true });
        expect(readFileSync(folder.file('motd')).equals(content)).to.equal(true);
        expect(readdirSync(folder.path)).to.deep.equal(['motd']);
      });

    it('what fails leaves the old file and nothing beside it', async () => {
      folder.put('motd', 'old');
      guest.put('/etc/motd', randomBytes(2_000_000));
      guest.agentFaults.push(
        { command: 'file-read' },
        { command: 'file-read', error: apiError('QEMU guest agent is not running') },
      );
      expect(await failure(() => read())).to.include({ code: 'PMX_AGENT_UNAVAILABLE' });
      expect(readFileSync(folder.file('motd'), 'utf8')).to.equal('old');
      expect(readdirSync(folder.path)).to.deep.equal(['motd']);
    });

    it('a file that changes while it is read is not put in place', async () => {
      guest.put('/etc/motd', randomBytes(2_000_000));
      guest.agentFaults.push({
        command: 'exec',
        words: /^sha256sum/,
        act: () => guest.put('/etc/motd', 'other'),
      });
      expect(await failure(() => read())).to.include({ code: 'PMX_COPY_DIFFERS' });
      expect(existsSync(folder.file('motd'))).to.equal(false);
    });

    it('without the right to compare it says so, and the copy is there', async () => {
      guest.put('/etc/motd', randomBytes(2_000_000));
      guest.agentFaults.push({ command: 'exec', error: apiError('no', 403) });
      const context = contextFor(guest);
      expect(await read(context)).to.deep.equal({ bytes: 2_000_000, checked: false });
      expect(context.warnings.join()).to.include('not compared');
    });

    it('a destination that cannot be written is told', async () => {
      guest.put('/etc/motd', 'x');
      const nowhere = folder.file('nosuch/motd');
      const error = await failure(() =>
        guestReadFile.run(
          { ...args(), destination: nowhere, temporary: nowhere },
          contextFor(guest),
        ),
      );
      expect(error).to.include({ code: 'PMX_FILE_UNWRITABLE', exitCode: 2 });
    });
  });
});
