import { setTimeout as sleep } from 'node:timers/promises';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { App } from '../app.js';
import { apidoc } from '../api/apidoc.js';
import { Params } from '../api/params.js';
import { checkPermissions } from '../api/permissions.js';
import type { Match, Router } from '../api/router.js';
import { verifyParams } from '../api/schema.js';
import { Extended, PlainText } from '../api/types.js';
import type { Route } from '../api/types.js';
import type { Identity } from '../auth/acl.js';
import { authenticate } from '../auth/authenticate.js';
import { failure, PveError } from '../errors.js';
import { CONTROL } from '../faults/control.js';
import { GONE, RequestFaults } from '../faults/request-faults.js';
import { drain, hasBody, parseForm, readBody } from './body.js';
import type { RawParams } from './body.js';
import { boundaryOf, receiveUpload } from './multipart.js';
import type { UploadedFile } from './multipart.js';
import type { RequestLog } from './request-log.js';
import { errorAnswer, jsonAnswer, send, textAnswer } from './respond.js';
import type { Answer } from './respond.js';
import { acceptHeaders, WebSocketServerStream } from './websocket.js';

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);
/** A kept connection is closed after about this many requests (observed). */
const REQUESTS_PER_SOCKET = 100;
const NOBODY: Identity = { id: '', userid: '' };

/** What is found out about a call on its way. */
interface CallContext {
  user: Identity;
  params?: RawParams;
}

/** What becomes of a request, step by step in PVE's order. */
export class Pipeline {
  readonly #app: App;
  readonly #router: Router;
  readonly #log: RequestLog;
  readonly #apidoc: string;
  readonly #counts = new WeakMap<Socket, number>();

  constructor(app: App, router: Router, routes: readonly Route[], log: RequestLog) {
    this.#app = app;
    this.#router = router;
    this.#log = log;
    this.#apidoc = apidoc(routes);
  }

