import { Agent, request as httpsRequest } from 'node:https';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '../dist/server/index.js';
import type { RunningSandbox, SandboxOptions } from '../dist/server/index.js';

export const SECRET = 'b3f1c7d2-5d4f-4c9e-9c1a-7f0e2d6a8b11';

// The tests look at JSON whose shape is the very thing under test.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Reply {
  status: number;
  reason: string;
  headers: string[];
  text: string;
  body: Json;
  data: Json;
  millis: number;
}

export interface Send {
  auth?: Record<string, string>;
  form?: Record<string, unknown> | [string, string][];
  json?: unknown;
  raw?: Buffer | string;
  type?: string;
  prefix?: string;
  headers?: Record<string, string>;
}

export const tokenAuth = (id = 'root@pam!pmx', secret = SECRET): Record<string, string> => ({
  Authorization: `PVEAPIToken=${id}=${secret}`,
});

/** A sandbox for one test file, with a small client. */
export class Bench {
  readonly dir: string;
  sandbox: RunningSandbox;
  readonly options: SandboxOptions;
  readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

  constructor(dir: string, sandbox: RunningSandbox, options: SandboxOptions) {
    this.dir = dir;
    this.sandbox = sandbox;
    this.options = options;
  }

  static async start(more: Partial<SandboxOptions> = {}): Promise<Bench> {
    const dir = await mkdtemp(join(tmpdir(), 'pmx-sandbox-'));
    const options: SandboxOptions = {
      dataDir: dir,
      port: 0,
      nodes: 1,
      tokenSecret: SECRET,
      taskMillis: 0,
      agentDelayMillis: 0,
      staleMillis: 0,
      authFailureMillis: 0,
      lockTimeoutMillis: 300,
      agentTimeoutMillis: 20,
      ...more,
    };
    return new Bench(dir, await startSandbox(options), options);
  }

