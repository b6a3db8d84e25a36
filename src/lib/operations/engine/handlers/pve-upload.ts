import { Readable } from 'node:stream';

import type { UploadSource } from '@pmx-cli/kit';

import { repeatable, type StepContext } from './handler.js';

/**
 * A file, a part of one, or a cloud-init ISO made on the fly → a storage. Nothing touches /tmp.
 * An upload overwrites silently and the name is this operation's own: once more does no harm.
 */
export const pveUpload = repeatable<'pve.upload'>(async (args, context) => {
  const pve = await context.pve();
  const { node, storage, content, sha256, checksum } = args;
  const filename = context.resolve(args.filename);
  const { body, length, problem } = await openSource(args.source, context);
  const upid = await pve
    .upload({
      node,
      storage,
      content,
      filename,
      body,
      length,
      sha256,
      ...(checksum && { checksum }),
      signal: context.signal,
      onProgress: (sent) => context.report(progressText(sent, length)),
    })
    .catch((error: unknown) => {
      // What is wrong with the source says more than that it ended early.
      throw problem?.() ?? error;
    })
    .finally(() => body.destroy());
  context.noteTask(upid);
  context.report('moving into the storage');
  await pve.waitForTask(upid, { signal: context.signal });
  return { volid: `${storage}:${content}/${filename}`, bytes: length };
});

interface OpenSource {
  body: Readable;
  length: number;
  /** Why the body ended early. */
  problem?: () => Error | undefined;
}

async function openSource(source: UploadSource, context: StepContext): Promise<OpenSource> {
  if (source.type === 'download') {
    const { openDownload } = await import('./download.js');
    return openDownload(source, context);
  }
  if (source.type === 'file') {
    const { assertUnchanged, openRange } = await import('../../../images/index.js');
    await assertUnchanged(source);
    return { body: openRange(source.path, source.offset, source.length), length: source.length };
  }
  const { agentUserData, buildSeedIso, readSeedFiles } =
    await import('../../../cloudinit/index.js');
  if (source.type === 'agent-seed') {
    const seed = { userData: agentUserData, hostname: source.hostname };
    const iso = await buildSeedIso({
      ...seed,
      layout: 'nocloud',
      instanceId: context.operationId,
    });
    return { body: Readable.from([iso]), length: iso.length };
  }
  const { layout, hostname } = source;
  const files = await readSeedFiles(source, layout);
  const iso = await buildSeedIso({ ...files, layout, hostname, instanceId: context.operationId });
  return { body: Readable.from([iso]), length: iso.length };
}

function progressText(sent: number, length: number): string {
  return length === 0 ? '100 %' : `${Math.floor((sent / length) * 100)} %`;
}
