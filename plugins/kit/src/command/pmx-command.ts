import { Command, type Interfaces } from '@oclif/core';

import { errorDocument, errorText, normalizeError, RequestError } from '../errors/index.js';
import { globalFlags } from '../flags/global.js';
import { type OutputFormat, parseOutputFormat, requestedFormat } from '../format/index.js';
import { logSettings } from '../log/index.js';
import { findHost, type ListShape, type PluginSetting, type Session } from '../host/index.js';
import { pluginShortName } from '../names.js';
import type { Plan } from '../plan/index.js';
import { habitualNames } from './habitual-names.js';

/**
 * Base of every pmx command: parses, opens the session, shows results and errors.
 *
 * A command returns its JSON value from `run`; what a person reads is a view of that value, drawn
 * with `this.output`. Nothing else may write to the terminal.
 */
export abstract class PmxCommand<Result> extends Command {
  static override enableJsonFlag = false;
  static override baseFlags: Interfaces.FlagInput = globalFlags;

  static {
    // oclif gives a class its id once it has found it, and copies what the class itself has into the
    // manifest: an inherited getter would be read without the id.
    Object.defineProperty(this, 'id', {
      configurable: true,
      get: () => undefined,
      set(this: typeof PmxCommand, id: string) {
        const own = { configurable: true, enumerable: true, writable: true };
        Object.defineProperty(this, 'id', { ...own, value: id });
        const names = [...(this.hiddenAliases ?? []), ...habitualNames(id)];
        Object.defineProperty(this, 'hiddenAliases', { ...own, value: names });
      },
    });
  }

  #session: Session | undefined;
  protected parsedFlags: Record<string, unknown> = {};
  protected parsedArgs: Record<string, unknown> = {};
  /** All positional values, also of commands that take any number of them. */
  protected positionals: string[] = [];

  abstract override run(): Promise<Result>;

  protected get session(): Session {
    return (this.#session ??= findHost().open({
      format: requestedFormat(this.argv),
      log: { ...(this.#debugs() && { level: 'debug' }) },
      'no-color': this.argv.includes('--no-color'),
      'no-input': this.argv.includes('--no-input'),
    }));
  }

  protected get output(): Session['output'] {
    return this.session.output;
  }

  /** The server of the context in use. Read-only: changes are steps of a plan. */
  protected pve(): ReturnType<Session['pve']> {
    return this.session.pve();
  }

  protected inventory(): ReturnType<Session['inventory']> {
    return this.session.inventory();
  }

  /** Flags with their types: `const flags = this.flagsOf(VmList)`. */
  protected flagsOf<C extends { baseFlags?: Interfaces.FlagInput; flags: Interfaces.FlagInput }>(
    _command: C,
  ): Interfaces.InferredFlags<C['flags']> {
    return this.parsedFlags as Interfaces.InferredFlags<C['flags']>;
  }

  protected argsOf<C extends { args: Interfaces.ArgInput }>(
    _command: C,
  ): Interfaces.InferredArgs<C['args']> {
    return this.parsedArgs as Interfaces.InferredArgs<C['args']>;
  }

  /**
   * A setting of the plugin that this command belongs to, as its package.json declares it. In tests
   * the fake host has it under the plugin's short name, given as `plugin`.
   */
  protected async pluginSetting(
    key: string,
    plugin?: string,
  ): ReturnType<Session['settings']['ofPlugin']> {
    const own = (this.ctor as typeof PmxCommand).plugin;
    const { pmx } = (own?.pjson ?? {}) as { pmx?: { settings?: Record<string, PluginSetting> } };
    const name = plugin ?? pluginShortName(own?.name ?? '');
    return this.session.settings.ofPlugin(name, key, pmx?.settings?.[key]);
  }

  /** How rows are written for machines; lists have one. */
  protected get shape(): ListShape | undefined {
    return undefined;
  }

