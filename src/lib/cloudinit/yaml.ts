import type { Document, ErrorCode, LineCounter } from 'yaml';
import { refuse } from './refusal.js';

/**
 * Parses YAML as cloud-init does: version 1.1, as PyYAML knows it, and one document.
 *
 * The messages of the parser are replaced by own ones, because they may quote the file, and a file
 * for cloud-init may hold secrets.
 *
 * @param source file name for messages
 * @throws RequestError `PMX_CLOUDINIT_YAML` with line and column
 */
export async function parseYaml(text: string, source: string): Promise<Document.Parsed> {
  return (await parseYamlWithPlaces(text, source)).document;
}

/** The same, and what turns offsets into lines and columns. */
export async function parseYamlWithPlaces(
  text: string,
  source: string,
): Promise<{ document: Document.Parsed; lines: LineCounter }> {
  const { isCollection, LineCounter, parseDocument, visit } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  // An unknown tag is only a warning here; PyYAML's safe loader stops at it.
  const problem =
    document.errors[0] ?? document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw yamlError(source, explain(problem.code), line, col);
  }
  visit(document, {
    Pair(_, { key }) {
      // Python cannot use a list or mapping as key, so cloud-init stops here. The usual cause is a
      // template, {{ name }}, in a file that does not say it is one.
      if (!isCollection(key)) return;
      const { line, col } = lines.linePos(key.range?.[0] ?? 0);
      throw yamlError(
        source,
        'a mapping or list is used as a key; a file with {{ }} needs ## template: jinja as its first line',
        line,
        col,
      );
    },
  });
  checkAliases(document, source);
  return { document, lines };
}

/** True for a file of blanks and comments only. */
export function isBlank(document: Document.Parsed): boolean {
  return document.contents === null || String(document.contents) === '';
}

function yamlError(source: string, what: string, line?: number, column?: number) {
  const place = line === undefined ? '' : ` at line ${line}, column ${column}`;
  return refuse({
    code: 'PMX_CLOUDINIT_YAML',
    source,
    found: `is not valid YAML${place}: ${what}`,
    rule: 'the guest would ignore the whole file',
    hints: [
      line === undefined
        ? 'Write the value out instead of the alias.'
        : `Look at the place: sed -n ${Math.max(1, line - 2)},${line + 2}p ${JSON.stringify(source)}`,
    ],
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
}

/** Aliases are resolved only when values are made: unknown anchors and "billion laughs" show there. */
function checkAliases(document: Document.Parsed, source: string): void {
  try {
    document.toJS({ maxAliasCount: 1000 });
  } catch {
    throw yamlError(source, 'an alias (*name) has no anchor (&name), or aliases multiply too much');
  }
}

function explain(code: ErrorCode): string {
  return explanations[code] ?? 'the structure is broken here';
}

const explanations: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias is malformed',
  BAD_DIRECTIVE: 'a % directive is not allowed here',
  BAD_DQ_ESCAPE: 'a backslash in double quotes starts no known escape',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BAD_SCALAR_START: 'a plain value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping or list must start on a line of its own',
  BLOCK_IN_FLOW: 'a block cannot stand inside [ ] or { }',
  DUPLICATE_KEY: 'the key is used twice in one mapping, and only one value would count',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing, such as a closing quote, bracket, comma or colon',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; a colon or quote may be missing',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'a second document (---) starts; only one is allowed',
  MULTIPLE_TAGS: 'a value has two tags',
  TAB_AS_INDENT: 'a tab is used as indentation; use blanks',
  TAG_RESOLVE_FAILED: 'the tag (!name) is unknown, or does not fit the value',
  UNEXPECTED_TOKEN: 'this was not expected here; a quote, colon or bracket may be missing before',
};
