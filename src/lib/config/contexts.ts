import type { ContextRecord } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type ConfigDocument, readConfig, writeConfig } from './config-file.js';

/** The contexts in the user's configuration file. Writing methods are for step handlers only. */
export class ContextStore {
  readonly #directory: string;
  #document: Promise<ConfigDocument> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async current(): Promise<string | undefined> {
    return (await this.#read()).currentContext;
  }

  async previous(): Promise<string | undefined> {
    return (await this.#read()).previousContext;
  }

  async list(): Promise<Record<string, ContextRecord>> {
    return (await this.#read()).contexts ?? {};
  }

  /** @throws RequestError `PMX_CONTEXT_NOT_FOUND` */
  async get(name: string): Promise<ContextRecord> {
    const contexts = await this.list();
    const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
    if (context) return context;
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

  async save(name: string, context: ContextRecord, use: boolean): Promise<void> {
    await this.#change((document) => {
      document.contexts = { ...document.contexts, [name]: context };
      if (use) switchTo(document, name);
    });
  }

  async remove(name: string): Promise<void> {
    await this.#change((document) => {
      if (document.contexts) delete document.contexts[name];
      if (document.currentContext === name) delete document.currentContext;
      if (document.previousContext === name) delete document.previousContext;
    });
  }

  async use(name: string): Promise<void> {
    await this.#change((document) => switchTo(document, name));
  }

  #read(): Promise<ConfigDocument> {
    return (this.#document ??= readConfig(this.#directory));
  }

  async #change(change: (document: ConfigDocument) => void): Promise<void> {
    const document = await readConfig(this.#directory);
    change(document);
    await writeConfig(this.#directory, document);
    this.#document = Promise.resolve(document);
  }
}

function switchTo(document: ConfigDocument, name: string): void {
  if (document.currentContext === name) return;
  if (document.currentContext !== undefined) document.previousContext = document.currentContext;
  document.currentContext = name;
}