  #debugs(): boolean {
    return this.argv.some((word) =>
      /^--(?:debug|debug-safe|log-level=(?:debug|trace))$/.test(word),
    );
  }

  /** `--json` beside another format from the environment wins; beside `-o` it is a mistake. */
  #format(flags: Record<string, unknown>): OutputFormat | undefined {
    const asked = flags['output'] as string | undefined;
    if (flags['json'] !== true) return asked === undefined ? undefined : parseOutputFormat(asked);
    if (asked !== undefined && asked !== 'json' && asked !== process.env['PMX_OUTPUT']) {
      throw new RequestError({
        code: 'PMX_OUTPUT_FORMAT',
        message: `--json and -o ${asked} ask for two formats.`,
        hints: ['Leave one of them out.'],
      });
    }
    return { type: 'json' };
  }

  /**
   * Does in a session for planning what the command does up to its first effect.
   * @returns its plans; none from a command that only reads
   */
  async rehearse(session: Session): Promise<Plan[]> {
    await this.#parseWords();
    this.#session = session;
    return this.planOnly();
  }

  /** Commands that neither plan nor only read cannot be told beforehand. */
  protected async planOnly(): Promise<Plan[]> {
    throw noPlan(this.id);
  }

  /** Asks a person for what is missing. */
  async #completeWords(): Promise<Record<string, unknown>> {
    for (;;) {
      try {
        return await this.#parseWords();
      } catch (error) {
        const words = await this.#askMissing(error);
        if (!words) throw error;
        this.argv = words;
      }
    }
  }

  async #askMissing(error: unknown): Promise<string[] | undefined> {
    const { askMissing, missingIn } = await import('./missing-values.js');
    const missing = missingIn(error);
    if (!missing) return undefined;
    const { session } = this;
    try {
      // Settings, too, may say that nothing is to be asked.
      await session.ready();
    } catch {
      return undefined;
    }
    if (!session.prompt.possible) return undefined;
    return askMissing(missing, this.argv, this, session.prompt, (text) =>
      session.output.note(text),
    );
  }

  async #parseWords(): Promise<Record<string, unknown>> {
    const command = this.ctor as typeof PmxCommand;
    // oclif copies a class's own fields only, and these may come from a base of several commands.
    const inherited = { args: command.args, flags: command.flags, baseFlags: command.baseFlags };
    const { args, argv, flags } = await this.parse({
      ...command,
      ...inherited,
      strict: command.strict,
    });
    this.parsedFlags = flags;
    this.parsedArgs = args;
    this.positionals = argv as string[];
    return flags;
  }

  override async init(): Promise<void> {
    await super.init();
    const flags = await this.#completeWords();
    // The one that asked knew only half of the flags.
    await this.#session?.close();
    this.#session = findHost().open({
      context: flags['context'] as string | undefined,
      format: this.#format(flags),
      log: logSettings(flags),
      command: (this.ctor as typeof PmxCommand).id,
      'no-color': flags['no-color'] === true,
      'no-input': flags['no-input'] === true,
      'request-timeout': flags['request-timeout'] as number | undefined,
    });
    await this.#session.ready();
  }

  protected override async _run<T>(): Promise<T> {
    try {
      await this.init();
      const result = await this.run();
      if (this.output.machine) await this.output.document(result, this.shape);
      return result as unknown as T;
    } catch (error) {
      await this.catch(error as Error);
      return undefined as T;
    } finally {
      await this.#session?.close();
    }
  }

  protected override async catch(thrown: unknown): Promise<void> {
    const error = normalizeError(thrown);
    process.exitCode = error.exitCode;
    const { requestId, log } = this.session;
    // What the settings say of the output holds for errors of the parsing, too.
    await this.session.ready().catch(() => undefined);
    log.error(error.message, { code: error.code, exitCode: error.exitCode });
    const text = errorText(error, { stack: this.#debugs(), requestId });
    await this.output.failure(errorDocument(error, requestId), text);
  }
}

/** For a command that is no use to plan. */
export function noPlan(id = ''): RequestError {
  return new RequestError({
    code: 'PMX_NO_PLAN',
    message: `pmx ${id.replaceAll(':', ' ')} makes no plan, so nobody can tell beforehand what it does.`,
    hints: ['Ask about a command that has --dry-run, or one that only reads.'],
  });
}