  /** Answers one request. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const begin = performance.now();
    const context: CallContext = { user: NOBODY };
    const { latencyMillis } = this.#app.settings;
    if (latencyMillis > 0) await sleep(latencyMillis, undefined, { ref: false });
    const faults = await RequestFaults.of(this.#app, request);
    const instead = await faults.before(response);
    if (instead === GONE) return this.#note(request, context, 0, begin, faults);
    const worked = instead ?? (await faults.run(() => this.#answer(request, context)));
    await drain(request);
    if (faults.losesAnswer) {
      this.#note(request, context, 0, begin, faults);
      return void (await faults.after(response, worked));
    }
    const answer = await faults.after(response, worked);
    if (answer === GONE) return;
    this.#note(request, context, answer.status, begin, faults);
    // Observed: PVE breaks the connection off when it should write XML.
    if (answer.status === 200 && /^\/+api2\/+xml\//.test(request.url ?? ''))
      return void request.socket.destroy();
    this.#record(request, context, answer, begin);
    const count = (this.#counts.get(request.socket) ?? 0) + 1;
    this.#counts.set(request.socket, count);
    const upload = boundaryOf(request.headers['content-type']) !== undefined;
    await send(response, answer, {
      gzip: /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
      // An upload's connection is closed even when all went well (observed).
      close: count >= REQUESTS_PER_SOCKET || upload,
      brokenPipeMillis: this.#app.settings.brokenPipeMillis,
      slowMillis: faults.slowMillis,
      ...(this.#app.faults.skewed && { now: this.#app.faults.now() }),
    });
  }

  /** A WebSocket: asked for like any other call, then connected to the port that the answer names. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const begin = performance.now();
    const context: CallContext = { user: NOBODY };
    const answer = await this.#answer(request, context);
    const accepted = answer.status === 200 ? acceptHeaders(request) : undefined;
    const vmid = /\/(?:qemu|lxc)\/(\d+)\/vncwebsocket\?/.exec(request.url ?? '')?.[1];
    const status = accepted === undefined ? Math.max(400, answer.status) : 101;
    this.#log.write({
      method: 'GET',
      path: request.url ?? '',
      user: context.user.id,
      status,
      millis: Math.round(performance.now() - begin),
    });
    if (accepted === undefined || vmid === undefined) {
      const reason = answer.status === 200 ? 'upgrade failed' : answer.reason;
      socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const { data } = JSON.parse(answer.body) as { data: { port: string } };
    socket.write(accepted);
    const client = new WebSocketServerStream(socket, head);
    client.on('error', () => undefined);
    // Nobody listens at that port (any more): PVE hangs up.
    if (!this.#app.consoles.connect(Number(data.port), Number(vmid), client)) client.end();
  }

  #note(
    request: IncomingMessage,
    { user }: CallContext,
    status: number,
    begin: number,
    { ids }: RequestFaults,
  ): void {
    this.#log.write({
      method: request.method ?? '',
      path: request.url ?? '',
      user: user.id,
      status,
      millis: Math.round(performance.now() - begin),
      ...(ids.length > 0 && { faults: ids }),
    });
  }

  /** What steers the sandbox is no part of the API, so it is in no recording. */
  #record(request: IncomingMessage, context: CallContext, answer: Answer, begin: number): void {
    const path = /^\/+api2\/+json(\/.*)?$/.exec(request.url ?? '')?.[1];
    if (path === undefined || path.startsWith(`${CONTROL}/`)) return;
    const seconds = (performance.now() - begin) / 1000;
    this.#app.recorder.add(request, path, context.params, answer, seconds);
  }

  async #answer(request: IncomingMessage, context: CallContext): Promise<Answer> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const api = /^\/+api2\/+(json|extjs|png|xml)(?:\/+(.*))?$/.exec(path);
    try {
      const method = request.method ?? '';
      if (!METHODS.has(method))
        throw new PveError(501, `method '${method}' not available`, { body: 'none' });
      if (path === '/pve-docs/api-viewer/apidoc.js' && method === 'GET')
        return textAnswer(this.#apidoc, 'application/javascript');
      if (path === '/' && method === 'GET')
        return textAnswer(
          '<!doctype html><title>pmx sandbox</title><p>A Proxmox VE API of pmx sandbox: see /api2/json\n',
          'text/html;charset=UTF-8',
        );
      if (!api)
        throw new PveError(
          501,
          path.startsWith('/api2') ? 'no such uri' : `no such file '${path}'`,
          { body: 'text' },
        );
      const query = parseForm(mark < 0 ? '' : url.slice(mark + 1));
      const answer = await this.#call(
        request,
        `/${api[2] ?? ''}`,
        api[1] === 'extjs',
        query,
        context,
      );
      // Observed: what is no picture is an empty one.
      return api[1] === 'png' ? { ...answer, body: '', contentType: 'image/png' } : answer;
    } catch (error) {
      const known = error instanceof PveError ? error : this.#unexpected(request, error);
      if (known.status === 401)
        await sleep(this.#app.settings.authFailureMillis, undefined, { ref: false });
      if (api?.[1] === 'extjs' && known.status !== 401) {
        return jsonAnswer(
          {
            data: null,
            success: 0,
            status: known.status,
            message: `${known.message}\n`,
            ...(known.errors ? { errors: known.errors } : {}),
          },
          false,
        );
      }
      return errorAnswer(known);
    }
  }

  #unexpected(request: IncomingMessage, error: unknown): PveError {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#app.report(`${request.method ?? ''} ${request.url?.split('?')[0] ?? ''}: ${text}`);
    return failure(error instanceof Error ? error.message : String(error));
  }

  async #call(
    request: IncomingMessage,
    path: string,
    extjs: boolean,
    query: RawParams,
    context: CallContext,
  ): Promise<Answer> {
    const method = request.method ?? '';
    const match = this.#router.find(method, path);
    const world = match?.route.permissions.user === 'world';
    if (!world) {
      context.user = authenticate(
        this.#app.store.state,
        this.#app.tickets,
        {
          authorization: request.headers.authorization,
          cookie: request.headers.cookie,
          csrf: header(request, 'csrfpreventiontoken'),
        },
        // Observed: an upload needs no CSRF token even with a ticket.
        method !== 'GET' && !match?.route.upload,
      );
    }
    if (method !== 'POST' && method !== 'PUT' && hasBody(request))
      throw new PveError(501, `Unexpected content for method '${method}'`, { body: 'text' });
    if (!match)
      throw new PveError(
        501,
        `Method '${method} ${path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')}' not implemented`,
      );
    const boundary = boundaryOf(request.headers['content-type']);
    let upload: UploadedFile | undefined;
    let body: RawParams;
    if (match.route.upload && boundary !== undefined) {
      const received = await receiveUpload(
        request,
        boundary,
        join(this.#app.settings.dataDir, 'tmp'),
        this.#app.settings.capacityBytes,
      );
      upload = received.file;
      body = { ...received.fields, filename: upload.filename };
    } else {
      body = method === 'GET' || method === 'DELETE' ? {} : await readBody(request);
    }
    context.params = { ...query, ...body };
    try {
      return await this.#dispatch(
        match,
        { ...query, ...body, ...match.values },
        context.user,
        upload,
        extjs,
      );
    } catch (error) {
      if (upload) await rm(upload.path, { force: true });
      throw error;
    }
  }

  async #dispatch(
    match: Match,
    raw: RawParams,
    user: Identity,
    upload: UploadedFile | undefined,
    extjs: boolean,
  ): Promise<Answer> {
    const { route } = match;
    checkPermissions(this.#app, user, route, raw);
    const node = match.values['node'];
    // The node's own format is checked with the other parameters; an unknown one is a failed look-up.
    if (
      node !== undefined &&
      /^[a-zA-Z0-9-]+$/.test(node) &&
      !this.#app.store.state.nodes.includes(node)
    ) {
      throw failure(
        `hostname lookup '${node}' failed - failed to get address info for: ${node}: Name or service not known`,
      );
    }
    // A wake-up call is sent by another node.
    const forwarded = !route.path.endsWith('/wakeonlan');
    if (node !== undefined && forwarded && this.#app.faults.isDown(node))
      throw new PveError(595, 'No route to host', { body: 'none' });
    const params = new Params(verifyParams(route.params ?? {}, raw));
    const result: unknown = await route.handler({ app: this.#app, user, params, upload });
    const isProtected = route.protected === true;
    if (result instanceof PlainText) return textAnswer(result.text, 'text/plain', isProtected);
    const success = extjs ? { success: 1 } : {};
    if (result instanceof Extended)
      return jsonAnswer({ data: result.data ?? null, ...result.extra, ...success }, isProtected);
    return jsonAnswer({ data: result ?? null, ...success }, isProtected);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
