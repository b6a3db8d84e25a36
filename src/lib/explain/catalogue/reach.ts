import type { ErrorEntry } from '../entry.js';

/** Reaching into guests: programs, files, consoles, SSH. */
export const reach: readonly ErrorEntry[] = [
  {
    code: 'PMX_AGENT_UNAVAILABLE',
    title: 'The guest agent does not answer',
    meaning:
      'Proxmox VE talks to a program in the guest, qemu-guest-agent. It is off, not installed, or the VM does not run.',
    causes: [
      'The VM is stopped, or has just been started.',
      'The option "agent" is off, or was switched on and waits for the next start of the VM.',
      'qemu-guest-agent is not installed in the guest, or does not run.',
    ],
    remedies: [
      'Wait for it: pmx wait VM --for agent',
      'See what waits for the next start: pmx vm pending VM',
      'In a Debian or Ubuntu guest: apt install qemu-guest-agent',
    ],
  },
  {
    code: 'PMX_COMMAND_MISSING',
    title: 'There is no command to run in the guest',
    meaning:
      'What is to run stands behind two dashes, so that its flags are not taken for those of pmx.',
    causes: ['The dashes were left out, or nothing is behind them.'],
    remedies: ['For example: pmx vm exec VM -- uptime'],
  },
  {
    code: 'PMX_GUEST_PROGRAM_NOT_FOUND',
    title: 'The guest has no such program',
    meaning: 'The guest agent found no program of that name. Nothing was run.',
    causes: [
      'A typing error, or it is in a folder that the agent does not look into.',
      'It is something that only a shell knows: cd, a pipe, a variable.',
    ],
    remedies: [
      'Give its whole path: pmx vm exec VM -- /usr/sbin/nginx -t',
      'Let a shell run it: pmx vm exec VM -- sh -c "cd /srv && ls"',
    ],
  },
  {
    code: 'PMX_GUEST_COMMAND_TIMEOUT',
    title: 'The program in the guest takes too long',
    meaning:
      'It had not ended when the time of --timeout was up. The agent cannot stop a program: it goes on, and what it says is lost.',
    causes: ['It waits for input, or has more to do than was thought.'],
    remedies: [
      'Give it longer: pmx vm exec VM --timeout 600 -- COMMAND',
      'End it, by the process id of the message: pmx vm exec VM -- kill PID',
    ],
  },
  {
    code: 'PMX_INPUT_TOO_LARGE',
    title: 'Too much for one call of the agent',
    meaning:
      'Proxmox VE takes 64 KiB as the standard input of a program in a guest, and 45 KiB for a file that is written in one call.',
    causes: ['A file was piped that is larger.'],
    remedies: ['Copy it as a file first: pmx vm cp FILE VM:/tmp/FILE'],
  },
  {
    code: 'PMX_INVALID_COPY',
    title: 'This cannot be copied',
    meaning:
      'A copy goes from this machine into a guest or back, and the guest agent copies single files.',
    causes: [
      'Both sides are in a guest, or none is.',
      'The path in the guest does not begin with a slash.',
      'It is a folder.',
    ],
    remedies: [
      'Name the guest in front of one of the paths: pmx vm cp motd VM:/etc/motd',
      'Copy folders over SSH: pmx vm cp site VM:/srv/ --via ssh',
    ],
  },
  {
    code: 'PMX_COPY_TOO_LARGE',
    title: 'The file is too large for the guest agent',
    meaning:
      'The agent takes files in pieces of 45 KiB. pmx sends up to 256 MiB that way, and 45 KiB where no program may be started in the guest.',
    causes: [
      'The file is larger.',
      'It is a Windows guest, or --direct was given: one call is all there is.',
      'A Proxmox VE before 9.1 reads 16 MiB of a file, and no more.',
    ],
    remedies: ['Copy it over SSH: pmx vm cp FILE VM:/path --via ssh'],
  },
  {
    code: 'PMX_COPY_FAILED',
    title: 'A program of the copy failed in the guest',
    meaning:
      'Pieces are put together, compared and renamed by programs of the guest (sh, cat, sha256sum, mv). One of them failed; what was there before is untouched.',
    causes: [
      'No room, no such folder, or a read-only file system.',
      'The guest has none of these programs.',
    ],
    remedies: [
      'See how full it is: pmx vm agent fsinfo VM',
      'For a small file without any program in the guest: pmx vm cp FILE VM:/path --direct',
    ],
  },
  {
    code: 'PMX_COPY_DIFFERS',
    title: 'The copy is not what was read',
    meaning: 'The checksums of both sides differ, so the copy was not put in its place.',
    causes: ['Somebody wrote to the file while it was copied.'],
    remedies: ['Copy it again when nobody writes to it.'],
  },
  {
    code: 'PMX_INVALID_GUEST_PASSWORD',
    title: 'The password is too short or too long',
    meaning: 'Proxmox VE hands passwords of 5 to 1024 characters to a guest.',
    causes: ['An empty line or file was read.'],
    remedies: ['Make one: pwgen 20 1'],
  },
  {
    code: 'PMX_NO_ADDRESS',
    title: 'The address of the guest is not known',
    meaning:
      'pmx asks the guest agent, or for containers the node, and looks for a fixed address in the configuration. None of them has one.',
    causes: [
      'The guest agent does not run, and the address comes from DHCP.',
      'The guest has only just been started.',
    ],
    remedies: [
      'Wait for it: pmx wait VM --for ip',
      'Name it: pmx vm ssh VM --host ADDRESS',
      'Go through the agent, or the console: pmx vm exec VM -- COMMAND',
    ],
  },
  {
    code: 'PMX_INVALID_SSH_WORD',
    title: 'This is no user or host for ssh',
    meaning:
      'A word that begins with a dash would be an option of ssh, and one with blanks two words.',
    causes: ['A flag without its value, or quotes in the wrong place.'],
    remedies: ['For example: pmx vm ssh VM --user admin --jump bastion'],
  },
  {
    code: 'PMX_PROGRAM_MISSING',
    title: 'A program of this machine is missing',
    meaning:
      'pmx starts ssh and scp of this machine, programs that --exec names, and those called pmx-NAME.',
    causes: ['It is not installed, or in no folder of PATH.'],
    remedies: [
      'Install an SSH client: apt install openssh-client',
      'Without one: pmx vm exec VM -- COMMAND',
    ],
  },
  {
    code: 'PMX_PROGRAM_FAILED',
    title: 'A program of this machine ended with an error',
    meaning: 'scp, or what --exec names, ended with something else than 0. It says itself why.',
    causes: ['No connection, no right to log in, no such file.'],
    remedies: ['See its own message above that of pmx.'],
  },
];
