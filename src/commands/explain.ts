import { Args } from '@oclif/core';
import { type Column, type ListShape, ShowCommand } from '@pmx-cli/kit';

import type { ErrorEntry, ExitCodeEntry } from '../lib/explain/index.js';

type Summary = Pick<ErrorEntry, 'code' | 'title'>;

const columns: ReadonlyArray<Column<Summary>> = [
  { header: 'code', value: (row) => row.code },
  { header: 'title', value: (row) => row.title },
];

export default class Explain extends ShowCommand<Summary[] | ErrorEntry | ExitCodeEntry> {
  static override summary =
    'Explain an error code or an exit code: what happened, why, what to do.';
  static override description =
    'Each error ends with its code in brackets. Case, PMX_ in front and _ or - do not matter. Without a code all of them are listed. Asks no server.';
  static override examples = [
    '<%= config.bin %> explain PMX_TLS_UNTRUSTED',
    '<%= config.bin %> explain permission-denied',
    '<%= config.bin %> explain 3',
    '<%= config.bin %> explain',
  ];
  static override args = {
    code: Args.string({ description: 'Error code or exit code.', ignoreStdin: true }),
  };

  protected override get shape(): ListShape | undefined {
    if (this.argsOf(Explain).code !== undefined) return undefined;
    const shape: ListShape<Summary> = { columns, headers: true, reference: ({ code }) => code };
    return shape as ListShape;
  }

  protected override async show(): Promise<Summary[] | ErrorEntry | ExitCodeEntry> {
    const { catalogue, explain } = await import('../lib/explain/index.js');
    const { code } = this.argsOf(Explain);
    return code === undefined
      ? catalogue.map((entry) => ({ code: entry.code, title: entry.title }))
      : explain(code);
  }

  /** Waits for the view, which for the list may be a pager. */
  override async run(): Promise<Summary[] | ErrorEntry | ExitCodeEntry> {
    const result = await this.show();
    if (!this.output.machine) await this.view(result);
    return result;
  }

  protected override async view(result: Summary[] | ErrorEntry | ExitCodeEntry): Promise<void> {
    if (Array.isArray(result)) return this.output.table(result, this.shape as ListShape<Summary>);
    if ('exitCode' in result) {
      const { exitCode, name, meaning } = result;
      return this.output.print(`Exit code ${exitCode} (${name})\n\n${meaning}`);
    }
    const { code, title, meaning, causes, remedies } = result;
    this.output.print(`${code}: ${title}\n\n${meaning}`);
    this.output.print(['\nUsual causes', ...causes.map((cause) => `  - ${cause}`)].join('\n'));
    this.output.print(['\nWhat to do', ...remedies.map((remedy) => `  → ${remedy}`)].join('\n'));
  }
}
