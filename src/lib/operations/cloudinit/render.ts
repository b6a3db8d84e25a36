import { createHash } from 'node:crypto';

import { RequestError } from '@pmx-cli/kit/errors';

import {
  buildSeedIso,
  type GivenValues,
  multipart,
  type Part,
  readSeedFiles,
  type SeedLayout,
  seedLabel,
  type SeedPaths,
  type UserDataKind,
} from '../../cloudinit/index.js';
import { writeOutput } from './files.js';
import { type Examined, examineFiles, faultLine } from './validate.js';

export interface RenderRequest {
  files: readonly string[];
  given: GivenValues;
  /** Several files as one MIME message. */
  multipart: boolean;
  /** File for the user-data, with its secrets. */
  out?: string;
  iso?: {
    path: string;
    layout: SeedLayout;
    hostname: string;
    /** Left out: made of the content, so that a guest begins anew when it changes. */
    instanceId?: string;
    others: Omit<SeedPaths, 'userData'>;
  };
}

export interface RenderResult {
  files: Array<{ file: string; kind: string }>;
  multipart: boolean;
  /** The user-data, with *** in the place of secrets. */
  userData: string;
  /** Names of the values that are not shown. */
  secrets: string[];
  warnings: string[];
  out: string | null;
  iso: { path: string; layout: SeedLayout; label: string; bytes: number; sha256: string } | null;
}

/**
 * User-data of files and values, and what a guest reads it from.
 * @throws RequestError `PMX_CLOUDINIT_INVALID`, `PMX_CLOUDINIT_SEVERAL` and those of the files; then nothing is written
 * @throws SurroundingsError `PMX_FILE_UNWRITABLE`
 */
export async function renderUserData(request: RenderRequest): Promise<RenderResult> {
  const { files, given, out, iso } = request;
  if (files.length > 1 && !request.multipart)
    throw new RequestError({
      code: 'PMX_CLOUDINIT_SEVERAL',
      message: `${files.length} files are no user-data: a guest gets one.`,
      hints: ['As the parts of one: --multipart'],
    });
  const examined = await examineFiles(files, given, 'user-data');
  refuseFaults(examined);
  const join = (of: 'content' | 'masked'): Buffer | string =>
    request.multipart ? multipart(parts(examined, of)) : examined[0]![of]!;
  const content = join('content');
  const image = iso && (await isoOf(content, iso));
  if (out !== undefined) await writeOutput(out, content);
  if (image) await writeOutput(iso.path, image);
  return {
    files: examined.map(({ file, kind }) => ({ file, kind: kind! })),
    multipart: request.multipart,
    userData: shown(join('masked')),
    secrets: [...new Set(examined.flatMap(({ secrets }) => secrets))],
    warnings: [
      ...examined.flatMap(({ file, faults }) => faults.map((fault) => faultLine(file, fault))),
      ...(await overlaps(examined)),
    ],
    out: out ?? null,
    iso: image
      ? {
          path: iso.path,
          layout: iso.layout,
          label: seedLabel(iso.layout),
          bytes: image.length,
          sha256: createHash('sha256').update(image).digest('hex'),
        }
      : null,
  };
}

function refuseFaults(examined: readonly Examined[]): void {
  const faults = examined.flatMap(({ file, faults: own }) =>
    own
      .filter(({ severity }) => severity === 'error')
      .map((fault) => ({ file, ...fault, text: faultLine(file, fault) })),
  );
  if (faults.length === 0) return;
  const problem = examined.find((one) => one.problem !== undefined)?.problem;
  if (problem && faults.length === 1) throw problem;
  const remedies = faults.map(({ remedy }) => remedy).filter((remedy) => remedy !== null);
  throw new RequestError({
    code: 'PMX_CLOUDINIT_INVALID',
    message:
      faults.length === 1
        ? faults[0]!.text
        : `${faults.length} faults:\n${faults.map(({ text }) => `  ${text}`).join('\n')}`,
    hints: [...new Set(remedies)].slice(0, 3),
    data: { faults: faults.map(({ text: _, ...fault }) => fault) },
  });
}

function parts(examined: readonly Examined[], of: 'content' | 'masked'): Part[] {
  return examined.map((one) => ({
    source: one.file,
    kind: one.kind as UserDataKind,
    text: one[of]!.toString(),
  }));
}

async function isoOf(
  userData: Buffer | string,
  { layout, hostname, instanceId, others }: NonNullable<RenderRequest['iso']>,
): Promise<Buffer> {
  const seed = { ...(await readSeedFiles(others, layout)), userData, layout, hostname };
  const digest = createHash('sha256');
  for (const part of [hostname, userData, seed.networkConfig, seed.vendorData, seed.metaData])
    digest.update(`${part?.length ?? -1}:`).update(part ?? '');
  return buildSeedIso({
    ...seed,
    instanceId: instanceId ?? `pmx-${digest.digest('hex').slice(0, 16)}`,
  });
}

/** What a terminal can take. */
function shown(userData: Buffer | string): string {
  return typeof userData === 'string' ? userData : userData.toString('utf8');
}

/** Parts of the same name do not add up by themselves. */
async function overlaps(examined: readonly Examined[]): Promise<string[]> {
  const { parseYaml } = await import('../../cloudinit/yaml.js');
  const owner = new Map<string, string>();
  const warnings: string[] = [];
  for (const { file, kind, content } of examined) {
    if (kind !== 'cloud-config') continue;
    const keys = Object.keys((await parseYaml(content!.toString(), file)).toJS() as object);
    if (keys.includes('merge_how') || keys.includes('merge_type')) continue;
    for (const key of keys) {
      const first = owner.get(key);
      if (first === undefined) owner.set(key, file);
      else
        warnings.push(
          `${first} and ${file} both have ${key}: without merge_how cloud-init does not join them.`,
        );
    }
  }
  return warnings;
}
