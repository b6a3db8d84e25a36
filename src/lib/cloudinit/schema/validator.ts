import type { DataValidationCxt, ErrorObject, ValidateFunction } from 'ajv/dist/types/index.js';

import { loadSchema, type Schema, type SchemaName } from './load.js';

/** What is wrong at a place of a document, or only out of date. */
export interface Violation {
  /** JSON pointer. */
  pointer: string;
  keyword: string;
  params: Readonly<Record<string, unknown>>;
  /** Whether a number, a date or the like stands there, which quotes would make a text. */
  scalar: boolean;
  /** The schema that the keyword stands in. */
  schema: Schema;
}

type Check = (value: unknown) => { errors: Violation[]; deprecated: Violation[] };
type Branches = {
  (branches: Schema[], data: unknown, parent?: Schema, place?: DataValidationCxt): boolean;
  errors?: ErrorObject[];
};

const checks = new Map<SchemaName, Promise<Check>>();

/** A check against one of cloud-init's schemas. Compiled once, and only when asked for. */
export function checkOf(name: SchemaName): Promise<Check> {
  const check = checks.get(name) ?? compile(name);
  checks.set(name, check);
  return check;
}

/**
 * Of alternatives (`anyOf`, `oneOf`) ajv reports what is wrong with each: a dozen lines for one mistake. Here the
 * alternative that was meant is found, and only its faults are told.
 */
async function compile(name: SchemaName): Promise<Check> {
  const { Ajv } = await import('ajv');
  const root = bound(await loadSchema(name), name);
  const ajv = new Ajv({
    // A schema of schemas would be held against the keywords below, too.
    meta: false,
    validateSchema: false,
    strict: false,
    allErrors: true,
    verbose: true,
    unicodeRegExp: false,
    formats: { uri: isUri, hostname: isHostname, date: isDate },
  });
  let deprecated: Violation[] = [];
  const compiled = new Map<Schema, ValidateFunction>();
  const validatorOf = (branch: Schema): ValidateFunction => {
    const known = compiled.get(branch) ?? ajv.compile(branch);
    compiled.set(branch, known);
    return known;
  };
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const validate: Branches = (branches, data, parent, place) => {
      const before = deprecated;
      const tried = branches.map((branch) => {
        deprecated = [];
        const validator = validatorOf(branch);
        const ok = validator(data, place) as boolean;
        return { branch, ok, errors: validator.errors ?? [], deprecated };
      });
      const fitting = tried.filter(({ ok }) => ok);
      deprecated = [...before, ...(fitting[0]?.deprecated ?? [])];
      const enough = keyword === 'anyOf' ? fitting.length > 0 : fitting.length === 1;
      if (enough) return true;
      validate.errors =
        fitting.length > 1
          ? [wrong(place, keyword, { fitting: fitting.length }, parent)]
          : meant(tried, data, place, parent);
      return false;
    };
    ajv.removeKeyword(keyword);
    ajv.addKeyword({ keyword, schemaType: 'array', errors: 'full', validate });
  }
  ajv.removeKeyword('deprecated');
  ajv.addKeyword({
    keyword: 'deprecated',
    schemaType: 'boolean',
    validate: (old: boolean, _: unknown, schema?: Schema, place?: DataValidationCxt) => {
      if (old) deprecated.push(violation(wrong(place, 'deprecated', {}, schema)));
      return true;
    },
  });
  ajv.addSchema(root, name);
  const validate = ajv.getSchema(name)!;
  return (value) => {
    deprecated = [];
    validate(value);
    return {
      errors: distinct((validate.errors ?? []).map(violation)),
      deprecated: distinct(deprecated),
    };
  };
}

/** The faults of the alternative that comes nearest. */
function meant(
  tried: ReadonlyArray<{ branch: Schema; errors: readonly ErrorObject[] }>,
  data: unknown,
  place: DataValidationCxt | undefined,
  parent: Schema | undefined,
): ErrorObject[] {
  const here = place?.instancePath ?? '';
  const ofThisType = tried.filter(
    ({ errors }) =>
      !errors.some(({ instancePath, keyword }) => instancePath === here && keyword === 'type'),
  );
  if (ofThisType.length === 0) {
    const types = tried.flatMap(({ errors }) =>
      errors
        .filter(({ instancePath, keyword }) => instancePath === here && keyword === 'type')
        .flatMap(({ params }) => params['type'] as string | string[]),
    );
    return [{ ...wrong(place, 'type', { type: [...new Set(types)] }, parent), data }];
  }
  // Words to choose from in two alternatives are one choice.
  const choices = ofThisType.map(({ errors }) =>
    errors.length === 1 && errors[0]!.keyword === 'enum' && errors[0]!.instancePath === here
      ? (errors[0]!.params['allowedValues'] as unknown[])
      : undefined,
  );
  if (choices.every((values) => values !== undefined) && typeof data !== 'object')
    return [wrong(place, 'enum', { allowedValues: choices.flat() }, parent)];
  const [best] = [...ofThisType].sort(
    (a, b) => distance(a.errors, here) - distance(b.errors, here),
  );
  return [...best!.errors];
}

/** A word like `type: bond` that an alternative does not have says most: another one was meant. */
function distance(errors: readonly ErrorObject[], here: string): number {
  const otherWords = errors.filter(
    ({ keyword, instancePath }) =>
      (keyword === 'enum' || keyword === 'const') &&
      instancePath.slice(here.length).split('/').length === 2,
  );
  return errors.length + otherWords.length * 100;
}

function wrong(
  place: DataValidationCxt | undefined,
  keyword: string,
  params: Record<string, unknown>,
  schema: Schema | undefined,
): ErrorObject {
  const instancePath = place?.instancePath ?? '';
  return { instancePath, keyword, params, parentSchema: schema, schemaPath: `#/${keyword}` };
}

function violation({ instancePath, keyword, params, parentSchema, data }: ErrorObject): Violation {
  const scalar = ['number', 'boolean'].includes(typeof data) || data instanceof Date;
  return { pointer: instancePath, keyword, params, scalar, schema: (parentSchema ?? {}) as Schema };
}

/** Several parts of the schema look at the same key, and say the same. */
function distinct(violations: readonly Violation[]): Violation[] {
  const seen = new Map<string, Violation>();
  for (const one of violations) {
    const key = `${one.pointer} ${one.keyword} ${JSON.stringify(one.params)}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

/** References that also lead home from a part that is compiled by itself. `$schema` names a draft that ajv has not. */
function bound(schema: Schema, name: string): Schema {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, inner]) => key !== '$schema' || typeof inner !== 'string')
        .map(([key, inner]) => [
          key,
          key === '$ref' && typeof inner === 'string' ? `${name}${inner}` : copy(inner),
        ]),
    );
  };
  return copy(schema) as Schema;
}

function isUri(text: string): boolean {
  return URL.canParse(text);
}

function isHostname(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label))
  );
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}
