import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { stepHandlers } from '#dist/lib/operations/engine/handlers/index.js';

import { contextFor } from '../handlers/context.ts';
import { FakePve } from '../engine/fake-pve.ts';

describe('bmc.pin', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-pins-'));
    file = join(folder, 'data', 'bmc-pins.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const pin = (key: string, fingerprint: string | null, only?: boolean): Promise<unknown> =>
    stepHandlers['bmc.pin'].run(
      { file, key, fingerprint, ...(only !== undefined && { only }) },
      contextFor(new FakePve()),
    );
  const pins = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

  it('loses none of those that are written at the same time', async () => {
    const keys = Array.from({ length: 12 }, (_, at) => `10.0.0.${at}:443`);
    await Promise.all(keys.map((key) => pin(key, `AA:${key}`)));
    expect(pins()).to.deep.equal(Object.fromEntries(keys.map((key) => [key, `AA:${key}`])));
    await Promise.all(keys.slice(2).map((key) => pin(key, null)));
    expect(Object.keys(pins() as object).sort()).to.deep.equal(keys.slice(0, 2));
  });

  it('does nothing when what it waits for did not come about', async () => {
    await pin('a:443', 'AA', true);
    await pin('a:443', 'BB', false);
    expect(pins()).to.deep.equal({ 'a:443': 'AA' });
  });

  it('leaves a file alone that it cannot read', async () => {
    await pin('a:443', 'AA');
    writeFileSync(file, 'not json');
    const error = await pin('b:443', 'BB').catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'PMX_PINS_UNREADABLE');
    expect(readFileSync(file, 'utf8')).to.equal('not json');
  });
});
