import type { ErrorEntry } from '../entry.js';

/** Files for cloud-init and SSH keys. A guest would ignore most of these mistakes without a word. */
export const cloudInit: readonly ErrorEntry[] = [
  {
    code: 'PMX_CLOUDINIT_HEADER',
    title: 'No header that cloud-init knows',
    meaning:
      'The first line decides what user-data is. Without a known one cloud-init ignores the file.',
    causes: [
      '#cloud-config is missing, misspelt, or not the very first line.',
      'The file is empty.',
      '## template: jinja is not followed by another header.',
    ],
    remedies: [
      'Begin with #cloud-config for YAML, or #!/bin/sh for a script.',
      'Check it where cloud-init is installed: cloud-init schema -c FILE',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_YAML',
    title: 'The file is no valid YAML',
    meaning: 'The guest would ignore the whole file. The message has line and column.',
    causes: [
      'Indentation, a tab, or a colon in an unquoted value.',
      'A key stands twice.',
      'A template, {{ name }}, without ## template: jinja as its first line.',
    ],
    remedies: [
      'Mend that line.',
      'Check it where cloud-init is installed: cloud-init schema -c FILE',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_SHAPE',
    title: 'Valid YAML, but not what belongs there',
    meaning:
      'user-data and meta-data are mappings, a cloud-config-archive is a list, network-config has version: 1 or version: 2.',
    causes: [
      'The content of one file was given as another (--meta-data, --network-config).',
      'version: "2" in quotes is text; it must be the number.',
    ],
    remedies: [
      'The smallest network-config: version: 2, and below it ethernets:.',
      'The smallest meta-data: instance-id: web-01',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_MIME',
    title: 'A MIME message that would not be split',
    meaning:
      'One of the header lines is missing, so cloud-init would see one piece instead of parts.',
    causes: ['MIME-Version: 1.0 or the boundary is missing.'],
    remedies: [
      'Have it made: cloud-init devel make-mime -a config.yaml:cloud-config -a run.sh:x-shellscript',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_LINE_ENDS',
    title: 'Windows line ends',
    meaning:
      'The first line ends with CR LF: the header, or the name of the interpreter, gets a character too many.',
    causes: ['The file was written or edited on Windows, or Git changed it (core.autocrlf).'],
    remedies: ["Change them: sed -i 's/\\r$//' FILE"],
  },
  {
    code: 'PMX_CLOUDINIT_BOM',
    title: 'A byte order mark at the beginning',
    meaning: 'cloud-init looks at the first character, and that is an invisible mark.',
    causes: ['An editor saved it as "UTF-8 with BOM".'],
    remedies: ["Remove it: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE"],
  },
  {
    code: 'PMX_CLOUDINIT_NOT_TEXT',
    title: 'The file is not UTF-8',
    meaning: 'cloud-init reads UTF-8 only.',
    causes: ['It is Latin-1 or UTF-16.', 'It is a binary file.'],
    remedies: [
      'Ask what it is: file FILE',
      'From Latin-1: iconv -f ISO-8859-1 -t UTF-8 FILE > NEW',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_TOO_LARGE',
    title: 'The file is too large',
    meaning: 'At most 16 MiB go on the ISO as one file.',
    causes: ['Programs or archives were put into write_files.'],
    remedies: ['Let the guest fetch them: #include URL, or runcmd with curl.'],
  },
  {
    code: 'PMX_CLOUDINIT_LAYOUT',
    title: 'Not for a config drive',
    meaning:
      'An OpenStack config drive takes its network as JSON (network_data.json), and no compressed vendor-data.',
    causes: ['--cloud-init configdrive was given together with a network-config in YAML.'],
    remedies: [
      'Use NoCloud: pmx vm create NAME --template TEMPLATE --cloud-init nocloud --user-data FILE',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_MIXED',
    title: 'Own files and built-in settings together',
    meaning:
      "--user, --ssh-key and --ip go to Proxmox VE's own cloud-init drive. The ISO with own files takes its place, so they would be lost.",
    causes: ['--user-data was added to a command with --user, --ssh-key or --ip.'],
    remedies: [
      'Put users and keys into the user-data file.',
      'Put addresses into a file for --network-config.',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_NATIVE_FILES',
    title: "Own files do not fit on Proxmox VE's drive",
    meaning:
      'With --cloud-init native Proxmox VE makes the drive itself. Own files would have to be snippets (cicustom), and the API takes no uploads of these.',
    causes: ['--cloud-init native was given together with --user-data or another file.'],
    remedies: [
      'Leave --cloud-init out: own files then go as an ISO (NoCloud).',
      'Or, by hand on a node: copy the file to /var/lib/vz/snippets, and qm set VMID --cicustom user=local:snippets/FILE',
    ],
  },
  {
    code: 'PMX_CLOUDINIT_NO_FILES',
    title: 'An ISO without files',
    meaning: '--cloud-init nocloud and configdrive make an ISO from own files, and none was given.',
    causes: ['--user-data is missing.'],
    remedies: ['Add --user-data FILE, or leave --cloud-init out.'],
  },
  {
    code: 'PMX_SSH_KEY_INVALID',
    title: 'No public SSH key in the file',
    meaning: 'The file must hold OpenSSH public keys, one a line.',
    causes: [
      'It is a key of PuTTY (.ppk, or "BEGIN SSH2 PUBLIC KEY").',
      'A long key was broken into lines when it was copied.',
    ],
    remedies: [
      'From SSH2: ssh-keygen -i -f FILE > NEW.pub; from PuTTY: puttygen FILE.ppk -O public-openssh -o NEW.pub',
      'Make one: ssh-keygen -t ed25519',
      'Give that: pmx vm create NAME --template TEMPLATE --ssh-key ~/.ssh/id_ed25519.pub',
    ],
  },
  {
    code: 'PMX_SSH_KEY_PRIVATE',
    title: 'That is the private key',
    meaning: 'A private key must not leave this machine, so nothing was sent.',
    causes: ['.pub was left out of the name.'],
    remedies: [
      'Give the public one: pmx vm create NAME --template TEMPLATE --ssh-key ~/.ssh/id_ed25519.pub',
      'It is lost? Make it from the private one: ssh-keygen -y -f FILE > FILE.pub',
    ],
  },
];
