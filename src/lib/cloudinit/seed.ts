import { mergeMetaData, openStackMetaData } from './meta-data.js';
import { unwrapNetworkConfig } from './network-config.js';
import { validateNetworkData } from './network-data.js';
import { refuse } from './refusal.js';
import { checkSize, type FileContent, toBytes, toText } from './text.js';
import { isGzip } from './user-data.js';
import { type IsoFile, writeIso } from './iso/index.js';

/** How the files for cloud-init are arranged: for its datasource NoCloud or ConfigDrive. */
export type SeedLayout = 'nocloud' | 'configdrive';

/** A file of the seed; `path` is relative to the root of the volume. */
export type SeedFile = IsoFile;

export interface SeedOptions {
  layout: SeedLayout;
  userData?: FileContent;
  metaData?: FileContent;
  /** YAML for `nocloud`, an OpenStack network_data.json for `configdrive`. */
  networkConfig?: FileContent;
  vendorData?: FileContent;
  /** A new value makes cloud-init run again in the guest. */
  instanceId: string;
  hostname: string;
}

const labels: Readonly<Record<SeedLayout, string>> = {
  nocloud: 'cidata',
  configdrive: 'config-2',
};

/**
 * cloud-init takes the newest version that it knows, and `latest` only when it knows none; other
 * readers want `latest`. 2015-10-15 is the first version with network_data.json.
 */
const openStackVersions = ['latest', '2015-10-15'];

/** The volume label by which cloud-init finds a seed of this layout. */
export function seedLabel(layout: SeedLayout): string {
  return labels[layout];
}

/**
 * The files of a seed. Meta-data that pmx makes is merged under the user's own.
 * Check the user's files with the `validate…` functions first; they know the file names.
 *
 * NoCloud: https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html
 * ConfigDrive: https://cloudinit.readthedocs.io/en/latest/reference/datasources/configdrive.html
 *
 * @throws RequestError `PMX_CLOUDINIT_…`; `PMX_CLOUDINIT_LAYOUT` for content that the layout cannot
 *   carry
 */
export async function buildSeed(options: SeedOptions): Promise<SeedFile[]> {
  return options.layout === 'nocloud' ? noCloud(options) : configDrive(options);
}

/**
 * The seed as an ISO 9660 volume, ready for a CD drive.
 *
 * @param modified time of all files; fixed by default, so that equal input gives equal bytes
 * @throws RequestError as {@link buildSeed}
 */
export async function buildSeedIso(options: SeedOptions, modified?: Date): Promise<Buffer> {
  return writeIso({
    label: seedLabel(options.layout),
    files: await buildSeed(options),
    ...(modified === undefined ? {} : { modified }),
  });
}

async function noCloud(options: SeedOptions): Promise<SeedFile[]> {
  const { userData, metaData, networkConfig, vendorData } = options;
  // Without user-data and meta-data, even if empty, cloud-init does not take the volume for a seed.
  const files = [
    file('user-data', userData ?? ''),
    file('meta-data', await mergeMetaData(metaData, 'meta-data', options)),
  ];
  if (networkConfig !== undefined) {
    const unwrapped = await unwrapNetworkConfig(networkConfig, 'network-config');
    files.push(file('network-config', unwrapped));
  }
  if (vendorData !== undefined) files.push(file('vendor-data', vendorData));
  return files;
}

async function configDrive(options: SeedOptions): Promise<SeedFile[]> {
  const { userData, networkConfig, vendorData } = options;
  const metaData = await openStackMetaData(options.metaData, 'meta-data', options);
  const contents = [file('meta_data.json', json(metaData))];
  if (userData !== undefined) contents.push(file('user_data', userData));
  if (networkConfig !== undefined) {
    const networkData = validateNetworkData(networkConfig, 'network-config');
    contents.push(file('network_data.json', networkData));
  }
  if (vendorData !== undefined) contents.push(file('vendor_data.json', vendorJson(vendorData)));
  return openStackVersions.flatMap((version) =>
    contents.map(({ path, content }) => ({ path: `openstack/${version}/${path}`, content })),
  );
}

/** cloud-init reads the text under the key `cloud-init` (sources/__init__.py, convert_vendordata). */
function vendorJson(vendorData: FileContent): string {
  if (isGzip(vendorData)) {
    throw refuse({
      code: 'PMX_CLOUDINIT_LAYOUT',
      source: 'vendor-data',
      found: 'is gzip-compressed',
      rule: 'a config drive carries vendor-data inside JSON, which has no room for binary data',
      hints: ['Use the layout nocloud.', 'Or unpack it: gzip -dc vendor-data.gz > vendor-data'],
    });
  }
  return json({ 'cloud-init': toText(vendorData, 'vendor-data') });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function file(path: string, content: FileContent): SeedFile {
  checkSize(content, path);
  return { path, content: toBytes(content) };
}
