import { chmod, mkdir } from 'node:fs/promises';
import { Router } from './api/router.js';
import { routes } from './api/routes.js';
import { App } from './app.js';
import { hashToken, tokenMatches } from './auth/secrets.js';
import { chooseEngine } from './engine/choose.js';
import { messageOf } from './errors.js';
import { Certificates } from './faults/certificates.js';
import { controlRoutes } from './faults/control.js';
import { Pipeline } from './http/pipeline.js';
import { RequestLog } from './http/request-log.js';
import { listen } from './http/server.js';
import type { Listener } from './http/server.js';
import { settingsOf } from './options.js';
import type { SandboxOptions } from './options.js';
import { ownDirectory } from './state/owner.js';

export type { SandboxOptions } from './options.js';

/** A sandbox that answers. */
export interface RunningSandbox {
  url: string;
  port: number;
  /** SHA-256 of the certificate, AA:BB:… */
  fingerprint: string;
  engine?: 'sim' | 'qemu';
  /** How guests are computed, when they are. */
  accel?: 'kvm' | 'tcg';
  /** Stops listening, fails running tasks and saves. */
  close(): Promise<void>;
}

/** Sets the token that pmx uses: all rights, no separate ones. */
function setToken(app: App, secret: string): void {
  const root = app.store.state.users['root@pam']!;
  const old = root.tokens['pmx'];
  if (old && old.privsep === 0 && old.expire === 0 && tokenMatches(secret, old.secret)) return;
  root.tokens['pmx'] = { secret: hashToken(secret), privsep: 0, expire: 0, comment: 'pmx sandbox' };
  app.store.touch();
}

/** Starts a Proxmox VE API on 127.0.0.1. Throws, and leaves nothing running, when the port or the directory cannot be used. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const settings = settingsOf(options);
  const engine = await chooseEngine(settings);
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const disown = ownDirectory(settings.dataDir);
  let app: App | undefined;
  let log: RequestLog | undefined;
  let listener: Listener;
  try {
    app = await App.open(settings, engine);
    const opened = app;
    const certificates = await Certificates.open(app);
    log = new RequestLog(settings.dataDir);
    const pipeline = new Pipeline(app, new Router([...routes, ...controlRoutes]), routes, log);
    setToken(app, options.tokenSecret);
    listener = await listen(
      settings.port,
      certificates.shown,
      (request, response) => pipeline.handle(request, response),
      (text) => opened.report(text),
      () => opened.faults.otherCertificate && opened.faults.book.noticeRemoval(),
      (request, socket, head) => pipeline.upgrade(request, socket, head),
    );
    certificates.onSwitch = (certificate) => listener.present(certificate);
  } catch (error) {
    log?.close();
    await app?.engine.close().catch(() => undefined);
    await app?.store.abandon().catch(() => undefined);
    disown();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Error(
        `port ${settings.port} on 127.0.0.1 is already in use: take another one, or 0 for any that is free`,
        { cause: error },
      );
    throw error;
  }
  app.store.touch();
  await app.store.flush();
  await chmod(settings.dataDir, 0o700);
  const { port } = listener;
  const running = app;
  let closing: Promise<void> | undefined;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    fingerprint: running.fingerprint,
    engine,
    ...(running.engine.accel && { accel: running.engine.accel }),
    close: () => {
      closing ??= (async () => {
        await listener.close();
        try {
          await running.close();
        } catch (error) {
          running.report(`saving failed: ${messageOf(error)}`);
          throw error;
        } finally {
          log?.close();
          disown();
        }
      })();
      return closing;
    },
  };
}