  async restart(more: Partial<SandboxOptions> = {}): Promise<void> {
    await this.sandbox.close();
    this.sandbox = await startSandbox({ ...this.options, ...more });
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    await this.sandbox.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  send(
    method: string,
    path: string,
    { auth = tokenAuth(), form, json, raw, type, prefix = '/api2/json', headers = {} }: Send = {},
  ): Promise<Reply> {
    let body: Buffer | string | undefined = raw;
    const all: Record<string, string> = { ...auth, ...headers };
    if (form) {
      const pairs = Array.isArray(form)
        ? form
        : Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]);
      body = new URLSearchParams(pairs).toString();
      all['Content-Type'] = 'application/x-www-form-urlencoded';
    } else if (json !== undefined) {
      body = JSON.stringify(json);
      all['Content-Type'] = 'application/json';
    }
    if (type !== undefined) all['Content-Type'] = type;
    if (body !== undefined) all['Content-Length'] = String(Buffer.byteLength(body));
    const begin = performance.now();
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        {
          host: '127.0.0.1',
          port: this.sandbox.port,
          method,
          path: `${prefix}${path}`,
          agent: this.agent,
          headers: all,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            let parsed: Json;
            try {
              parsed = JSON.parse(text);
            } catch {
              parsed = undefined;
            }
            resolve({
              status: response.statusCode ?? 0,
              reason: response.statusMessage ?? '',
              headers: response.rawHeaders,
              text,
              body: parsed,
              data: parsed?.data,
              millis: performance.now() - begin,
            });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  get = (path: string, more: Send = {}): Promise<Reply> => this.send('GET', path, more);
  post = (path: string, form: Record<string, unknown> = {}, more: Send = {}): Promise<Reply> =>
    this.send('POST', path, { form, ...more });
  put = (path: string, form: Record<string, unknown> = {}, more: Send = {}): Promise<Reply> =>
    this.send('PUT', path, { form, ...more });
  del = (path: string, more: Send = {}): Promise<Reply> => this.send('DELETE', path, more);

  /** Reads a path that must answer 200. */
  async read(path: string): Promise<Json> {
    const reply = await this.get(path);
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${reply.reason}`);
    return reply.data;
  }

  taskPath(upid: string): string {
    return `/nodes/${upid.split(':')[1]}/tasks/${encodeURIComponent(upid)}`;
  }

  async end(upid: string): Promise<string> {
    for (;;) {
      const status = await this.read(`${this.taskPath(upid)}/status`);
      if (status.status === 'stopped') return status.exitstatus;
      await sleep(5);
    }
  }

  /** Waits for the task of a call and answers its exit status; the call itself must have worked. */
  async run(call: Promise<Reply>): Promise<string> {
    const reply = await call;
    if (reply.status !== 200 || typeof reply.data !== 'string')
      throw new Error(`no task: ${reply.status} ${reply.reason} ${reply.text}`);
    return this.end(reply.data);
  }

  /** As run(), but a failure of the task is a failure of the test. */
  async ok(call: Promise<Reply>): Promise<void> {
    const status = await this.run(call);
    if (status !== 'OK') throw new Error(`task failed: ${status}`);
  }

  async log(upid: string): Promise<string[]> {
    return (await this.read(`${this.taskPath(upid)}/log?limit=0`)).map((line: Json) => line.t);
  }

  upload(
    storage: string,
    fields: Record<string, string>,
    filename: string,
    content: Buffer,
    more: Send & { field?: string; node?: string } = {},
  ): Promise<Reply> {
    const { type, raw } = multipart(fields, filename, content, more.field);
    return this.send('POST', `/nodes/${more.node ?? 'pve1'}/storage/${storage}/upload`, {
      type,
      raw,
      ...more,
    });
  }

  /** A user with a privilege-separated token that has exactly these grants (path → privileges). */
  async narrow(name: string, grants: Record<string, string>): Promise<Record<string, string>> {
    const user = `${name}@pve`;
    expectOk(await this.post('/access/users', { userid: user, password: 'password-1' }));
    const token = await this.post(`/access/users/${user}/token/tk`, {});
    expectOk(token);
    let number = 0;
    for (const [path, privs] of Object.entries(grants)) {
      const roleid = `${name}-${number++}`;
      expectOk(await this.post('/access/roles', { roleid, privs }));
      expectOk(
        await this.put('/access/acl', {
          path,
          roles: roleid,
          users: user,
          tokens: `${user}!tk`,
          propagate: 0,
        }),
      );
    }
    return tokenAuth(`${user}!tk`, token.data.value);
  }

  async requests(): Promise<Json[]> {
    const text = await readFile(join(this.dir, 'requests.jsonl'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
}

export function expectOk(reply: Reply): void {
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.reason} ${reply.text}`);
}

export function multipart(
  fields: Record<string, string>,
  filename: string,
  content: Buffer,
  field = 'filename',
): { type: string; raw: Buffer } {
  const boundary = '----pmxtest42';
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
  );
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    raw: Buffer.concat([...parts, head, content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}

/** An empty qcow2 image of the given size: just a header that every reader accepts, with its tables. */
export async function qcow2(size: number): Promise<Buffer> {
  const { createQcow2 } = await import('../dist/server/storage/disk-format.js');
  const dir = await mkdtemp(join(tmpdir(), 'pmx-qcow2-'));
  const path = join(dir, 'disk.qcow2');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(path, '');
  await createQcow2(path, size);
  const content = await readFile(path);
  await rm(dir, { recursive: true });
  return content;
}

export const GIB = 1024 ** 3;

export function values(headers: string[], name: string): string[] {
  return headers.filter(
    (_, index) => index % 2 === 1 && headers[index - 1]!.toLowerCase() === name.toLowerCase(),
  );
}

/** Everything that a data directory holds of its state: the whole of it, and what changed since. */
export async function savedState(dataDir: string): Promise<string> {
  const names = (await readdir(dataDir)).filter((name) => /^state.*\.jsonl?$/.test(name));
  return (await Promise.all(names.map((name) => readFile(join(dataDir, name), 'utf8')))).join('');
}
