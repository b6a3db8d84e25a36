import type { Interfaces } from '@oclif/core';

import { globalFlags } from '../flags/global.js';
import { listFlags } from '../flags/list.js';
import { ExitCode } from '../errors/index.js';
import type { Column, ListShape, Session } from '../host/index.js';
import type { Plan } from '../plan/index.js';
import { filterRows, pickColumns, rawValue, sortRows } from '../rows/index.js';
import { PmxCommand } from './pmx-command.js';
import { watchInterval, watchRows } from './watch.js';

/** `pmx <noun> list`: give the rows and the columns, the rest is the same everywhere. */
export abstract class ListCommand<Row> extends PmxCommand<Row[]> {
  static override baseFlags: Interfaces.FlagInput = { ...globalFlags, ...listFlags };

  #picked: ReadonlyArray<Column<Row>> | undefined;
  /** What the rows are taken from; undefined for lists that ask no server. */
  #inventory: ReturnType<Session['inventory']> | undefined;

  /** Read the rows. They are the JSON value. */
  protected abstract list(): Promise<Row[]>;
  protected abstract readonly columns: ReadonlyArray<Column<Row>>;
  /** Said on stderr when there is nothing: "No VMs." */
  protected abstract readonly whenEmpty: string;

  /** What other commands take for this row; a name or an id when not overridden. */
  protected reference(row: Row): string {
    const fields = row as Record<string, unknown>;
    const key = ['name', 'volid', 'upid', 'id', 'vmid', 'storage', 'node'].find(
      (name) => fields[name] !== undefined && fields[name] !== '',
    );
    return String(key === undefined ? rawValue(row, this.columns[0]!) : fields[key]);
  }

  /** Reads `rows` may compare themselves with, for references. */
  protected prepare(_rows: readonly Row[]): void {}

  protected override get shape(): ListShape {
    const wide = this.output.format.type === 'wide';
    const shape: ListShape<Row> = {
      columns: this.#picked ?? this.columns.filter((column) => wide || column.wide !== true),
      headers: this.parsedFlags['no-headers'] !== true,
      reference: (row) => this.reference(row),
    };
    return shape as ListShape;
  }

  protected override inventory(): ReturnType<Session['inventory']> {
    return (this.#inventory ??= super.inventory());
  }

  protected override async planOnly(): Promise<Plan[]> {
    await this.list();
    return [];
  }

  override async run(): Promise<Row[]> {
    const interval = watchInterval(this.parsedFlags['watch'], this.output.format);
    if (interval !== undefined) {
      await watchRows(this.session, interval, async (draw) => draw(await this.#read(), this.shape));
      return [];
    }
    const rows = await this.#read();
    await this.#tellUnreachable();
    if (!this.output.machine) {
      if (rows.length === 0) this.output.note(this.whenEmpty);
      else await this.output.table(rows, this.shape as ListShape<Row>);
      return rows;
    }
    return this.#picked ? rows.map((row) => onlyFields(row, this.#picked!)) : rows;
  }

  /** Part of the rows is better than none; who needs all of them says --strict. */
  async #tellUnreachable(): Promise<void> {
    const { node, strict } = this.parsedFlags;
    const all = [...((await this.#inventory)?.unreachable ?? [])].sort();
    // Of the others nothing was asked for.
    const nodes = typeof node === 'string' ? all.filter((name) => name === node) : all;
    if (nodes.length === 0) return;
    const which = nodes.length === 1 ? `Node ${nodes[0]} does` : `Nodes ${nodes.join(', ')} do`;
    this.output.warn(`${which} not answer, so this is not the whole list, or not as it is now.`);
    if (strict === true) process.exitCode = ExitCode.proxmox;
  }

  async #read(): Promise<Row[]> {
    (await this.#inventory)?.unreachable.clear();
    const all = await this.list();
    this.prepare(all);
    const filters = (this.parsedFlags['filter'] ?? []) as string[];
    const { columns: picked, 'sort-by': order } = this.parsedFlags as Record<string, string>;
    let rows = filters.length === 0 ? all : filterRows(all, this.columns, filters);
    if (order !== undefined) rows = sortRows(rows, this.columns, order);
    if (picked !== undefined) this.#picked = pickColumns(all, this.columns, picked);
    return rows;
  }
}

function onlyFields<Row>(row: Row, columns: ReadonlyArray<Column<Row>>): Row {
  const fields = columns.map((column) => [column.key ?? column.header, rawValue(row, column)]);
  return Object.fromEntries(fields) as Row;
}
