import type { QueryParams } from '@pmx-cli/kit';
import {
  InterruptedError,
  type PmxError,
  ProxmoxError,
  SurroundingsError,
} from '@pmx-cli/kit/errors';

import type {
  PveClient,
  TaskStatus,
  UploadRequest,
  WaitOptions,
  WriteMethod,
  WriteParams,
} from '#dist/lib/api/types.js';

export interface FakeGuest {
  node: string;
  status: 'running' | 'stopped' | 'paused';
  config: Record<string, string | number>;
}

/** What a task does at its end, as data, so that a whole fake can be copied in mid-flight. */
type Work =
  | { do: 'nothing' }
  | { do: 'unlock'; vmid: number; node: string; then: Record<string, string | number> }
  | { do: 'status'; vmid: number; status: FakeGuest['status'] }
  | { do: 'template'; vmid: number }
  | { do: 'resize'; vmid: number; disk: string; size: string }
  | { do: 'destroy'; vmid: number }
  | { do: 'store'; volid: string; size: number }
  | { do: 'remove-volume'; volid: string };

export interface FakeTask {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  starttime: number;
  status: 'running' | 'stopped';
  exitstatus?: string;
  work: Work;
  held: boolean;
  fails?: string;
}

export interface Write {
  method: WriteMethod | 'UPLOAD';
  path: string;
  params: WriteParams;
}

/** What goes wrong with the next writes that match. */
export interface Fault {
  method?: Write['method'];
  path: RegExp;
  /** 1. */
  times?: number;
  /** The write is refused. */
  error?: PmxError;
  /** The answer is lost; the write took effect (`after`) or never arrived (`before`). */
  lose?: 'before' | 'after';
  /** The task ends with this text. */
  taskError?: string;
  /** The task runs until `release`. */
  hold?: boolean;
  /** Anything else, before the write is carried out. */
  act?: () => void;
}

interface State {
  guests: Map<number, FakeGuest>;
  tasks: FakeTask[];
  /** volid → size */
  volumes: Map<string, number>;
  counter: number;
}

export function apiError(message: string, status = 500): ProxmoxError {
  return new ProxmoxError({ code: 'PMX_API_ERROR', message, data: { status } });
}

export function denied(path: string): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_PERMISSION_DENIED',
    message: `root@pam!pmx may not do this: Permission check failed (${path}, VM.Audit).`,
    data: { status: 403 },
  });
}

export function lostAnswer(): SurroundingsError {
  return new SurroundingsError({ code: 'PMX_ANSWER_LOST', message: 'No answer.' });
}

