import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readRunning } from '@pmx-cli/kit';

export const contextName = 'sandbox';
export const tokenId = 'root@pam!pmx';

/** The module that runs in the sandbox's own process. */
export const serverModule = fileURLToPath(new URL('../server/main.js', import.meta.url));

export interface RunningIdrac {
  generation: string;
  url: string;
  fingerprint: string;
}

/** What the sandbox writes when it is ready. */
export interface Ready {
  pid: number;
  port: number;
  url: string;
  fingerprint: string;
  nodes: number;
  engine: 'sim' | 'qemu';
  accel?: 'kvm' | 'tcg';
  idrac: RunningIdrac[];
  startedAt: string;
}

export interface SandboxLocation {
  dataDir: string;
  readyFile: string;
  logFile: string;
  stateFile: string;
  requestsFile: string;
  faultsFile: string;
  certificateFile: string;
}

export function locate(dataHome: string, given: string | undefined): SandboxLocation {
  const dataDir = given === undefined ? join(dataHome, 'sandbox') : resolve(given);
  return {
    dataDir,
    readyFile: join(dataDir, 'ready.json'),
    logFile: join(dataDir, 'sandbox.log'),
    stateFile: join(dataDir, 'state.json'),
    requestsFile: join(dataDir, 'requests.jsonl'),
    faultsFile: join(dataDir, 'faults.json'),
    certificateFile: join(dataDir, 'pve-ssl.pem'),
  };
}

/** @returns undefined when no sandbox runs on this data */
export function runningSandbox({ readyFile }: SandboxLocation): Ready | undefined {
  return readRunning<Ready>(readyFile);
}
