import type { Json, NumberValue, SecretRef, Value, VariableRef } from './values.js';

/** A running VM whose guest agent does something. */
export interface GuestPlace {
  node: string;
  vmid: number;
}

/** Runs a program in a VM through its guest agent. */
export interface GuestExecArgs extends GuestPlace {
  /** Program and arguments; arguments are held (`Plan.held`), for they may be anything. */
  command: ReadonlyArray<string | SecretRef>;
  /** Base64 of what the program reads from its standard input. */
  input?: SecretRef;
  /** Seconds to wait for its end; no limit when left out. */
  timeoutSeconds?: number;
  /** Variable that is bound to its pid as soon as it runs. */
  pid: VariableRef;
  /** What it says is held under these names: see `Plan.held`. */
  holds: { stdout: string; stderr: string };
}

/**
 * Runs a program that may be run twice in a VM that this plan made, and judges what it says. Unlike
 * `guest.exec` nothing of it is anybody's secret: command and output may stand in a journal.
 */
export interface GuestRunArgs {
  node: string;
  vmid: NumberValue;
  command: readonly string[];
  /** What a person reads in the place of a long command. */
  called?: string;
  /** What its output has to match; that it ends with 0 when left out. */
  expect?: string;
  /** What the last number of its output has to reach. */
  atLeast?: number;
  /** Anything else is an error of the step, and not just its result. */
  mustSucceed?: boolean;
  timeoutSeconds: number;
}

/** A command of the guest agent that may be given twice. */
export interface GuestAgentArgs extends GuestPlace {
  /** As in the path of the API: `fstrim`, `fsfreeze-freeze`. */
  command: string;
  params?: { readonly [name: string]: Value | undefined };
}

/** Puts a local file into a VM through its guest agent: in pieces, checked, then renamed. */
export interface GuestWriteFileArgs {
  node: string;
  vmid: NumberValue;
  source: string;
  /** Seen while planning; a later change stops the step. */
  size: number;
  modifiedMillis: number;
  destination: string;
  /** Of a new file, octal; one that is replaced keeps its own. */
  mode: string;
  /** The pieces' and the new file's name until it is complete. */
  temporary: Value;
  /** Only the one call that needs no program in the guest: for guests without a POSIX shell. */
  direct: boolean;
}

/** Undo of it: whatever was written under the temporary name goes. */
export interface GuestDiscardFileArgs extends GuestPlace {
  temporary: Value;
}

/** Fetches a file of a VM through its guest agent. */
export interface GuestReadFileArgs extends GuestPlace {
  source: string;
  /** Local; replaced at once when all of it is there. */
  destination: string;
  /** Beside it, until then. */
  temporary: string;
}

/** Starts a local program at this terminal and waits for its end. */
export interface ProcessAttachArgs {
  program: string;
  arguments: ReadonlyArray<string | SecretRef>;
  /** What to do when the program is not installed. */
  hint: string;
  /** Anything but 0 is an error, and not just what it ended with. */
  mustSucceed?: boolean;
  /** No input, and its output goes to stderr: stdout holds the result of the command. */
  apart?: boolean;
  env?: { readonly [name: string]: string };
}

/**
 * Starts a local program without this terminal: its input is a file or nothing, its output a file, or a
 * text of the result. Results: `exitCode`, `bytes` of an output file, `encoding` of held texts.
 */
export interface ProcessRunArgs {
  program: string;
  arguments: ReadonlyArray<string | SecretRef>;
  /** What to do when the program is not installed. */
  hint: string;
  input?: string;
  /** Written under the temporary name, renamed once the program has succeeded. */
  output?: { path: string; temporary: string };
  /** What it says on both outputs is held under these names. */
  holds?: { stdout: string; stderr: string };
  /** Anything but 0 is an error. */
  mustSucceed?: boolean;
  /** Exit code with which the program says that it does not know how it ended: 255 of ssh. */
  unknownCode?: number;
}

/** Opens a guest's console at this terminal until it is left. */
export interface GuestConsoleArgs extends GuestPlace {
  type: 'qemu' | 'lxc';
  /** As messages name the guest. */
  label: string;
  /** Which serial port of a VM. */
  serial?: string;
  /** Code of the key that leaves it, 1 to 31; none when left out. */
  escape?: number;
}

/** A port of this machine that leads to a VM's screen until Ctrl-C. */
export interface GuestVncArgs extends GuestPlace {
  label: string;
  /** 0: any free one. */
  port: number;
}

/** A VM's screen in remote-viewer. */
export interface GuestSpiceArgs extends GuestPlace {
  label: string;
  /** Local; what the viewer reads, with a password, as long as it is open. */
  file: string;
}

export interface ReachStepArgs {
  'guest.exec': GuestExecArgs;
  'guest.run': GuestRunArgs;
  'guest.agent': GuestAgentArgs;
  'guest.write-file': GuestWriteFileArgs;
  'guest.discard-file': GuestDiscardFileArgs;
  'guest.read-file': GuestReadFileArgs;
  'process.attach': ProcessAttachArgs;
  'process.run': ProcessRunArgs;
  'guest.console': GuestConsoleArgs;
  'guest.vnc': GuestVncArgs;
  'guest.spice': GuestSpiceArgs;
}

/** What a program in a guest has said, as `guest.exec` tells it. */
export type GuestExecEnd = {
  exitCode: number;
  signal: number | null;
  /** Of `stdout` and `stderr`: base64 when they are no UTF-8 text. */
  encoding: 'utf8' | 'base64';
  truncated: boolean;
} & { [key: string]: Json };
