import type { PveReader, Read, Rehearsal, Session } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { typedReader } from './api/typed.js';

/**
 * A view of a session for planning only: reads go through and are noted, nothing is carried out,
 * asked or printed. A proxy, so that whatever else a session offers stays as it is.
 */
export function rehearsalOf(session: Session): Rehearsal {
  const reads: Read[] = [];
  const reader = once(async () => notingReader(await session.pve(), reads));
  const instead: Partial<Record<keyof Session, unknown>> = {
    pve: reader,
    inventory: once(async () => {
      const { createInventory } = await import('./inventory/index.js');
      return createInventory(await reader());
    }),
    prompt: {
      possible: false,
      confirm: refuse,
      secret: refuse,
      text: refuse,
      choose: refuse,
    },
    // Whoever gets in changes who this run is, and a login is an event on the server.
    access: view(session.access, { enter: refuse, realms: refuse }),
    controllers: view(session.controllers, { open: refuse }),
    output: silent(session.output),
    operations: view(session.operations, { run: refuse }),
    close: async () => undefined,
  };
  return { session: view(session, instead), reads };
}

function notingReader(pve: PveReader, reads: Read[]): PveReader {
  const get: PveReader['get'] = (path, params) => {
    reads.push({ path: path.split('?', 1)[0]!, ...(params && { params }) });
    return pve.get(path, params);
  };
  return view(pve, {
    get,
    api: typedReader(get),
    // A rehearsal does not wait for what others do.
    waitForTask: async (upid: string) => {
      await get(`/nodes/${upid.split(':')[1]}/tasks/${encodeURIComponent(upid)}/status`);
      return { exitstatus: 'OK' };
    },
  });
}

async function refuse(): Promise<never> {
  throw new RequestError({
    code: 'PMX_NO_PLAN',
    message: 'This command does more than plan, so nobody can tell beforehand what it does.',
    hints: ['Ask about a command that has --dry-run, or one that only reads.'],
  });
}

/** Warnings and hints would be about a command that does not run. */
function silent(output: Session['output']): Session['output'] {
  const nothing = (): void => undefined;
  const names = [
    'print',
    'note',
    'raw',
    'warn',
    'table',
    'redraw',
    'fields',
    'document',
    'failure',
    'problem',
    'impact',
    'status',
  ];
  return view(output, Object.fromEntries(names.map((name) => [name, nothing])));
}

function view<T extends object>(target: T, instead: object): T {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(instead, name)) return Reflect.get(instead, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
