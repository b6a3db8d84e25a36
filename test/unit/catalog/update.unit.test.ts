import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import { stringify } from 'yaml';

import type { CatalogEntry } from '#dist/lib/catalog/index.js';
import { loadCatalog } from '#dist/lib/catalog/index.js';
import { planCatalogUpdate } from '#dist/lib/operations/catalog/update.js';
import { catalogSave } from '#dist/lib/operations/engine/handlers/catalog-save.js';

import { FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor } from '../handlers/context.ts';
import { Publisher } from './publisher.ts';

const signal = new AbortController().signal;
type SaveArgs = Parameters<typeof catalogSave.run>[0];

describe('catalog update', () => {
  let folder: string;
  let file: string;
  let source: string;
  let one: CatalogEntry;

  before(async () => void (one = { ...(await loadCatalog()).find('debian-13'), aliases: [] }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-catalog-'));
    [file, source] = [join(folder, 'own.yaml'), join(folder, 'source.yaml')];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const publish = (...entries: object[]): void => writeFileSync(source, stringify(entries));
  const plan = (more: object = {}) =>
    planCatalogUpdate({ source, file, check: false, signal, ...more });
  async function carryOut(steps: ReadonlyArray<{ args?: unknown }>): Promise<void> {
    for (const { args } of steps)
      await catalogSave.run(args as SaveArgs, contextFor(new FakePve()));
  }

  it('writes a valid source, tells what is new, and changes nothing the second time', async () => {
    publish(one, { ...one, id: 'house' });
    const first = await plan();
    expect(first.result).to.deep.include({ changed: true, added: ['debian-13', 'house'] });
    await carryOut(first.steps as never);
    expect(readFileSync(file, 'utf8')).to.equal(readFileSync(source, 'utf8'));
    expect((await loadCatalog(file)).find('house').distribution).to.equal('debian');
    const second = await plan();
    expect(second.steps).to.deep.equal([]);
    expect(second.result).to.deep.include({ changed: false, entries: 2 });
  });

  it('says what goes and asks for it, and can be undone', async () => {
    writeFileSync(file, stringify([one, { ...one, id: 'house' }]));
    const before = readFileSync(file, 'utf8');
    publish({ ...one, minDisk: 9 });
    const changing = await plan();
    expect(changing.result).to.deep.include({ updated: ['debian-13'], removed: ['house'] });
    expect(changing.asks).to.include('house');
    await carryOut(changing.steps as never);
    const [step] = changing.steps as unknown as Array<{ undo: Array<{ args: unknown }> }>;
    await carryOut(step!.undo);
    expect(readFileSync(file, 'utf8')).to.equal(before);
  });

  it('only looks when asked to', async () => {
    publish(one);
    const look = await plan({ check: true });
    expect(look.steps).to.deep.equal([]);
    expect(look.result).to.deep.include({ changed: true });
    expect(existsSync(file)).to.equal(false);
  });

  it('replaces nothing by what is not valid, or what was written meanwhile', async () => {
    writeFileSync(file, stringify([one]));
    for (const [text, code] of [
      ['a: [', 'PMX_CATALOG_UNREADABLE'],
      [stringify([{ ...one, os: 'dos' }]), 'PMX_CATALOG_INVALID'],
      ['<html>Please log in</html>', 'PMX_CATALOG_INVALID'],
    ] as const) {
      writeFileSync(source, text);
      expect((await failure(() => plan())).code, text).to.equal(code);
    }
    publish({ ...one, minDisk: 9 });
    const late = await plan();
    writeFileSync(file, stringify([{ ...one, minDisk: 5 }]));
    const error = await failure(() => carryOut(late.steps as never));
    expect(error.code).to.equal('PMX_CATALOG_CHANGED');
    expect(readFileSync(file, 'utf8')).to.include('minDisk: 5');
  });

  it('takes a URL, and says when there is no source or no copy', async () => {
    const publisher = await Publisher.start();
    try {
      publisher.put('/catalog.yaml', stringify([one]));
      const made = await plan({ source: `${publisher.base}/catalog.yaml` });
      expect(made.result).to.deep.include({ added: ['debian-13'] });
      const gone = await failure(() => plan({ source: `${publisher.base}/none.yaml` }));
      expect(gone).to.include({ code: 'PMX_DOWNLOAD_REFUSED', exitCode: 2 });
    } finally {
      await publisher.stop();
    }
    for (const lacks of [{ source: undefined }, { file: undefined }])
      expect((await failure(() => plan(lacks))).code).to.equal('PMX_CATALOG_SOURCE');
  });
});
