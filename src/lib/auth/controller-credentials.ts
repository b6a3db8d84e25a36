import { text } from 'node:stream/consumers';

import type { Prompter, Settings } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { requireOneLine } from './secret-text.js';
import type { SecretStore } from './secret-store.js';
import { runSecretCommand } from './secrets/command.js';

export interface ControllerCredentials {
  user: string;
  password: string;
}

export interface CredentialWords {
  user?: string | undefined;
  passwordStdin?: boolean;
}

export interface CredentialSources {
  settings: Pick<Settings, 'get'>;
  secrets: Pick<SecretStore, 'get'>;
  prompt: Prompter;
  protect(secret: string): void;
  env?: NodeJS.ProcessEnv;
  stdin?: () => Promise<string>;
}

/** Under which name and for whom a pattern's password is stored: it is bound to the pattern. */
export const storedAs = (pattern: string): { name: string; endpoint: string } => ({
  name: `idrac:${pattern}`,
  endpoint: `bmc://${pattern}`,
});

/** `10.0.8.*` → fits `10.0.8.5`; `*` stands for any number of characters. */
export function fits(pattern: string, host: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const source = parts.map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${source.join('.*')}$`).test(host.toLowerCase());
}

/** The nearest of those that fit: the one with the most characters of its own. */
export function nearest(patterns: readonly string[], host: string): string | undefined {
  const own = (pattern: string): number => pattern.replaceAll('*', '').length;
  return patterns
    .filter((pattern) => fits(pattern, host))
    .sort((a, b) => own(b) - own(a) || a.localeCompare(b, 'en'))[0];
}

/**
 * User and password for a controller. Nothing is ever guessed: who names no user gets no login.
 * Nearest first: words of this run, environment, settings for the host's name, a question.
 */
export class ControllerLogins {
  readonly #sources: CredentialSources;
  readonly #env: NodeJS.ProcessEnv;
  #input: Promise<string> | undefined;
  /** Asked once for all hosts of a user. */
  readonly #asked = new Map<string, Promise<string>>();

  constructor(sources: CredentialSources) {
    this.#sources = sources;
    this.#env = sources.env ?? process.env;
  }

  /** @throws RequestError `PMX_BMC_NO_USER`, `PMX_NO_SECRET`, `PMX_INVALID_SECRET` */
  async find(host: string, words: CredentialWords): Promise<ControllerCredentials> {
    const user = await this.#user(host, words);
    const password = requireOneLine(
      `Password of ${user}`,
      await this.#password(host, user, words.passwordStdin === true),
    );
    this.#sources.protect(password);
    return { user, password };
  }

  async #user(host: string, words: CredentialWords): Promise<string> {
    const users = (await this.#sources.settings.get('idracUsers')) ?? {};
    const pattern = nearest(Object.keys(users), host);
    const user =
      words.user ??
      (this.#env['PMX_IDRAC_USER'] || (pattern === undefined ? undefined : users[pattern]));
    if (user !== undefined && user !== '') return user;
    throw new RequestError({
      code: 'PMX_BMC_NO_USER',
      message: `Nobody said as whom to log in to ${host}, and no user is ever guessed.`,
      hints: [`pmx idrac login ${host} --user USER`, 'Or --user, or PMX_IDRAC_USER.'],
    });
  }

  async #password(host: string, user: string, stdin: boolean): Promise<string> {
    if (stdin) return (this.#input ??= this.#read());
    const given = this.#env['PMX_IDRAC_PASSWORD'];
    if (given) return given;
    return (
      (await this.#command(host)) ??
      (await this.#stored(host, user)) ??
      (await this.#ask(host, user))
    );
  }

  async #read(): Promise<string> {
    const input = await (this.#sources.stdin ?? (() => text(process.stdin)))();
    const password = input.replace(/\r?\n$/, '');
    if (password !== '') return password;
    throw new RequestError({
      code: 'PMX_NO_SECRET',
      message: 'The password is missing: stdin was empty.',
      hints: ['printf %s "$PASSWORD" | pmx idrac … --password-stdin'],
    });
  }

  async #command(host: string): Promise<string | undefined> {
    const commands = (await this.#sources.settings.get('idracSecretCommands')) ?? {};
    const pattern = nearest(Object.keys(commands), host);
    if (pattern === undefined) return undefined;
    const known = this.#asked.get(`command ${pattern}`);
    const running = known ?? runSecretCommand(`idrac ${pattern}`, commands[pattern]!.split(/\s+/));
    this.#asked.set(`command ${pattern}`, running);
    return running;
  }

  /** Of the user whom the pattern names, and of nobody else. */
  async #stored(host: string, user: string): Promise<string | undefined> {
    const users = (await this.#sources.settings.get('idracUsers')) ?? {};
    const pattern = nearest(Object.keys(users), host);
    if (pattern === undefined || users[pattern] !== user) return undefined;
    const { name, endpoint } = storedAs(pattern);
    return (await this.#sources.secrets.get(name, endpoint))?.secret;
  }

  #ask(host: string, user: string): Promise<string> {
    const { prompt } = this.#sources;
    const asked = this.#asked.get(`user ${user}`);
    if (asked) return asked;
    if (!prompt.possible)
      throw new RequestError({
        code: 'PMX_NO_SECRET',
        message: `The password of ${user} for ${host} is missing.`,
        hints: [
          `pmx idrac login ${host} --user ${user}`,
          'Or --password-stdin, or PMX_IDRAC_PASSWORD.',
        ],
      });
    const answer = prompt.secret(`Password of ${user} (${host})`);
    this.#asked.set(`user ${user}`, answer);
    return answer;
  }
}
