// JSON Schemas of what each command prints with --json, from the type that its `run()` promises.
// Types of the kit are read from its dist, as the compiler does.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const folders = ['src/commands', 'plugins/sandbox/src/commands'];
const commandsOfKit = 'plugins/kit/src/command/change-command.ts';
const errorsOfKit = 'plugins/kit/src/errors/normalize.ts';

/** `vm/list.ts` → `vm:list`, as oclif does. */
function idOf(path) {
  const words = path.replace(/\.ts$/, '').split(/[\\/]/);
  return words.filter((word, at) => word !== 'index' || at < words.length - 1).join(':');
}

function commandFiles(root) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((path) => path.endsWith('.ts'))
      .sort()
      .map((path) => ({ id: idOf(path), path: join(root, folder, path) })),
  );
}

function programOf(root, paths) {
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config;
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...base.compilerOptions, composite: false, declaration: false, noEmit: true },
    root,
  );
  return ts.createProgram(paths, options);
}

const has = (type, flags) => (type.flags & flags) !== 0;

function description(checker, symbol) {
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []);
  return text === '' ? {} : { description: text.replace(/\s*\n\s*/g, ' ') };
}

/** Types with a file of their own: half of all commands print a dry run, and its steps are long. */
const separate = { DryRun: 'dry-run.json' };

/** Walks one type; named types are collected in `$defs` on the way. */
class Walk {
  #checker;
  #own;
  #names = new Map();
  defs = {};

  /** @param own the name of the type that is the file's own */
  constructor(checker, own) {
    this.#checker = checker;
    this.#own = own;
  }

