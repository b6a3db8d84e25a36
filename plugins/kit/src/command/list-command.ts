import type { Column } from '../host/index.js';
import type { Plan } from '../plan/index.js';
import { PmxCommand } from './pmx-command.js';

/** `pmx <noun> list`: give the rows and the columns, the rest is the same everywhere. */
export abstract class ListCommand<Row> extends PmxCommand<Row[]> {
  /** Read the rows. They are the JSON value. */
  protected abstract list(): Promise<Row[]>;
  protected abstract readonly columns: ReadonlyArray<Column<Row>>;
  /** Said on stderr when there is nothing: "No VMs." */
  protected abstract readonly whenEmpty: string;

  protected override async planOnly(): Promise<Plan[]> {
    await this.list();
    return [];
  }

  override async run(): Promise<Row[]> {
    const rows = await this.list();
    if (rows.length === 0) this.output.note(this.whenEmpty);
    else this.output.table(rows, this.columns);
    return rows;
  }
}
