import type { ErrorEntry } from '../entry.js';

/** Files on this machine, and their way to a storage. */
export const files: readonly ErrorEntry[] = [
  {
    code: 'PMX_FILE_NOT_FOUND',
    title: 'The file does not exist',
    meaning: 'The path of an image leads to nothing.',
    causes: [
      'A typing error, or a relative path from another directory.',
      '~ inside quotes or behind = is not expanded by the shell.',
    ],
    remedies: ['Look: ls -l PATH', 'Give the whole path.'],
  },
  {
    code: 'PMX_FILE_UNREADABLE',
    title: 'The file cannot be read',
    meaning:
      'A file that was named (image, SSH key, cloud-init file, @FILE of a parameter) cannot be opened.',
    causes: [
      'It does not exist, or it is a directory.',
      'It belongs to another user, such as root after sudo.',
      'A value of pmx api that begins with @ names a file.',
    ],
    remedies: ['See who may read it: ls -l PATH', 'Make it readable: chmod u+r PATH'],
  },
  {
    code: 'PMX_FILE_READ_FAILED',
    title: 'Reading the file failed',
    meaning: 'The file was opened, and then the disk or share gave an error.',
    causes: ['A network share went away.', 'The disk is failing (EIO).'],
    remedies: [
      'Look at the log of this machine: dmesg | tail',
      'Copy the file elsewhere and try again.',
    ],
  },
  {
    code: 'PMX_FILE_CHANGED',
    title: 'The file changed while pmx used it',
    meaning:
      'Size or time of the file is no longer what was checked, so the upload would not be that image.',
    causes: ['A download or conversion still writes it.', 'A VM on this machine has it open.'],
    remedies: [
      'Wait until the program that writes it has ended.',
      'See who has it open: lsof PATH',
    ],
  },
  {
    code: 'PMX_FILE_EXISTS',
    title: 'The file exists already',
    meaning: 'pmx does not overwrite files that it was told to write.',
    causes: ['The same command was run before.'],
    remedies: ['Choose another name, or remove the file first.'],
  },
  {
    code: 'PMX_FILE_UNWRITABLE',
    title: 'The file cannot be written',
    meaning: 'The folder of an output file is missing, or this user may not write there.',
    causes: ['A typing error in the path.', 'The disk is full or read-only.'],
    remedies: ['Look at the folder: ls -ld FOLDER', 'Look at the space: df -h FOLDER'],
  },
  {
    code: 'PMX_FOLDER_UNUSABLE',
    title: 'The folder cannot be used',
    meaning:
      'A folder for data or logs of a process cannot be made or written. Nothing was started.',
    causes: [
      '--data names a place that belongs to another user, or a file.',
      'The disk is full or read-only.',
    ],
    remedies: ['Look at it: ls -ld FOLDER', 'Take another one: pmx sandbox start --data DIR'],
  },
  {
    code: 'PMX_UPLOAD_BROKEN',
    title: 'The connection broke during an upload',
    meaning: 'Not everything arrived, so the server stored nothing.',
    causes: [
      '/var/tmp on the node is full: uploads are kept there before they go to the storage.',
      'A reverse proxy limits the size or time of a request (client_max_body_size of nginx).',
      'The network broke.',
    ],
    remedies: [
      'Try again.',
      'If it breaks at the same place, on the node: df -h /var/tmp',
      'Go to port 8006 of the node directly, past the proxy.',
    ],
  },
  {
    code: 'PMX_UPLOAD_STALLED',
    title: 'The server takes no more of an upload',
    meaning: 'The connection stands, but no data went through it for a while. Nothing was stored.',
    causes: [
      'The disk of /var/tmp on the node is overloaded.',
      'A VPN with a wrong MTU, or a firewall that forgot the connection.',
    ],
    remedies: [
      'On the node: df -h /var/tmp, and iostat -x 1',
      'Try again from a machine that is nearer.',
    ],
  },
  {
    code: 'PMX_UPLOAD_SOURCE',
    title: 'The data of an upload cannot be read to its end',
    meaning: 'The file on this machine gave no more data than a part. Nothing was stored.',
    causes: ['The file was moved, shortened or replaced meanwhile.', 'Its disk or share failed.'],
    remedies: ['Look at the file: ls -l PATH', 'Run the command again once nothing writes to it.'],
  },
];
