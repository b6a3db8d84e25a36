import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';

import { type Plan, ref, RequestError, secretRef, type Step } from '@pmx-cli/kit';

import { findOrphans } from '../server/engine/qemu/runtime.js';
import type { IdracRequest } from './idrac-input.js';
import {
  contextName,
  runningSandbox,
  type SandboxLocation,
  serverModule,
  tokenId,
} from './location.js';

const readyTimeoutSeconds = 20;
const stopTimeoutSeconds = 5;
/** Keeps a sandbox with 10,000 guests below 200 MiB (bench/FIGURES.md). */
const smallHeap = '--max-semi-space-size=4';

export interface StartRequest {
  location: SandboxLocation;
  /** 0 = any free one. */
  port: number;
  nodes: number;
  idrac: readonly IdracRequest[];
  /** Make it the current context. */
  use: boolean;
  tuning: {
    taskMillis?: number;
    agentDelayMillis?: number;
    capacityBytes?: number;
    staleMillis?: number;
    lockTimeoutMillis?: number;
    allowHosts?: string[];
    speed?: number;
    latencyMillis?: number;
    seed?: string;
    guests?: number;
    engine?: string;
    qemuMemoryMib?: number;
    qemuCpus?: number;
    qemuOpenNetwork?: boolean;
  };
}

/** @throws RequestError `PMX_SANDBOX_RUNNING` */
export function planStart({ location, port, nodes, idrac, use, tuning }: StartRequest): Plan {
  const running = runningSandbox(location);
  if (running) {
    throw new RequestError({
      code: 'PMX_SANDBOX_RUNNING',
      message: `A sandbox runs on ${location.dataDir} already: ${running.url} (process ${running.pid}).`,
      hints: ['pmx sandbox status', 'pmx sandbox stop', 'Or take other data: --data DIR'],
    });
  }
  const options = JSON.stringify({ dataDir: location.dataDir, port, nodes, idrac, ...tuning });
  const { readyFile, logFile, dataDir } = location;
  return {
    operation: 'sandbox.start',
    target: 'sandbox',
    title: `Start the sandbox on ${dataDir}`,
    local: true,
    steps: [
      {
        id: 'spawn',
        title: `Start a Proxmox VE API with ${nodes} ${nodes === 1 ? 'node' : 'nodes'} on 127.0.0.1`,
        kind: 'process.spawn',
        args: {
          module: serverModule,
          env: {
            PMX_SANDBOX_OPTIONS: options,
            PMX_SANDBOX_TOKEN: secretRef('token'),
            NODE_OPTIONS: [process.env['NODE_OPTIONS'], smallHeap].filter(Boolean).join(' '),
          },
          readyFile,
          logFile,
          timeoutSeconds: readyTimeoutSeconds,
        },
        bind: {
          url: 'url',
          port: 'port',
          pid: 'pid',
          fingerprint: 'fingerprint',
          engine: 'engine',
          idrac: 'idrac',
        },
        undo: [{ title: 'Stop the sandbox', ...stopEffect(location) }],
      },
      {
        id: 'context',
        title: `Store context ${contextName}`,
        kind: 'context.save',
        args: {
          name: contextName,
          context: { endpoint: ref('url'), tokenId, fingerprint: ref('fingerprint') },
          secret: secretRef('token'),
          use,
        },
      },
    ],
    secrets: { token: randomUUID() },
    result: {
      url: ref('url'),
      port: ref('port'),
      pid: ref('pid'),
      fingerprint: ref('fingerprint'),
      nodes,
      engine: ref('engine'),
      idrac: ref('idrac'),
      context: contextName,
      current: use,
      data: dataDir,
    },
  };
}

function stopEffect({ readyFile }: SandboxLocation) {
  return {
    kind: 'process.stop',
    args: { readyFile, timeoutSeconds: stopTimeoutSeconds },
  } as const;
}

function stopStep(location: SandboxLocation): Step {
  return { id: 'stop', title: 'Stop the sandbox', ...stopEffect(location) };
}

export function planStop(location: SandboxLocation): Plan {
  const running = runningSandbox(location);
  return {
    operation: 'sandbox.stop',
    target: 'sandbox',
    title: `Stop the sandbox on ${location.dataDir}`,
    local: true,
    steps: running ? [stopStep(location)] : [],
    ...(!running && { notes: ['No sandbox is running on this data.'] }),
    result: { stopped: running !== undefined, data: location.dataDir },
  };
}

/** @throws RequestError `PMX_SANDBOX_NO_DATA`, so that no other folder is ever removed */
export function planReset(location: SandboxLocation, contextExists: boolean): Plan {
  const { dataDir, stateFile } = location;
  if (!existsSync(stateFile)) {
    throw new RequestError({
      code: 'PMX_SANDBOX_NO_DATA',
      message: `${dataDir} holds no data of a sandbox (there is no ${stateFile}).`,
      hints: ['pmx sandbox status shows where its data is.'],
    });
  }
  if (!runningSandbox(location) && findOrphans(dataDir).length > 0) {
    throw new RequestError({
      code: 'PMX_SANDBOX_GUESTS_LEFT',
      message: 'The sandbox was killed, and guests of it still run.',
      hints: ['pmx sandbox start --detach ends them; then pmx sandbox reset'],
    });
  }
  return {
    operation: 'sandbox.reset',
    target: 'sandbox',
    title: `Remove the sandbox on ${dataDir} with all its guests and images`,
    local: true,
    impact: {
      removes: [
        { what: 'folder', name: dataDir },
        ...(contextExists ? [{ what: 'context', name: contextName }] : []),
      ],
      keeps: [],
    },
    steps: [
      ...(runningSandbox(location) ? [stopStep(location)] : []),
      {
        id: 'remove-data',
        title: `Remove ${dataDir}`,
        kind: 'path.remove',
        args: { path: dataDir },
        destructive: true,
      },
      ...(contextExists
        ? [
            {
              id: 'remove-context',
              title: `Remove context ${contextName}`,
              kind: 'context.remove',
              args: { name: contextName },
            } satisfies Step,
          ]
        : []),
    ],
    result: { data: dataDir },
  };
}
