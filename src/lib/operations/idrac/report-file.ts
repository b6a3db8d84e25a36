import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';

import { RequestError, SurroundingsError } from '@pmx-cli/kit';

import type { CheckReport } from './check.js';
import { csv, markdown } from './formats.js';

const writers: Readonly<Record<string, (report: CheckReport) => string>> = {
  '.md': markdown,
  '.csv': csv,
};

function unwritable(file: string, error: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_FILE_UNWRITABLE',
    message: `The report ${file} cannot be written: ${(error as Error).message}`,
    hints: ['Name another file with --report.'],
    cause: error,
  });
}

/** Before hosts are looked at: a report that nobody could write is known early. */
export async function checkReportFile(file: string): Promise<void> {
  if (!Object.hasOwn(writers, extname(file).toLowerCase())) {
    throw new RequestError({
      code: 'PMX_REPORT_FORMAT',
      message: `'${file}' tells no format: a report ends with .md or .csv.`,
      hints: ['For example: --report idracs.md', 'JSON is what --json prints.'],
    });
  }
  try {
    await access(dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

export async function writeReport(file: string, report: CheckReport): Promise<void> {
  try {
    await writeFile(file, writers[extname(file).toLowerCase()]!(report));
  } catch (error) {
    throw unwritable(file, error);
  }
}
