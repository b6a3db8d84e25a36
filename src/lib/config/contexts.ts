import type { ContextRecord, Json } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { Configuration } from './configuration.js';
import { isMapping, type Mapping } from './files/canonical.js';
import type { Source } from './files/chain.js';
import { userFile } from './files/find.js';
import { parseContext } from './schema/context-fields.js';
import { ConfigWriter } from './write/writer.js';
import type { Edit } from './write/edit.js';

/** The contexts in the user's and the system's configuration. Writing methods are for step handlers only. */
export class ContextStore {
  readonly #configuration: Configuration;
  readonly #writer: ConfigWriter;

  constructor(directory: string, configuration: Configuration = new Configuration({ directory })) {
    this.#configuration = configuration;
    this.#writer = new ConfigWriter(directory);
  }

  /** What the files say; `--context` and PMX_CONTEXT are for this run only. */
  async current(): Promise<string | undefined> {
    const said = await this.#configuration.candidates('currentContext');
    const winner = said.find(({ layer }) => layer !== 'flag' && layer !== 'env');
    return winner && (this.#configuration.valueOf('currentContext', winner) as string);
  }

  async previous(): Promise<string | undefined> {
    const [main] = (await this.#configuration.sources()).filter(({ layer }) => layer === 'user');
    return main?.data['previousContext'] as string | undefined;
  }

  /** As the files have them: unchecked, `${…}` in place. */
  async list(): Promise<Record<string, ContextRecord>> {
    const sources = await this.#configuration.sources();
    const system = merged(sources.filter(({ layer }) => layer === 'system'));
    const user = merged(sources.filter(({ layer }) => layer === 'user'));
    return { ...system, ...user } as Record<string, ContextRecord>;
  }

  /** Checked, `${…}` replaced. @throws RequestError `PMX_CONTEXT_NOT_FOUND`, `PMX_INVALID_SETTING` */
  async get(name: string): Promise<ContextRecord> {
    const contexts = await this.list();
    if (Object.hasOwn(contexts, name)) {
      const where = (await this.fileOf(name)) ?? 'configuration';
      return parseContext(name, this.#configuration.expand(contexts[name], where), where);
    }
    const names = Object.keys(contexts);
    throw new RequestError({
      code: 'PMX_CONTEXT_NOT_FOUND',
      message: `There is no context '${name}'.`,
      hints: [
        names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none yet.',
        'Add one: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
      ],
    });
  }

  /** From the user's or the system's own files only. */
  async secretCommand(name: string): Promise<string[] | undefined> {
    const contexts = await this.list();
    const said = Object.hasOwn(contexts, name) && contexts[name]?.secretCommand !== undefined;
    return said ? (await this.get(name)).secretCommand : undefined;
  }

  /** The strongest file that has it. */
  async fileOf(name: string): Promise<string | undefined> {
    return (await this.#configuration.sources()).find(
      ({ layer, data }) =>
        layer !== 'project' && isMapping(data['contexts']) && Object.hasOwn(data['contexts'], name),
    )?.path;
  }

  async save(name: string, context: ContextRecord, use: boolean): Promise<void> {
    await this.#edit((data) => {
      const before = (data['contexts'] as Mapping | undefined)?.[name];
      const fields = Object.entries(context).filter(([, value]) => value !== undefined);
      const gone = Object.keys(isMapping(before) ? before : {}).filter(
        (field) => !fields.some(([kept]) => kept === field),
      );
      return [
        ...gone.map((field) => ({ path: ['contexts', name, field] })),
        ...fields.map(([field, value]) => ({
          path: ['contexts', name, field],
          value: value as Json,
        })),
        ...(use ? switchTo(data, name) : []),
      ];
    });
  }

  async remove(name: string): Promise<void> {
    await this.#edit((data) => [
      { path: ['contexts', name] },
      ...['currentContext', 'previousContext']
        .filter((key) => data[key] === name)
        .map((key) => ({ path: [key] })),
    ]);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#edit((data) => {
      const contexts = (data['contexts'] ?? {}) as Mapping;
      if (!Object.hasOwn(contexts, from)) {
        // An undo of what never happened.
        if (Object.hasOwn(contexts, to)) return [];
        throw elsewhere(from);
      }
      return [
        { path: ['contexts', to], value: contexts[from] as Json },
        { path: ['contexts', from] },
        ...['currentContext', 'previousContext']
          .filter((key) => data[key] === from)
          .map((key) => ({ path: [key], value: to })),
      ];
    });
  }

  async use(name: string): Promise<void> {
    await this.#edit((data) => switchTo(data, name));
  }

  async #edit(edits: (data: Mapping) => readonly Edit[]): Promise<void> {
    await this.#writer.edit(userFile(this.#configuration.directory), edits);
    this.#configuration.forget();
  }
}

function elsewhere(name: string): RequestError {
  return new RequestError({
    code: 'PMX_CONTEXT_ELSEWHERE',
    message: `Context '${name}' is not in your own file, so it cannot be changed there.`,
    hints: ['pmx config view --origins shows where it is.', 'Copy it: pmx context copy'],
  });
}

function merged(sources: readonly Source[]): Mapping {
  const result: Mapping = {};
  for (const { data } of sources.toReversed()) {
    for (const [name, record] of Object.entries((data['contexts'] ?? {}) as Mapping)) {
      const base = Object.hasOwn(result, name) ? result[name] : {};
      Object.defineProperty(result, name, {
        value: isMapping(record) && isMapping(base) ? { ...base, ...record } : record,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  return result;
}

function switchTo(data: Mapping, name: string): Edit[] {
  const { currentContext } = data as { currentContext?: string };
  if (currentContext === name) return [];
  return [
    ...(currentContext === undefined ? [] : [{ path: ['previousContext'], value: currentContext }]),
    { path: ['currentContext'], value: name },
  ];
}
