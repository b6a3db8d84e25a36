/** Architectures that Proxmox VE runs guests of, as `uname -m` has them. */
export type Arch = 'x86_64' | 'aarch64';

export type ChecksumAlgorithm = 'sha256' | 'sha512';

/** Where the checksum of a build stands. */
export type ChecksumRule =
  | {
      url: string;
      algorithm: ChecksumAlgorithm;
      /**
       * `coreutils`: "HEX  FILE"; `bsd`: "SHA256 (FILE) = HEX"; `bare`: the digits alone;
       * `digests`: Gentoo's, a heading for each algorithm; `json`: at the path `json`.
       */
      format: 'coreutils' | 'bsd' | 'bare' | 'digests';
    }
  | { url: string; algorithm: ChecksumAlgorithm; format: 'json'; json: readonly string[] }
  /** Of a build that the catalogue names itself. */
  | { algorithm: ChecksumAlgorithm; value: string };

export type Compression = 'xz' | 'gz' | 'zst' | 'bz2' | 'zip' | 'tar.xz' | 'tar.gz';

/** One distribution in one version, as the catalogue has it. `{arch}` and what `newest` finds are filled in. */
export interface CatalogEntry {
  id: string;
  distribution: string;
  version: string;
  codename?: string;
  aliases?: readonly string[];
  /** How the publisher spells each architecture. */
  arch: Readonly<Partial<Record<Arch, string>>>;
  image: string;
  /**
   * Where `{build}` is found: by a pattern in a listing, or at a path of a JSON document. Named groups of
   * a pattern are placeholders, too; `revision` tells rebuilds of the same build apart.
   */
  newest?: { url: string; pattern: string } | { url: string; json: readonly string[] };
  format: 'qcow2' | 'raw' | 'vmdk';
  compression?: Compression;
  checksum?: ChecksumRule;
  /** Of the file with the checksum; checked where the setting keyrings has a keyring for it. */
  signature?: { url: string; kind: 'openpgp' | 'openpgp-clearsigned' };
  provisioning: 'cloud-init' | 'ignition' | 'nuageinit' | 'talos' | 'none';
  /** The user that the image makes or has. */
  user?: string;
  /** GiB. */
  minDisk: number;
  firmware: 'any' | 'bios' | 'uefi';
  /** The least CPU type that it boots on, where that is more than pmx's own default. */
  cpu?: string;
  /** As `ostype` of a VM. */
  os: 'l26' | 'other';
  status: 'supported' | 'eol' | 'rolling' | 'development';
  /** What nobody has seen to be so yet. */
  unverified?: ReadonlyArray<'url' | 'checksum' | 'user' | 'minimum disk'>;
  note?: string;
}

export interface Checksum {
  algorithm: ChecksumAlgorithm;
  value: string;
}

/** A build that can be fetched now. */
export interface Build {
  entry: CatalogEntry;
  arch: Arch;
  /** After mirrors. */
  url: string;
  /** What the publisher calls the file. */
  filename: string;
  build: string | undefined;
  checksum: Checksum | undefined;
  /** Of the file with the checksum; `unchecked`: there is one, and no keyring for it. */
  signature: 'verified' | 'unchecked' | 'none';
}