  schema(type) {
    const { Any, Unknown, Null, BooleanLike, StringLike, NumberLike, NonPrimitive } = ts.TypeFlags;
    if (has(type, Any | Unknown) || type.aliasSymbol?.name === 'Json') return {};
    if (has(type, Null)) return { type: 'null' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (has(type, ts.TypeFlags.BooleanLiteral))
      return { const: this.#checker.typeToString(type) === 'true' };
    // A boolean is a union for the compiler.
    if (has(type, BooleanLike)) return { type: 'boolean' };
    if (!type.isUnion() && has(type, StringLike)) return { type: 'string' };
    if (!type.isUnion() && has(type, NumberLike)) return { type: 'number' };
    if (has(type, NonPrimitive)) return { type: 'object' };
    const symbol = this.#nameOf(type);
    if (!symbol) return this.#structure(type);
    if (symbol.name in separate && symbol.name !== this.#own)
      return { $ref: separate[symbol.name] };
    return { $ref: `#/$defs/${this.#define(type, symbol)}` };
  }

  /** What stands for the type in its module; not what TypeScript itself calls Pick, Array and so on. */
  #nameOf(type) {
    const symbol =
      type.aliasSymbol ??
      (type.isClassOrInterface() || this.#isInstance(type) ? type.symbol : undefined);
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? '';
    return /[\\/]typescript[\\/]lib[\\/]lib\./.test(file) ? undefined : symbol;
  }

  /** `TargetResult<VmResult>`. */
  #isInstance(type) {
    return type.target !== undefined && type.target !== type && type.target.isClassOrInterface();
  }

  #define(type, symbol) {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    let name = symbol.name;
    for (let count = 2; name in this.defs; count++) name = `${symbol.name}${count}`;
    this.#names.set(type, name);
    this.defs[name] = {};
    this.defs[name] = { ...description(this.#checker, symbol), ...this.#structure(type) };
    return name;
  }

  #structure(type) {
    // `origin` is what was written, before the compiler spread it out.
    if (type.isUnion()) {
      if (type.origin?.isIntersection?.()) return this.#all(type.origin.types);
      return this.#union(type.origin?.types ?? type.types);
    }
    if (this.#checker.isTupleType(type)) return this.#tuple(type);
    if (this.#checker.isArrayType(type))
      return { type: 'array', items: this.schema(this.#checker.getTypeArguments(type)[0]) };
    if (has(type, ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.#object(type);
    throw new Error(`${this.#checker.typeToString(type)} is nothing that JSON has.`);
  }

  #all(types) {
    return { allOf: types.map((type) => this.schema(type)) };
  }

  #union(types) {
    const schemas = types
      .filter((type) => !has(type, ts.TypeFlags.Undefined | ts.TypeFlags.Void))
      .map((type) => this.schema(type));
    const values = schemas.filter((schema) => 'const' in schema).map((schema) => schema.const);
    const members = schemas.filter((schema) => !('const' in schema));
    const both = values.includes(true) && values.includes(false);
    const rest = both ? values.filter((value) => typeof value !== 'boolean') : values;
    if (both) members.push({ type: 'boolean' });
    if (rest.length > 0)
      members.push(rest.length === 1 ? { const: rest[0] } : { enum: rest.toSorted() });
    if (members.some((member) => Object.keys(member).length === 0)) return {};
    // The compiler's own order is that in which it came across the types.
    const sorted = members
      .map((member) => [JSON.stringify(member), member])
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, member]) => member);
    return sorted.length === 1 ? sorted[0] : { anyOf: sorted };
  }

  #tuple(type) {
    const items = this.#checker.getTypeArguments(type).map((item) => this.schema(item));
    const rest = type.target.elementFlags.findIndex((flag) => flag & ts.ElementFlags.Variable);
    if (rest === -1) return { type: 'array', prefixItems: items };
    return { type: 'array', prefixItems: items.slice(0, rest), items: items[rest] };
  }

  #object(type) {
    if (type.getCallSignatures().length > 0)
      throw new Error(`${this.#checker.typeToString(type)} is a function.`);
    const properties = {};
    const required = [];
    for (const symbol of this.#checker.getPropertiesOfType(type)) {
      const member = this.#checker.getTypeOfSymbol(symbol);
      const members = member.isUnion() ? member.types : [member];
      const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
      if (members.every((one) => has(one, ts.TypeFlags.Undefined))) continue;
      properties[symbol.name] = { ...this.schema(member), ...description(this.#checker, symbol) };
      // JSON leaves out what is undefined.
      if (!optional && !members.some((one) => has(one, ts.TypeFlags.Undefined)))
        required.push(symbol.name);
    }
    const index = this.#checker.getIndexInfosOfType(type)[0]?.type;
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(index && { additionalProperties: this.schema(index) }),
    };
  }
}

const prefix = '#/$defs/';

function countReferences(schema, counts) {
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref') counts[value] = (counts[value] ?? 0) + 1;
    else if (typeof value === 'object' && value !== null) countReferences(value, counts);
  }
  return counts;
}

/** Puts in place what is named only once; what is used again, or in itself, stays in `$defs`. */
function inline(root, defs) {
  const counts = countReferences({ root, defs }, {});
  const kept = {};
  const place = (schema) => {
    if (Array.isArray(schema)) return schema.map(place);
    if (typeof schema !== 'object' || schema === null) return schema;
    const { $ref, ...own } = schema;
    if (typeof $ref !== 'string' || !$ref.startsWith(prefix)) return mapValues(schema, place);
    const name = $ref.slice(prefix.length);
    if (counts[$ref] === 1) return { ...place(defs[name]), ...own };
    if (!(name in kept)) {
      kept[name] = {};
      kept[name] = place(defs[name]);
    }
    return schema;
  };
  const placed = place(root);
  const names = Object.keys(kept).sort();
  return {
    ...placed,
    ...(names.length > 0 && { $defs: Object.fromEntries(names.map((name) => [name, kept[name]])) }),
  };
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

function schemaOf(checker, type, title, own) {
  const walk = new Walk(checker, own);
  const root = walk.schema(type);
  return { $schema: dialect, title, ...inline(root, walk.defs) };
}

function exportOf(checker, program, path, name) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path));
  const symbol = checker.getExportsOfModule(module).find((one) => one.name === name);
  if (!symbol) throw new Error(`${path} exports no ${name}.`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** What `run()` promises. */
function resultOf(checker, command) {
  const run = checker.getTypeOfSymbol(checker.getPropertyOfType(command, 'run'));
  return checker.getAwaitedType(run.getCallSignatures()[0].getReturnType());
}

/** The schema of a type that a module exports, for tests. */
export function schemaOfExport(root, path, name) {
  const program = programOf(root, [path]);
  const checker = program.getTypeChecker();
  return schemaOf(checker, exportOf(checker, program, path, name), name);
}

/** Every file of schemas/output with its schema. */
export function outputSchemas(root) {
  const commands = commandFiles(root);
  const errors = join(root, errorsOfKit);
  const program = programOf(root, [
    ...commands.map(({ path }) => path),
    errors,
    join(root, commandsOfKit),
  ]);
  const checker = program.getTypeChecker();
  const schemas = {
    'schemas/output/dry-run.json': schemaOf(
      checker,
      exportOf(checker, program, join(root, commandsOfKit), 'DryRun'),
      'pmx: what --dry-run --json prints',
      'DryRun',
    ),
    'schemas/output/error.json': schemaOf(
      checker,
      exportOf(checker, program, errors, 'ErrorDocument'),
      'pmx: an error with --json',
    ),
  };
  for (const { id, path } of commands) {
    const words = id.replaceAll(':', ' ');
    try {
      const result = resultOf(checker, exportOf(checker, program, path, 'default'));
      schemas[`schemas/output/${id.replaceAll(':', '-')}.json`] = schemaOf(
        checker,
        result,
        `pmx ${words}`,
      );
    } catch (error) {
      throw new Error(`pmx ${words}: ${error.message}`, { cause: error });
    }
  }
  return schemas;
}
