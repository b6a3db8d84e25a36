// The arrows of docs/architecture.md as a lint rule: an import may only point to a layer that the
// importing one is allowed to know.
import { dirname, join, relative } from 'node:path';

/** Layer → what it may import besides itself. Types count as well: a name is a dependency. */
export const layers = {
  'src/commands': [
    'src/lib/completion',
    'src/lib/commands',
    'src/lib/operations',
    'src/lib/audit',
    'src/lib/explain',
    'src/lib/menu',
    'src/lib/output/format',
    'src/lib/auth/read-secret',
    'kit',
  ],
  'src/hooks': ['src/help/not-found', 'kit', 'src/lib/plugins'],
  'src/launch': ['src/lib/config/paths', 'src/lib/plugins', 'kit'],
  'src/lib/commands': ['src/launch/v8-flags', 'src/lib/operations', 'src/lib/output/format', 'kit'],
  'src/lib/plugins': ['src/lib/config/place', 'kit'],
  'src/lib/config': ['src/lib/inventory/closest', 'kit'],
  'src/lib/auth': ['src/lib/config', 'src/lib/api/types', 'kit'],
  'src/lib/api': ['src/lib/auth', 'kit'],
  'src/lib/access': ['src/lib/api', 'src/lib/auth', 'kit'],
  'src/lib/bmc': ['kit'],
  'src/lib/images': ['kit'],
  'src/lib/cloudinit': ['src/lib/inventory/closest', 'kit'],
  'src/lib/catalog': ['src/lib/auth', 'src/lib/inventory/closest', 'kit'],
  'src/lib/inventory': ['src/lib/api', 'kit'],
  'src/lib/operations': [
    'src/launch/v8-flags',
    'src/lib/api',
    'src/lib/audit',
    'src/lib/auth',
    'src/lib/config',
    'src/lib/bmc',
    'src/lib/images',
    'src/lib/catalog',
    'src/lib/cloudinit',
    'src/lib/inventory/closest',
    'src/lib/inventory/template-version',
    'src/lib/plugins',
    'kit',
  ],
  'src/lib/completion': ['src/argv', 'src/lib/plugins', 'src/lib/config', 'src/lib/explain', 'kit'],
  'src/lib/explain': ['src/lib/inventory/closest', 'kit'],
  'src/lib/menu': ['src/help/jobs', 'src/help/rows', 'src/lib/plugins/program', 'kit'],
  'src/lib/output': ['kit'],
  'src/lib/logging': ['kit'],
  'src/lib/audit': ['src/lib/api/types', 'kit'],
  'src/lib/progress': ['src/lib/operations/engine/events', 'kit'],
  'plugins/sandbox/src': ['kit'],
  'plugins/kit/src': [],
};

/** Only step handlers may use the writing half of a client, or start a process. */
const effectModules = new Set(['node:child_process', 'child_process']);
// Build scripts are no part of the product.
const effectFolders = [
  'scripts',
  'bin',
  'bench',
  'src/lib/operations/engine/handlers',
  // Shows what was read already.
  'src/lib/output/pager.ts',
  // Reading a secret starts a password manager or the keychain's helper.
  'src/lib/auth/secrets',
  // Reads what a prompt may complete, in a process that outlives the one at the prompt.
  'src/lib/completion/refresh.ts',
  // The user edits a copy, from which a plan is made.
  'src/lib/operations/config/editor.ts',
  // A signature is checked by gpgv, which reads only.
  'src/lib/catalog/signature.ts',
  // What the commands of a plugin declare is found out where it can do no harm.
  'src/lib/plugins/make-manifest.ts',
  // A program of the user's that is a command.
  'src/lib/plugins/program.ts',
  // A package is fetched before it is shown; nothing of it is run.
  'src/lib/operations/plugins/npm.ts',
  'plugins/sandbox/src/server',
];

/** The one place that may know HTTP libraries. */
const httpModules = new Set(['got', 'undici', 'node:https', 'node:http']);
const httpFolders = [
  'src/lib/api',
  'src/lib/auth',
  // Talks to management controllers, not to Proxmox VE, and has to look at the TLS below.
  'src/lib/bmc',
  'src/lib/catalog/fetch',
  'plugins/sandbox/src/server',
  'bench',
];

function layerOf(path) {
  return Object.keys(layers)
    .filter((layer) => path === layer || path.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function within(path, folders) {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** @returns why `file` must not import `source`, or undefined */
export function violation(file, source) {
  if (effectModules.has(source) && !within(file, effectFolders)) {
    return `'${source}' is an effect: only step handlers start processes`;
  }
  if (httpModules.has(source) && !within(file, httpFolders)) {
    return `'${source}' belongs to ${httpFolders[0]}`;
  }
  if (source === 'proxmox-api') return undefined;
  // What a first-party plugin needs beyond kit, a third party could not have.
  if (source.startsWith('@oclif/') && file.startsWith('plugins/sandbox/'))
    return `plugins import only @pmx-cli/kit, not '${source}'`;
  const layer = layerOf(file);
  if (layer === undefined) return undefined;
  const target = source.startsWith('.')
    ? join(dirname(file), source).replace(/\.(js|ts)$/, '')
    : source.startsWith('@pmx-cli/kit')
      ? 'kit'
      : undefined;
  if (target === undefined || layerOf(target) === layer) return undefined;
  const allowed = layers[layer].some((name) => target === name || target.startsWith(`${name}/`));
  return allowed ? undefined : `${layer} must not import ${target}`;
}

export const layersRule = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { layer: '{{reason}} (docs/architecture.md, layers).' },
  },
  create(context) {
    const file = relative(context.cwd, context.filename).replaceAll('\\', '/');
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const reason = violation(file, node.source.value);
      if (reason) context.report({ node: node.source, messageId: 'layer', data: { reason } });
      if (node.source.value === 'proxmox-api' && node.importKind !== 'type') {
        context.report({
          node: node.source,
          messageId: 'layer',
          data: { reason: "'proxmox-api' is GPL-3.0: only `import type` of it" },
        });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
