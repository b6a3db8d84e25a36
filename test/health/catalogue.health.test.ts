import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { catalogue } from '#dist/lib/explain/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const catalogueFolder = 'src/lib/explain/catalogue/';

const sources = globSync('{src,plugins/*/src}/**/*.ts', { cwd: root })
  .filter((path) => !path.startsWith(catalogueFolder))
  .map((path) => ({ path, text: read(path) }));

/** Codes that are put together at run time: where, and what they can become. */
const computed: Record<string, { why: string; codes: () => string[] }> = {
  'src/lib/inventory/resolve.ts': {
    why: 'PMX_<NOUN>_NOT_FOUND, with the noun that a command resolves guests for',
    codes: () =>
      // The sandbox's server has nouns for messages of its own.
      matches(/\bnoun: '([^']+)'/g, 'src/').map(
        (noun) => `PMX_${noun.toUpperCase().replaceAll(/\W+/g, '_')}_NOT_FOUND`,
      ),
  },
  'plugins/kit/src/testing/fake-inventory.ts': {
    why: 'the same for tests of plugins',
    codes: () => [],
  },
};

function matches(pattern: RegExp, folder = ''): string[] {
  return sources
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1]!));
}

/** `code: 'PMX_A'`, `code: sent ? 'PMX_A' : 'PMX_B'`, `invalid('PMX_INVALID_A', …)`. */
function codesInSources(): Set<string> {
  const expressions = matches(/\b(?:code: |invalid\(\s*)([^,;]*)/g);
  const written = expressions.flatMap(
    (text) => text.match(/(?<=['"])PMX_[A-Z0-9_]+(?=['"])/g) ?? [],
  );
  return new Set([...written, ...Object.values(computed).flatMap(({ codes }) => codes())]);
}

interface ManifestCommand {
  id: string;
  flags: Record<string, { char?: string; allowNo?: boolean }>;
}

const commands = [
  'oclif.manifest.json',
  ...readdirSync(join(root, 'plugins')).map((name) => `plugins/${name}/oclif.manifest.json`),
]
  .filter((path) => existsSync(join(root, path)))
  .flatMap((path) =>
    Object.values(
      (JSON.parse(read(path)) as { commands: Record<string, ManifestCommand> }).commands,
    ),
  );

/** What is wrong with a pmx command in a text; undefined when it could be run as it stands. */
function mistakeIn(line: string): string | undefined {
  const [text = ''] = line.split(' – ');
  if (/^help( (environment|exit-codes|formats))?$/.test(text)) return undefined;
  const command = commands
    .filter(({ id }) => `${text} `.startsWith(`${id.replaceAll(':', ' ')} `))
    .sort((a, b) => b.id.length - a.id.length)[0];
  if (!command) return 'no such command';
  const known = new Set(
    Object.entries(command.flags).flatMap(([name, { char, allowNo }]) => [
      `--${name}`,
      ...(char === undefined ? [] : [`-${char}`]),
      ...(allowNo === true ? [`--no-${name}`] : []),
    ]),
  );
  // What is quoted, or behind --, may be a command line of its own.
  const own = text.replaceAll(/"[^"]*"|'[^']*'| -- .*/g, '');
  const flags = own.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
  const unknown = flags.filter((flag) => !known.has(flag));
  return unknown.length > 0 ? `${command.id} has no ${unknown.join(', ')}` : undefined;
}

describe('the catalogue of errors', () => {
  const known = new Set(catalogue.map(({ code }) => code));
  const thrown = codesInSources();

  it('has one entry for each code', () => {
    expect(known.size).to.be.greaterThan(120);
    expect(known.size).to.equal(catalogue.length);
  });

  it('has every code of the sources', () => {
    expect([...thrown].filter((code) => !known.has(code))).to.deep.equal([]);
  });

  it('has only codes of the sources', () => {
    expect([...known].filter((code) => !thrown.has(code))).to.deep.equal([]);
  });

  it('codes are computed only where this test knows what they become', () => {
    const places = sources
      .filter(({ text }) => /`PMX_[A-Z_]*\$\{/.test(text))
      .map(({ path }) => path);
    expect(places.sort()).to.deep.equal(Object.keys(computed).sort());
  });

  for (const { code, title, meaning, causes, remedies } of catalogue) {
    it(`${code}: complete, and its commands exist`, () => {
      expect(code).to.match(/^PMX_[A-Z][A-Z0-9_]*$/);
      expect(title, 'title').to.match(/^[A-Z].{5,59}[^.]$/);
      expect(meaning, 'meaning').to.match(/.{20}/);
      expect(causes, 'causes').to.not.be.empty;
      expect(remedies, 'remedies').to.not.be.empty;
      for (const text of [title, meaning, ...causes, ...remedies])
        expect(text)
          .to.equal(text.trim())
          .and.not.match(/\n| {2}/);
      for (const text of remedies) {
        for (const [, line] of text.matchAll(/(?:^|: )pmx (.*)$/g))
          expect(mistakeIn(line!), text).to.equal(undefined);
      }
    });
  }

  it('notices commands and flags that do not exist', () => {
    expect(mistakeIn('vm fly 101')).to.equal('no such command');
    expect(mistakeIn('vm list --wings')).to.equal('vm:list has no --wings');
    expect(mistakeIn('vm list --watch 5s -o jsonl')).to.equal(undefined);
    expect(mistakeIn('vm start VM --no-wait')).to.equal(undefined);
  });
});
