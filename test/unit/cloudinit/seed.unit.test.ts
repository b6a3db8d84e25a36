import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { parse } from 'yaml';
import { buildSeed, buildSeedIso, seedLabel, type SeedOptions } from '#dist/lib/cloudinit/index.js';
import { readIso } from './iso-reader.ts';
import { failure } from './support.ts';

const identity = { instanceId: 'iid-1', hostname: 'web-01' };
const userData = '#cloud-config\nusers: []\n';

async function contents(options: Partial<SeedOptions>): Promise<Record<string, string>> {
  const files = await buildSeed({ layout: 'nocloud', ...identity, ...options });
  return Object.fromEntries(
    files.map(({ path, content }) => [path, Buffer.from(content).toString('utf8')]),
  );
}

describe('buildSeed: nocloud', () => {
  it('always has user-data and meta-data, as cloud-init demands', async () => {
    expect(await contents({})).to.deep.equal({
      'user-data': '',
      'meta-data': 'instance-id: iid-1\nlocal-hostname: web-01\n',
    });
  });

  it('has all four files when given', async () => {
    const networkConfig = '# mine\nversion: 2\nethernets: {}\n';
    const vendorData = '#!/bin/sh\n';
    expect(await contents({ userData, networkConfig, vendorData })).to.deep.include({
      'user-data': userData,
      'network-config': networkConfig,
      'vendor-data': vendorData,
    });
  });

  it('keeps compressed user-data byte for byte', async () => {
    const packed = gzipSync(userData);
    const [file] = await buildSeed({ layout: 'nocloud', ...identity, userData: packed });
    expect(Buffer.from(file?.content ?? []).equals(packed)).to.equal(true);
  });

  it("merges its meta-data under the user's own and keeps comments", async () => {
    const metaData = '# mine\ninstance-id: own # why\npublic-keys: [a]\n';
    const merged = (await contents({ metaData }))['meta-data'] ?? '';
    expect(merged).to.include('# mine\ninstance-id: own # why\n');
    expect(parse(merged)).to.deep.equal({
      'instance-id': 'own',
      'public-keys': ['a'],
      'local-hostname': 'web-01',
    });
  });

  for (const metaData of ['', '# only a comment\n', '{}', '{"a": 1}']) {
    it(`merges with ${JSON.stringify(metaData)}`, async () => {
      const merged = parse((await contents({ metaData }))['meta-data'] ?? '') as object;
      expect(merged).to.include({ 'instance-id': 'iid-1', 'local-hostname': 'web-01' });
    });
  }

  for (const value of ['yes', '0123', '1e3', '12:30:45', '2026-01-01', 'null', 'a: b', '#x']) {
    it(`an instance-id stays text for a YAML 1.1 reader: ${value}`, async () => {
      const text = (await contents({ instanceId: value }))['meta-data'] ?? '';
      expect(parse(text, { version: '1.1' })).to.have.property('instance-id', value);
    });
  }

  it('takes network: away, because cloud-init does not look below it', async () => {
    const networkConfig =
      'x: &dhcp {dhcp4: true}\nnetwork:\n  version: 2\n  ethernets: {e: *dhcp}\n';
    const written = (await contents({ networkConfig }))['network-config'] ?? '';
    expect(parse(written)).to.deep.equal({ version: 2, ethernets: { e: { dhcp4: true } } });
  });

  it('refuses a broken network-config', async () => {
    const error = await failure(() => contents({ networkConfig: 'version: 3\n' }));
    expect(error).to.include({ code: 'PMX_CLOUDINIT_SHAPE', exitCode: 1 });
  });

  it('refuses meta-data that is no mapping', async () => {
    const error = await failure(() => contents({ metaData: '- a\n' }));
    expect(error).to.include({ code: 'PMX_CLOUDINIT_SHAPE', exitCode: 1 });
  });
});

