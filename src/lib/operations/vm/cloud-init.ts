import { readFile } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';

import { readSeedFiles, type SeedLayout, type SeedPaths } from '../../cloudinit/index.js';

export interface CloudInitRequest {
  /** Left out: `nocloud` when there are own files, else `native`. */
  kind?: 'native' | SeedLayout;
  user?: string;
  sshKeyFiles: readonly string[];
  /** PVE's `ipconfig0`. */
  ip?: string;
  files: SeedPaths;
}

/**
 * @returns the layout of the ISO to make, or undefined when PVE's own drive does it
 * @throws RequestError for files that cloud-init would not understand, and flags that exclude each other
 */
export async function checkSeed(request: CloudInitRequest): Promise<SeedLayout | undefined> {
  const own = Object.values(request.files).some((path) => path !== undefined);
  const kind = request.kind ?? (own ? 'nocloud' : 'native');
  if (kind === 'native') {
    if (!own) return undefined;
    throw new RequestError({
      code: 'PMX_CLOUDINIT_NATIVE_FILES',
      message: "PVE's own cloud-init drive cannot carry own files: the API takes no snippets.",
      hints: ['Leave --cloud-init out, or say --cloud-init nocloud: then they go as an ISO.'],
    });
  }
  if (!own) {
    throw new RequestError({
      code: 'PMX_CLOUDINIT_NO_FILES',
      message: `--cloud-init ${kind} needs own files to put on the ISO.`,
      hints: ['Give --user-data FILE, or leave --cloud-init out.'],
    });
  }
  const native = [
    request.user !== undefined && '--user',
    request.sshKeyFiles.length > 0 && '--ssh-key',
    request.ip !== undefined && '--ip',
  ].filter((flag) => flag !== false);
  if (native.length > 0) {
    throw new RequestError({
      code: 'PMX_CLOUDINIT_MIXED',
      message: `${native.join(', ')} would go to PVE's own cloud-init drive, whose place the ISO with own files takes.`,
      hints: ['Put users and keys into the user-data file, addresses into --network-config FILE.'],
    });
  }
  await readSeedFiles(request.files, kind);
  return kind;
}

export function nativeSettings(
  { user, ip }: CloudInitRequest,
  publicKeys: string | undefined,
): Record<string, string> {
  return {
    ...(user !== undefined && { ciuser: user }),
    // PVE wants the value itself percent-encoded, before the encoding of the form.
    ...(publicKeys !== undefined && { sshkeys: encodeURIComponent(publicKeys) }),
    ...(ip !== undefined && { ipconfig0: ip }),
  };
}

const publicKey =
  /^(?:[\w@=",.\s-]+\s)?(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+=*(?: .*)?$/;

/**
 * Public keys of all files, a line each.
 * @throws RequestError `PMX_FILE_UNREADABLE`, `PMX_SSH_KEY_INVALID`, `PMX_SSH_KEY_PRIVATE`
 */
export async function readPublicKeys(files: readonly string[]): Promise<string | undefined> {
  const keys: string[] = [];
  for (const file of files) {
    const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new RequestError({
        code: 'PMX_FILE_UNREADABLE',
        message: `The SSH key file ${file} cannot be read: ${error.code === 'ENOENT' ? 'it does not exist' : error.message}.`,
        hints: ['Make a key: ssh-keygen -t ed25519'],
      });
    });
    if (content.includes('PRIVATE KEY')) {
      throw new RequestError({
        code: 'PMX_SSH_KEY_PRIVATE',
        message: `The file ${file} holds a private key, which must not leave this machine.`,
        hints: [`Give the public one: --ssh-key ${file}.pub`],
      });
    }
    const lines = content
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (lines.length === 0 || !lines.every((line) => publicKey.test(line))) {
      throw new RequestError({
        code: 'PMX_SSH_KEY_INVALID',
        message: `The file ${file} holds no OpenSSH public keys, one a line.`,
        hints: ['For example: ssh-ed25519 AAAA… me@laptop'],
      });
    }
    keys.push(...lines);
  }
  return keys.length > 0 ? keys.join('\n') : undefined;
}
