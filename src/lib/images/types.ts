/** What pmx knows about a disk image after reading its structure, not its name. */
export interface ImageInfo {
  /** The path as the caller gave it. */
  path: string;
  /** Format of the disk image itself; for an OVA that of the disk inside it. */
  format: 'qcow2' | 'raw' | 'vmdk';
  container: 'file' | 'ova';
  /** First byte of the disk image inside the file; 0 unless `container` is `ova`. */
  offset: number;
  /** Length in bytes of the disk image inside the file. */
  length: number;
  /** Size in bytes of the disk as the guest will see it. */
  virtualSize: number;
  /** Time of last modification in whole milliseconds since 1970; with `fileSize` it shows a change. */
  modifiedMillis: number;
  /** Size in bytes of the whole file on disk. */
  fileSize: number;
  /** Only for an OVA: name of the tar member that `offset` and `length` describe. */
  diskName?: string;
  /** Only for an OVA with several disks: names of the disks that are *not* described here. */
  otherDisks?: string[];
}
