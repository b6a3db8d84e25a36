import type { Method, Param, ParamTable, Route } from './types.js';

interface DocNode {
  path: string;
  text: string;
  leaf: 0 | 1;
  info?: Partial<Record<Method, unknown>>;
  children?: DocNode[];
}

/** The API description that PVE offers without a login: a tree of all paths as a JavaScript constant. */
export function apidoc(routes: readonly Route[]): string {
  const top: DocNode[] = [];
  const byPath = new Map<string, DocNode>();
  const nodeOf = (path: string): DocNode => {
    const known = byPath.get(path);
    if (known) return known;
    const slash = path.lastIndexOf('/');
    const node: DocNode = { path, text: path.slice(slash + 1), leaf: 1 };
    byPath.set(path, node);
    if (slash <= 0) {
      top.push(node);
    } else {
      const parent = nodeOf(path.slice(0, slash));
      parent.leaf = 0;
      (parent.children ??= []).push(node);
    }
    return node;
  };
  for (const route of [...routes].sort((left, right) =>
    left.path < right.path ? -1 : left.path > right.path ? 1 : 0,
  )) {
    if (route.path === '/') continue;
    const node = nodeOf(route.path);
    (node.info ??= {})[route.method] = describe(route);
  }
  return `const apiSchema = ${JSON.stringify(top, undefined, 3)}\n;\n`;
}

function describe(route: Route): Record<string, unknown> {
  return {
    allowtoken: route.allowtoken ?? 1,
    description: route.description,
    method: route.method,
    name: route.name,
    parameters: {
      additionalProperties: 0,
      ...(route.params ? { properties: properties(route.params) } : {}),
      type: 'object',
    },
    permissions: route.permissions,
    ...(route.protected ? { protected: 1 } : {}),
    ...(route.path.includes('{node}') ? { proxyto: 'node' } : {}),
    returns: { type: route.returns },
  };
}

function properties(table: ParamTable): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, param]) => [name, { ...param, typetext: typetext(param) }]),
  );
}

function typetext(param: Param): string {
  if (param.enum) return param.enum.join(' | ');
  if (param.minimum !== undefined || param.maximum !== undefined)
    return `<${param.type}> (${param.minimum ?? '-N'} - ${param.maximum ?? 'N'})`;
  return `<${param.type}>`;
}
