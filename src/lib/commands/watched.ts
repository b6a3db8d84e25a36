import { type Column, type Session, watchRows } from '@pmx-cli/kit';

/** How one result is drawn again and again, as a table. */
export interface Watched<Result, Line> {
  interval: number;
  columns: ReadonlyArray<Column<Line>>;
  headers: boolean;
  show: () => Promise<Result>;
  linesOf: (result: Result) => Line[];
}

/** `--watch` of a command that shows one thing; returns what was seen last. */
export async function watched<Result, Line>(
  session: Session,
  { interval, columns, headers, show, linesOf }: Watched<Result, Line>,
): Promise<Result> {
  const shape = { columns, headers, reference: String };
  let last: Result;
  await watchRows(session, interval, async (draw) => {
    last = await show();
    await draw(session.output.machine ? [last] : linesOf(last), shape as never);
  });
  return last!;
}
