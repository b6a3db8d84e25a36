import type { ErrorEntry } from '../entry.js';

/** Consoles of guests. */
export const consoles: readonly ErrorEntry[] = [
  {
    code: 'PMX_NO_TERMINAL',
    title: 'There is no terminal here',
    meaning:
      'A console is a person at a keyboard: pmx switches the terminal to raw mode and hands on every key. Standard input and output have to be a terminal.',
    causes: ['It ran in a script, a pipe or a cron job, or behind ssh without -t.'],
    remedies: [
      'Through ssh: ssh -t HOST pmx vm console VM',
      'In scripts run programs instead: pmx vm exec VM -- COMMAND',
    ],
  },
  {
    code: 'PMX_NO_SERIAL_PORT',
    title: 'The VM has no such serial port',
    meaning:
      'A text console of a VM is one of its serial ports (serial0 to serial3, with the value socket). Without one there is nothing to connect to.',
    causes: ['The VM was made without a serial port, or has another one than was asked for.'],
    remedies: [
      'Add one, then stop and start the VM: pmx vm set VM serial0=socket',
      'Let the guest use it, in Linux with console=ttyS0 at the kernel and a getty at ttyS0.',
    ],
  },
  {
    code: 'PMX_NO_SPICE',
    title: 'The VM has no SPICE screen',
    meaning:
      'SPICE needs a display of type qxl; with any other one there is nothing to connect to.',
    causes: ['The VM was made with another display, or with none.'],
    remedies: [
      'Give it one, then stop and start the VM: pmx vm set VM --set vga=qxl',
      'Or look at it over VNC: pmx vm console VM --vnc',
    ],
  },
  {
    code: 'PMX_LOCAL_PORT',
    title: 'A port of this machine cannot be used',
    meaning: 'pmx was to listen at a port of 127.0.0.1, and the system does not let it.',
    causes: ['Another program listens there.', 'Ports below 1024 belong to root.'],
    remedies: ['Choose another one, or leave it to the system: pmx vm console VM --vnc'],
  },
  {
    code: 'PMX_INVALID_ESCAPE',
    title: 'That is no key to leave the console with',
    meaning: 'The console is left with one control character, written with a caret.',
    causes: ['A typing error, or a key that is no control character.'],
    remedies: ['For example: pmx vm console VM --escape ^O', 'Or without any: --escape none'],
  },
  {
    code: 'PMX_CONSOLE_FAILED',
    title: 'Proxmox VE did not open the console',
    meaning:
      'The server gave a ticket, but the program behind it did not take it, or ended at once with the error that the message has.',
    causes: [
      'The guest was stopped a moment ago.',
      'Another console holds the serial port: it takes one at a time.',
      'The right VM.Console went away meanwhile.',
    ],
    remedies: [
      'Look whether it runs: pmx vm show VM',
      'Close other consoles of it, also in the web interface, and try again.',
    ],
  },
  {
    code: 'PMX_STREAM_BROKEN',
    title: 'The connection of the console broke',
    meaning:
      'The connection to the server ended without a farewell. What ran in the guest goes on there.',
    causes: [
      'The network or the VPN went away, or pveproxy was restarted.',
      'Something in between does not know WebSockets.',
    ],
    remedies: ['Open it again: pmx vm console VM'],
  },
];
