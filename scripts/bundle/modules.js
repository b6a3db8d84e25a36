// What changes in modules on their way into the bundle: where they think they are, and when they load others.
import { existsSync, readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { root } from '../setup.js';

/** Stands in rendered code until it is known how deep the chunk lies. */
export const rootToken = '__PMX_PACKAGE_ROOT__';

/** Where plugins look for the kit. */
export const kitPlace = 'node_modules/@pmx-cli/kit';

/** Path of a module inside the package, the same in the checkout and in the bundle, but for the kit. */
export function placeOf(id) {
  const place = relative(root, id).split(sep).join('/');
  return place.replace(/^plugins\/kit\//, `${kitPlace}/`);
}

/**
 * `import.meta.url` stays what it is in the checkout, so that a path that starts from there leads to
 * the same file in the bundle, whatever chunk the module got into.
 */
export function keepPlaces() {
  return {
    name: 'keep-places',
    transform: {
      filter: { code: 'import.meta.url' },
      handler(code, id) {
        const place = JSON.stringify(`/${placeOf(id)}`);
        return code.replaceAll(
          'import.meta.url',
          `require("node:url").pathToFileURL(${rootToken} + ${place}).href`,
        );
      },
    },
  };
}

/** Files that modules look for beside themselves: `new URL('…', import.meta.url)`. */
export function neighbours(files) {
  const found = new Set();
  for (const file of files) {
    const code = readFileSync(file, 'utf8');
    for (const [, target] of code.matchAll(/new URL\(\s*'([^']+)',\s*import\.meta\.url/g)) {
      const path = fileURLToPath(new URL(target, pathToFileURL(file)));
      if (!existsSync(path)) throw new Error(`${placeOf(file)} looks for ${placeOf(path)}`);
      found.add(path);
    }
  }
  return found;
}

/**
 * What every start loads, for one file instead of many: finding a file takes longer than to read it.
 * @param {string[]} files from which modules are looked for
 */
export function startModules(files) {
  const found = new Set();
  const look = (file) => {
    if (found.has(file)) return;
    found.add(file);
    const code = readFileSync(file, 'utf8');
    for (const [, target] of code.matchAll(/^(?:import|export) (?:[^'"]*? from )?'(\.[^']+)';/gm))
      look(resolve(dirname(file), target));
  };
  files.forEach(look);
  return found;
}

/** Packages that are looked for by their name while pmx runs. */
export function resolvedPackages(files) {
  const found = files.flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /createRequire\(import\.meta\.url\)\.resolve\('([^'.][^']*)'\)/g,
      ),
    ].map(([, name]) => name),
  );
  return [...new Set(found)];
}

const required =
  /^(?:const|var) (\w+_\d+|getPackageType|Errors|Parser) = ((?:__importDefault|__importStar)\()?require\(["']([^"']+)["']\)\)?;$/gm;

/**
 * oclif's modules are CommonJS as TypeScript writes it and require everything at their top; most of
 * it is not used by most commands. Here they require on first use.
 */
export function requireOnUse() {
  return {
    name: 'require-on-use',
    transform: {
      filter: { id: /node_modules[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ },
      handler(code) {
        const names = [];
        // pmx looks at Node's version itself, before anything is loaded.
        const plain = code.replace(/^checkNodeVersion\(\);$/m, '');
        const declared = plain.replaceAll(required, (_, name, wrapper, target) => {
          names.push(name);
          const load = `require("${target}")`;
          const value = wrapper ? `${wrapper}${load})` : load;
          return `var ${name}$; const ${name}$$ = () => ${name}$ ??= ${value};`;
        });
        const exported = declared.replaceAll(
          /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm,
          (_, name, value) =>
            `var ${name}$own; Object.defineProperty(exports, "${name}", ` +
            `{ enumerable: true, get: () => ${name}$own ??= ${value} });`,
        );
        return names.reduce(
          (text, name) =>
            text.replaceAll(new RegExp(`(?<!\\.)\\b${name}\\b(?!\\$)`, 'g'), `(${name}$$$$())`),
          exported,
        );
      },
    },
  };
}

/** @param {Record<string, string>} replacements CommonJS instead of a file, by the end of its path */
export function stubs(replacements) {
  const find = (id) => Object.keys(replacements).find((end) => id.endsWith(`/node_modules/${end}`));
  return {
    name: 'stubs',
    load(id) {
      const end = find(id);
      return end === undefined ? null : replacements[end];
    },
  };
}

/**
 * What modules do as soon as they are loaded, or each time, in vain. That of got takes a third of the
 * time of a short command: it looks into node:http2 and node:zlib, for constants and for what every Node that pmx
 * runs on has; it makes ready to list words in English, for a mistake that pmx does not make; and it
 * asks whether a body that is not there is a web stream, upon which Node loads those. supports-color
 * loads node:tty to learn what standard output knows, which is there already.
 */
const restless = [
  {
    file: /node_modules[\\/]got[\\/].*\.js$/,
    code: /^const \{([^}]*)\} = http2\.constants;$/gm,
    instead: (_, names) => {
      const used = names
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      const values = Object.fromEntries(used.map((name) => [name, http2.constants[name]]));
      return `const {${names}} = ${JSON.stringify(values)};`;
    },
  },
  {
    file: /node_modules[\\/](?:got|decompress-response)[\\/].*\.js$/,
    code: /typeof zlib\.createZstdDecompress === 'function'/g,
    instead: () => 'true',
  },
  {
    file: /node_modules[\\/]@sindresorhus[\\/]is[\\/].*\.js$/,
    code: /^const (\w+) = (new Intl\.ListFormat\([^;]*\));$/gm,
    instead: (_, name, made) => `const ${name} = { format: (list) => (${made}).format(list) };`,
  },
  {
    file: /node_modules[\\/]got[\\/].*\.js$/,
    code: /([\w.]+) instanceof ReadableStream\b/g,
    instead: (test, value) => `(Object(${value}) === ${value} && ${test})`,
  },
  {
    file: /node_modules[\\/]supports-color[\\/]index\.js$/,
    code: /^const tty = require\('tty'\);$/gm,
    instead: () => '',
  },
  {
    file: /node_modules[\\/]supports-color[\\/]index\.js$/,
    code: /^\t(std(?:out|err)): (getSupportLevel\(\{isTTY: )tty\.isatty\([12]\)\}\)/gm,
    instead: (_, name, look) =>
      `get ${name}() { return ${look}process.${name}.isTTY === true }); }`,
  },
];

/** @returns a plugin that ends the build when one of these is no longer there */
export function atRest() {
  const missing = new Set(restless);
  return {
    name: 'at-rest',
    transform: {
      filter: {
        id: /node_modules[\\/](?:got|decompress-response|supports-color|@sindresorhus[\\/]is)[\\/].*\.js$/,
      },
      handler: (text, id) =>
        restless
          .filter(({ file }) => file.test(id))
          .reduce(
            (rest, change) =>
              rest.replaceAll(change.code, (...found) => {
                missing.delete(change);
                return change.instead(...found);
              }),
            text,
          ),
    },
    buildEnd() {
      const [change] = missing;
      if (change) throw new Error(`No ${change.code} in ${change.file}: is it another version?`);
    },
  };
}

/** Entries with all that a module exports as one object, `kit`. */
export function wholeModules() {
  const prefix = 'whole:';
  return {
    name: 'whole-modules',
    resolveId: (source) => (source.startsWith(prefix) ? `\0${source}` : null),
    load: (id) =>
      id.startsWith(`\0${prefix}`)
        ? `import * as kit from ${JSON.stringify(id.slice(prefix.length + 1))}; export { kit };`
        : null,
  };
}

/** `createRequire(import.meta.url)('x')` is a plain `require` in CommonJS, which gets bundled. */
export function plainRequire() {
  return {
    name: 'plain-require',
    transform: {
      filter: { code: 'createRequire(import.meta.url)(' },
      handler: (code) => code.replaceAll('createRequire(import.meta.url)(', 'require('),
    },
  };
}

/** @returns the root of the package, as code in a chunk */
export function rootFrom(chunkFile) {
  const up =
    relative(dirname(`/${chunkFile}`), '/')
      .split(sep)
      .join('/') || '.';
  return `require("node:path").resolve(__dirname, ${JSON.stringify(up)})`;
}

/** Does `import()` for modules that are kept compiled: they cannot (src/launch/kept-code.ts). */
export const importer = {
  place: 'dist/launch/import.cjs',
  code: 'module.exports = (name) => import(name);\n',
};

const loaded =
  /^(?:let|const) ([\w$]+) = (require\("(?:node:|\.)[^"]+"\));\n(?:\1 = (require_rolldown_runtime\.__toESM)\(\1(, 1)?\);\n)?/gm;

/**
 * The same in what comes out of the bundler: other chunks and Node's own modules, of which some take
 * longer to load than everything else that a command needs.
 */
export function loadOnUse(code) {
  const names = [];
  const declared = code.replaceAll(loaded, (line, name, load, toModule, mode = '') => {
    if (name === 'require_rolldown_runtime') return line;
    names.push(name);
    const value = toModule === undefined ? load : `${toModule}(${load}${mode})`;
    return `let ${name}$lazy; const ${name}$get = () => ${name}$lazy ??= ${value};\n`;
  });
  const text = names.reduce((rest, name) => {
    const word = name.replaceAll('$', '\\$');
    return rest.replaceAll(
      // Not a property of that name, but a spread.
      new RegExp(`(?<![\\w$])(?<!(?<!\\.\\.)\\.)${word}(?![\\w$])`, 'g'),
      () => `(${name}$get())`,
    );
  }, declared);
  const imported = text
    .replaceAll(/(?<![\w$.])import\(("node:[^"]+")\)/g, 'Promise.resolve(require($1))')
    .replaceAll(/\bawait import\((?!\))/g, `await require(${rootToken} + "/${importer.place}")(`);
  const [left] = /(?:\breturn|=>|[=(,;:])\s*import\(/.exec(imported) ?? [];
  if (left !== undefined) throw new Error(`An import() without await: ${left}`);
  // The same clock, without the module behind `performance`.
  return imported.replaceAll(/(?<![\w$.])performance\.now\(\)/g, '(process.uptime() * 1000)');
}

/** Text without a character beyond ASCII is read and kept in half the time and memory. */
export function inAscii(code) {
  return code.replaceAll(
    /[^\x00-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
