import { isPmxError, type PmxError } from '@pmx-cli/kit/errors';

import {
  type CheckedFile,
  checkSeedFile,
  type Declared,
  faultOf,
  type GivenValues,
  refuseUnknownValues,
  renderTemplate,
  type SeedFileName,
} from '../../cloudinit/index.js';
import { type ReadFile, readInput, templateText } from './files.js';

export interface ValidationReport extends Omit<CheckedFile, 'problem'> {
  file: string;
  valid: boolean;
}

/** A file with its values, and what is wrong with it. */
export interface Examined extends ValidationReport {
  /** Undefined where values could not be put in. */
  content: Buffer | string | undefined;
  masked: string | undefined;
  /** What a single file would be refused with. */
  problem?: PmxError;
  /** Names of values that must not be shown. */
  secrets: string[];
}

/**
 * Every file is looked at, also when one before it is wrong.
 * @throws RequestError `PMX_FILE_UNREADABLE`
 */
export async function validateFiles(
  paths: readonly string[],
  given: GivenValues,
  as: SeedFileName,
): Promise<ValidationReport[]> {
  return (await examineFiles(paths, given, as)).map(
    ({ file, valid, kind, schema, faults, parts }) => ({
      ...{ file, valid, kind, schema, faults },
      ...(parts && { parts }),
    }),
  );
}

export async function examineFiles(
  paths: readonly string[],
  given: GivenValues,
  as: SeedFileName,
): Promise<Examined[]> {
  const files = await Promise.all(paths.map(readInput));
  const examined = await Promise.all(files.map((file) => examine(file, given, as)));
  // What one template does not take may be for another one.
  const declared = examined.flatMap((one) => one.declared);
  if (examined.every(({ content }) => content !== undefined))
    refuseUnknownValues(declared, given, files.map(({ source }) => source).join(', '));
  return examined.map(({ declared: own, ...one }) => ({
    ...one,
    secrets: own.filter(({ type }) => type === 'secret').map(({ name }) => name),
  }));
}

async function examine(
  file: ReadFile,
  given: GivenValues,
  as: SeedFileName,
): Promise<Omit<Examined, 'secrets'> & { declared: readonly Declared[] }> {
  const { source, content } = file;
  try {
    const text = templateText(file);
    const rendered = text === undefined ? undefined : await renderTemplate(text, source, given);
    const checked = await checkSeedFile(rendered?.text ?? content, source, as);
    const faults = checked.faults.map((fault) =>
      rendered && fault.line !== null
        ? { ...fault, ...rendered.origin(fault.line, fault.column ?? 1) }
        : fault,
    );
    return {
      file: source,
      valid: faults.every(({ severity }) => severity !== 'error'),
      ...checked,
      faults,
      content: rendered?.text ?? content,
      masked: rendered?.masked ?? content.toString('utf8'),
      declared: rendered?.declared ?? [],
    };
  } catch (error) {
    if (!isPmxError(error) || !error.code.startsWith('PMX_CLOUDINIT_')) throw error;
    return {
      file: source,
      valid: false,
      kind: null,
      schema: null,
      faults: [faultOf(error, source)],
      problem: error,
      content: undefined,
      masked: undefined,
      declared: [],
    };
  }
}

/** `web.yaml:3:5: error: packages[0] must be a text`. */
export function faultLine(
  file: string,
  { severity, line, column, path, message }: CheckedFile['faults'][number],
): string {
  const place = line === null ? file : `${file}:${line}:${column ?? 1}`;
  return `${place}: ${severity}: ${[path, message].filter((part) => part !== '').join(' ')}`;
}
