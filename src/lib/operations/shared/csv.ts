import { RequestError } from '@pmx-cli/kit/errors';

export interface CsvRow {
  line: number;
  values: Record<string, string>;
}

/**
 * CSV with a header: commas or semicolons, quotes as in RFC 4180, empty cells left out.
 * @throws RequestError `PMX_INVALID_CSV` with the line
 */
export function parseCsv(source: string, text: string): CsvRow[] {
  const rows = cellsOf(source, text.replace(/^\uFEFF/, ''));
  const [header, ...body] = rows;
  if (!header || body.length === 0) throw refuse(source, 1, 'it has no header with rows below it');
  const names = header.cells.map((name) => name.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(source, 1, `the header has '${twice}' twice`);
  return body.map(({ line, cells }) => {
    if (cells.length !== names.length)
      throw refuse(source, line, `it has ${cells.length} cells, the header ${names.length}`);
    const values = names
      .map((name, index) => [name, cells[index]!.trim()] as const)
      .filter(([, value]) => value !== '');
    return { line, values: Object.fromEntries(values) };
  });
}

function cellsOf(source: string, text: string): Array<{ line: number; cells: string[] }> {
  const separator = /^[^\n",]*;/.test(text) ? ';' : ',';
  const rows: Array<{ line: number; cells: string[] }> = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let begun = 1;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((value) => value.trim() !== '')) rows.push({ line: begun, cells });
    [cells, cell, begun] = [[], '', line + 1];
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quoted && char === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (char === '"' && (quoted || cell.trim() === '')) {
      if (!quoted) cell = '';
      quoted = !quoted;
    } else if (!quoted && char === separator) {
      cells.push(cell);
      cell = '';
    } else if (!quoted && char === '\n') {
      endRow();
    } else if (char !== '\r' || quoted) {
      cell += char;
    }
    if (char === '\n') line++;
  }
  if (quoted) throw refuse(source, begun, 'a quote is not closed');
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

function refuse(source: string, line: number, what: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_CSV',
    message: `${source}, line ${line}: ${what}.`,
    hints: ['The first line names the columns, for example: name,memory,cores,ip'],
  });
}