describe('buildSeed: configdrive', () => {
  const layout = 'configdrive';

  it('has the same files under latest and 2015-10-15', async () => {
    const networkConfig = '{"links": [], "networks": []}';
    const files = await contents({ layout, userData, networkConfig, vendorData: '#!/bin/sh\n' });
    expect(Object.keys(files).sort()).to.deep.equal(
      ['2015-10-15', 'latest'].flatMap((version) =>
        ['meta_data.json', 'network_data.json', 'user_data', 'vendor_data.json'].map(
          (name) => `openstack/${version}/${name}`,
        ),
      ),
    );
    for (const name of ['meta_data.json', 'network_data.json', 'user_data', 'vendor_data.json']) {
      expect(files[`openstack/latest/${name}`]).to.equal(files[`openstack/2015-10-15/${name}`]);
    }
    expect(files['openstack/latest/user_data']).to.equal(userData);
    expect(files['openstack/latest/network_data.json']).to.equal(networkConfig);
    expect(JSON.parse(files['openstack/latest/vendor_data.json'] ?? '')).to.deep.equal({
      'cloud-init': '#!/bin/sh\n',
    });
  });

  it('needs meta_data.json only, with uuid and hostname', async () => {
    const files = await contents({ layout });
    expect(Object.keys(files)).to.deep.equal([
      'openstack/latest/meta_data.json',
      'openstack/2015-10-15/meta_data.json',
    ]);
    expect(JSON.parse(files['openstack/latest/meta_data.json'] ?? '')).to.deep.equal({
      uuid: 'iid-1',
      hostname: 'web-01',
    });
  });

  it("merges under the user's meta-data; instance-id and local-hostname count", async () => {
    const metaData = 'instance-id: own\nlocal-hostname: db\nmeta: {role: x}\n';
    const files = await contents({ layout, metaData });
    expect(JSON.parse(files['openstack/latest/meta_data.json'] ?? '')).to.deep.equal({
      uuid: 'own',
      hostname: 'db',
      'instance-id': 'own',
      'local-hostname': 'db',
      meta: { role: 'x' },
    });
    const named = await contents({ layout, metaData: 'uuid: u\nhostname: h\n' });
    expect(JSON.parse(named['openstack/latest/meta_data.json'] ?? '')).to.deep.equal({
      uuid: 'u',
      hostname: 'h',
    });
  });

  it('refuses network-config in YAML and says to use nocloud', async () => {
    const error = await failure(() => contents({ layout, networkConfig: 'version: 2\n' }));
    expect(error).to.include({ code: 'PMX_CLOUDINIT_LAYOUT', exitCode: 1 });
    expect(error.hints[0]).to.include('nocloud');
  });

  it('refuses compressed vendor-data, which JSON cannot hold', async () => {
    const error = await failure(() => contents({ layout, vendorData: gzipSync('#!/bin/sh') }));
    expect(error).to.include({ code: 'PMX_CLOUDINIT_LAYOUT', exitCode: 1 });
    expect(error.hints[0]).to.include('nocloud');
  });
});

describe('buildSeedIso', () => {
  for (const [layout, label] of [
    ['nocloud', 'cidata'],
    ['configdrive', 'config-2'],
  ] as const) {
    it(`${layout}: label ${label} and the files of buildSeed`, async () => {
      const options = { layout, ...identity, userData };
      const volume = readIso(await buildSeedIso(options), 'rock-ridge');
      expect(seedLabel(layout)).to.equal(label);
      expect(volume.label).to.equal(label);
      const expected = (await buildSeed(options)).map(({ path }) => path);
      expect([...volume.files.keys()].sort()).to.deep.equal(expected.sort());
    });
  }

  it('gives equal bytes for equal input', async () => {
    const options = { layout: 'nocloud', ...identity, userData } as const;
    expect((await buildSeedIso(options)).equals(await buildSeedIso(options))).to.equal(true);
    const later = await buildSeedIso(options, new Date(Date.UTC(2026, 1, 1)));
    expect(later.equals(await buildSeedIso(options))).to.equal(false);
  });
});
