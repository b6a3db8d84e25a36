import { markerLine, type PveBackupArgs, text, type TextValue, type Value } from '@pmx-cli/kit';

interface BackupCall {
  method: 'POST';
  path: string;
  params: { readonly [name: string]: Value | undefined };
}

/** A backup as the call that it is on the wire. */
export function backupCall(args: PveBackupArgs): BackupCall {
  const { node, vmid, storage, mode, compress, protected: keep } = args;
  return {
    method: 'POST',
    path: `/nodes/${node}/vzdump`,
    params: {
      vmid: String(vmid),
      storage,
      mode,
      compress,
      'notes-template': notesTemplate(args.notes),
      ...(keep && { protected: true }),
      // Retention of the storage would remove older ones behind our back.
      remove: false,
    },
  };
}

/** PVE takes one line: line ends and backslashes are escaped. */
function notesTemplate(notes: string): TextValue {
  const line = notes.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`);
  return line === '' ? markerLine : text`${line}\\n${markerLine}`;
}