const noSuchVm = (node: string, vmid: number): ProxmoxError =>
  apiError(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist.`);

/** A small Proxmox VE in memory, with the texts and the order of events of the real one. */
export class FakePve implements PveClient {
  readonly user = 'root@pam!pmx';
  readonly api = undefined as never;
  readonly state: State;
  readonly writes: Write[] = [];
  readonly reads: string[] = [];
  readonly faults: Fault[] = [];
  /** Answers for reads, by path; a function sees the parameters, an error is thrown. */
  readonly answers = new Map<string, unknown>();
  readonly uploads: Array<{ filename: string; content: Buffer; sha256?: string }> = [];
  #wake: Array<() => void> = [];

  constructor(state?: State) {
    this.state = state ?? { guests: new Map(), tasks: [], volumes: new Map(), counter: 0 };
  }

  /** The same server, as it is now, for another future. */
  copy(): FakePve {
    const copy = new FakePve(structuredClone(this.state));
    for (const [path, answer] of this.answers) copy.answers.set(path, answer);
    return copy;
  }

  guest(vmid: number, config: FakeGuest['config'] = {}, more: Partial<FakeGuest> = {}): FakeGuest {
    const guest: FakeGuest = {
      node: 'pve1',
      status: 'stopped',
      config: { name: `vm-${vmid}`, ...config },
      ...more,
    };
    this.state.guests.set(vmid, guest);
    return guest;
  }

  on(fault: Fault): this {
    this.faults.push(fault);
    return this;
  }

  /** Time passes: tasks that nobody holds end. */
  tick(): void {
    for (const task of this.state.tasks)
      if (task.status === 'running' && !task.held) this.#end(task);
  }

  /** Held tasks end: by themselves, or with an error. */
  release(exitstatus?: string): void {
    for (const task of this.state.tasks) {
      if (task.status !== 'running') continue;
      task.held = false;
      if (exitstatus !== undefined) task.fails = exitstatus;
      this.#end(task);
    }
  }

  tasksOf(type: string): FakeTask[] {
    return this.state.tasks.filter((task) => task.type === type);
  }

  /** A task that is just there. */
  task(type: string, id: string | number, more: Partial<FakeTask> = {}): FakeTask {
    const upid = this.#begin('pve1', type, String(id), { do: 'nothing' });
    const task = this.state.tasks.find((known) => known.upid === upid)!;
    return Object.assign(task, more);
  }

  async get<T>(path: string, params: QueryParams = {}): Promise<T> {
    this.reads.push(path);
    await Promise.resolve();
    const answer = this.answers.get(path);
    if (answer instanceof Error) throw answer;
    if (typeof answer === 'function') return (answer as (query: QueryParams) => T)(params);
    if (answer !== undefined) return answer as T;
    return structuredClone(this.#read(path, params)) as T;
  }

  async send<T>(
    method: WriteMethod,
    path: string,
    params: WriteParams = {},
    signal?: AbortSignal,
  ): Promise<T> {
    await Promise.resolve();
    if (signal?.aborted) throw new InterruptedError();
    return this.#write({ method, path, params }, () => this.#carryOut(method, path, params)) as T;
  }

  async upload(request: UploadRequest): Promise<string> {
    const { node, storage, content, filename, body, length, sha256, signal, onProgress } = request;
    const parts: Buffer[] = [];
    for await (const part of body) {
      if (signal?.aborted) throw new InterruptedError();
      parts.push(Buffer.from(part as Uint8Array));
      onProgress?.(Buffer.concat(parts).length);
    }
    const bytes = Buffer.concat(parts);
    if (bytes.length !== length) throw new Error(`announced ${length} bytes, got ${bytes.length}`);
    const write: Write = {
      method: 'UPLOAD',
      path: `/nodes/${node}/storage/${storage}/upload`,
      params: { content, filename },
    };
    return this.#write(write, () => {
      this.uploads.push({ filename, content: bytes, ...(sha256 !== undefined && { sha256 }) });
      return this.#begin(node, 'imgcopy', '', {
        do: 'store',
        volid: `${storage}:${content}/${filename}`,
        size: length,
      });
    }) as string;
  }

  async waitForTask(upid: string, { signal }: WaitOptions = {}): Promise<TaskStatus> {
    const task = this.state.tasks.find((known) => known.upid === upid);
    if (!task) throw apiError('Parameter verification failed: upid: no such task.', 400);
    await Promise.resolve();
    while (task.status === 'running') {
      if (signal?.aborted) throw new InterruptedError();
      if (!task.held) this.#end(task);
      else await this.#news(signal);
    }
    const { exitstatus = '' } = task;
    if (exitstatus === 'OK' || exitstatus.startsWith('WARNINGS')) return task;
    throw new ProxmoxError({
      code: 'PMX_TASK_FAILED',
      message: exitstatus,
      data: { upid, exitStatus: exitstatus },
    });
  }

  async taskLog(): Promise<{ lines: string[]; total: number }> {
    return { lines: [], total: 0 };
  }

  async identity(): ReturnType<PveClient['identity']> {
    return { host: 'pve.test', port: 8006, fingerprint: 'AA:BB' };
  }

  close(): void {}

  #news(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #write(write: Write, carryOut: () => unknown): unknown {
    this.writes.push(write);
    const fault = this.faults.find(
      ({ method, path }) => (method ?? write.method) === write.method && path.test(write.path),
    );
    if (!fault) return carryOut();
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1);
    fault.act?.();
    if (fault.error) throw fault.error;
    if (fault.lose === 'before') throw lostAnswer();
    const answer = carryOut();
    const task = this.state.tasks.find(({ upid }) => upid === answer);
    if (task && fault.taskError !== undefined) task.fails = fault.taskError;
    if (task && fault.hold) task.held = true;
    if (fault.lose === 'after') throw lostAnswer();
    return answer;
  }

  #begin(node: string, type: string, id: string, work: Work): string {
    const starttime = Math.floor(Date.now() / 1000);
    const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');
    const upid = `UPID:${node}:${hex(++this.state.counter)}:00012345:${hex(starttime)}:${type}:${id}:${this.user}:`;
    this.state.tasks.push({
      upid,
      node,
      type,
      id,
      user: this.user,
      starttime,
      status: 'running',
      work,
      held: false,
    });
    return upid;
  }

  #end(task: FakeTask): void {
    const { work, fails } = task;
    task.status = 'stopped';
    task.exitstatus = fails ?? 'OK';
    if (fails === undefined) this.#happen(work);
    // A clone or create that failed leaves nothing behind.
    else if (work.do === 'unlock') this.state.guests.delete(work.vmid);
    for (const wake of this.#wake.splice(0)) wake();
  }

  #happen(work: Work): void {
    const { guests, volumes } = this.state;
    switch (work.do) {
      case 'unlock': {
        const guest = guests.get(work.vmid)!;
        delete guest.config['lock'];
        guest.node = work.node;
        Object.assign(guest.config, work.then);
        break;
      }
      case 'status':
        guests.get(work.vmid)!.status = work.status;
        break;
      case 'template':
        guests.get(work.vmid)!.config['template'] = 1;
        break;
      case 'resize': {
        const { config } = guests.get(work.vmid)!;
        config[work.disk] = String(config[work.disk]).replace(/size=\w+/, `size=${work.size}`);
        break;
      }
      case 'destroy':
        guests.delete(work.vmid);
        break;
      case 'store':
        volumes.set(work.volid, work.size);
        break;
      case 'remove-volume':
        volumes.delete(work.volid);
        break;
      case 'nothing':
        break;
    }
  }

  #read(path: string, params: QueryParams): unknown {
    const { guests, tasks, volumes } = this.state;
    const rows = [...guests].map(([vmid, guest]) => ({
      type: 'qemu',
      vmid,
      name: guest.config['name'] ?? '',
      node: guest.node,
      status: guest.status === 'paused' ? 'running' : guest.status,
      ...(guest.status === 'paused' && { qmpstatus: 'paused' }),
      template: Number(guest.config['template'] ?? 0),
      ...(guest.config['tags'] !== undefined && { tags: guest.config['tags'] }),
    }));
    const [, node = '', rest = ''] = /^\/nodes\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    const [, vmid = '', tail = ''] = /^\/qemu\/(\d+)\/(.+)$/.exec(rest) ?? [];
    if (path === '/cluster/nextid') {
      if (params['vmid'] === undefined) {
        let next = 100;
        while (guests.has(next)) next++;
        return String(next);
      }
      if (!guests.has(Number(params['vmid']))) return String(params['vmid']);
      throw apiError(
        `Parameter verification failed: vmid: VM ${params['vmid']} already exists.`,
        400,
      );
    }
    if (path === '/cluster/resources') return params['type'] === 'vm' ? rows : [];
    if (path === '/nodes')
      return [
        { node: 'pve1', status: 'online', maxmem: 8e9, mem: 1e9 },
        { node: 'pve2', status: 'online', maxmem: 8e9, mem: 4e9 },
      ];
    if (rest === '/qemu') return rows.filter((row) => row.node === node);
    if (rest === '/lxc' || rest === '/network' || path.startsWith('/cluster/') || path === '/pools')
      return [];
    if (rest === '/storage') {
      return [
        {
          storage: 'local',
          type: 'dir',
          content: 'iso,import,images,vztmpl',
          active: 1,
          enabled: 1,
          avail: 1e9,
        },
        { storage: 'fast', type: 'dir', content: 'images', active: 1, enabled: 1, avail: 5e9 },
      ];
    }
    const upid = /^\/tasks\/([^/]+)\/status$/.exec(rest)?.[1];
    if (upid !== undefined) {
      const task = tasks.find((known) => known.upid === decodeURIComponent(upid));
      if (task) return task;
      throw apiError('Parameter verification failed: upid: no such task.', 400);
    }
    if (rest === '/tasks') {
      // Newest first, as PVE lists them.
      return tasks
        .filter((task) => task.node === node)
        .map(({ upid: id, exitstatus }) => ({ upid: id, status: exitstatus }))
        .reverse();
    }
    const storage = /^\/storage\/([^/]+)\/content$/.exec(rest)?.[1];
    if (storage !== undefined) {
      return [...volumes]
        .filter(([volid]) => volid.startsWith(`${storage}:`))
        .filter(([volid]) => params['content'] !== 'images' || !/:(iso|import)\//.test(volid))
        .filter(([volid]) => params['vmid'] === undefined || volid.includes(`-${params['vmid']}-`))
        .map(([volid, size]) => ({ volid, size }));
    }
    if (vmid !== '') {
      const guest = guests.get(Number(vmid));
      if (!guest || guest.node !== node) throw noSuchVm(node, Number(vmid));
      if (tail === 'config') return guest.config;
      if (tail === 'pending')
        return Object.entries(guest.config).map(([key, value]) => ({ key, value }));
      if (tail === 'status/current')
        return { status: guest.status === 'paused' ? 'running' : guest.status };
      if (tail === 'firewall/rules') return [];
      if (tail === 'feature') return { hasFeature: 1 };
    }
    throw apiError(`Method 'GET ${path}' not implemented`, 501);
  }

  #carryOut(method: WriteMethod, path: string, params: WriteParams): unknown {
    const { guests } = this.state;
    const [, node = '', rest = ''] = /^\/nodes\/([^/]+)(\/.*)$/.exec(path) ?? [];
    const [, id = '', tail = ''] = /^\/qemu\/(\d+)(?:\/(.+))?$/.exec(rest) ?? [];
    const upid = /^\/tasks\/([^/]+)$/.exec(rest)?.[1];
    if (method === 'DELETE' && upid !== undefined) {
      const task = this.state.tasks.find((known) => known.upid === decodeURIComponent(upid))!;
      if (task.status === 'running') {
        task.fails = 'interrupted by signal';
        this.#end(task);
      }
      return null;
    }
    const volume = /^\/storage\/[^/]+\/content\/([^/]+)$/.exec(rest)?.[1];
    if (method === 'DELETE' && volume !== undefined) {
      return this.#begin(node, 'imgdel', '', {
        do: 'remove-volume',
        volid: decodeURIComponent(volume),
      });
    }
    if (method === 'POST' && rest === '/qemu') {
      const vmid = Number(params['vmid']);
      if (guests.has(vmid))
        throw apiError(`unable to create VM ${vmid} - VM ${vmid} already exists on node '${node}'`);
      const { vmid: _, ...config } = params as Record<string, string>;
      // While it is being made there is a lock and nothing else.
      guests.set(vmid, { node, status: 'stopped', config: { lock: 'create' } });
      return this.#begin(node, 'qmcreate', String(vmid), {
        do: 'unlock',
        vmid,
        node,
        then: config,
      });
    }
    if (id === '') return null;
    const vmid = Number(id);
    const guest = guests.get(vmid);
    if (tail === 'clone') {
      const newid = Number(params['newid']);
      if (guests.has(newid))
        throw apiError(`unable to create VM ${newid}: config file already exists`);
      const config = {
        name: String(params['name']),
        description: String(params['description'] ?? ''),
        lock: 'clone',
      };
      guests.set(newid, { node, status: 'stopped', config });
      const disk = String(guest!.config['scsi0'] ?? 'local:100/vm-100-disk-0.qcow2,size=2G');
      return this.#begin(node, 'qmclone', id, {
        do: 'unlock',
        vmid: newid,
        node: String(params['target'] ?? node),
        then: { scsi0: disk },
      });
    }
    const missing = !guest || guest.node !== node;
    if (tail === 'config') {
      if (missing) throw noSuchVm(node, vmid);
      if (guest.config['lock'] !== undefined)
        throw apiError(`VM is locked (${guest.config['lock']})`);
      changeConfig(guest.config, params);
      return null;
    }
    const failing = (type: string, error: string): string => {
      const begun = this.#begin(node, type, id, { do: 'nothing' });
      this.state.tasks.find((task) => task.upid === begun)!.fails = error;
      return begun;
    };
    const known: Record<string, { type: string; work: Work }> = {
      'PUT resize': {
        type: 'resize',
        work: { do: 'resize', vmid, disk: String(params['disk']), size: String(params['size']) },
      },
      'POST template': { type: 'qmtemplate', work: { do: 'template', vmid } },
      'POST status/start': { type: 'qmstart', work: { do: 'status', vmid, status: 'running' } },
      'POST status/stop': { type: 'qmstop', work: { do: 'status', vmid, status: 'stopped' } },
      'POST status/shutdown': {
        type: 'qmshutdown',
        work: { do: 'status', vmid, status: 'stopped' },
      },
      'DELETE ': { type: 'qmdestroy', work: { do: 'destroy', vmid } },
    };
    const call = known[`${method} ${tail}`];
    if (!call) return null;
    if (missing) return failing(call.type, noSuchVm(node, vmid).message);
    if (call.type === 'qmstart' && guest.status === 'running')
      return failing('qmstart', `VM ${vmid} already running`);
    if (method === 'DELETE' && guest.status === 'running')
      throw apiError(`VM ${vmid} is running - destroy failed`);
    if (guest.config['lock'] !== undefined)
      return failing(call.type, `VM is locked (${guest.config['lock']})`);
    return this.#begin(node, call.type, id, call.work);
  }
}

/** A guest of a test that gives its configuration a digest has it checked and renewed. */
function changeConfig(config: FakeGuest['config'], params: WriteParams): void {
  const { digest, delete: removed, force, ...set } = params;
  if (digest !== undefined && config['digest'] !== undefined && digest !== config['digest'])
    throw apiError('checksum mismatch (file change by other user?)');
  for (const key of String(removed ?? '')
    .split(',')
    .filter((name) => name !== '')) {
    const old = config[key];
    delete config[key];
    if (/^(?:scsi|virtio|mp)\d+$/.test(key) && !force)
      config['unused0'] = String(old).split(',')[0]!;
  }
  Object.assign(config, set);
  if (config['digest'] !== undefined) config['digest'] = `${config['digest']}'`;
}
