import type { Method, Route } from './types.js';

interface Node {
  children: Map<string, Node>;
  /** The child of `{name}`. */
  variable: { name: string; node: Node } | undefined;
  routes: Map<Method, Route>;
}

function emptyNode(): Node {
  return { children: new Map(), variable: undefined, routes: new Map() };
}

export interface Match {
  route: Route;
  values: Record<string, string>;
}

/** Finds the route of a path. A volume id may stand in a path with its slashes unescaped, so `{volume}` takes the rest. */
export class Router {
  readonly #root = emptyNode();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      let node = this.#root;
      for (const part of parts(route.path)) {
        const variable = /^\{([\w-]+)\}$/.exec(part);
        if (variable) {
          node.variable ??= { name: variable[1]!, node: emptyNode() };
          node = node.variable.node;
        } else {
          const child: Node = node.children.get(part) ?? emptyNode();
          node.children.set(part, child);
          node = child;
        }
      }
      if (node.routes.has(route.method))
        throw new Error(`two routes for ${route.method} ${route.path}`);
      node.routes.set(route.method, route);
    }
  }

  find(method: string, path: string): Match | undefined {
    let node = this.#root;
    const values: Record<string, string> = {};
    const pieces = parts(path).map(decodeSegment);
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index]!;
      const child = node.children.get(piece);
      if (child) {
        node = child;
      } else if (node.variable) {
        const { name } = node.variable;
        node = node.variable.node;
        if (name === 'volume') {
          values[name] = pieces.slice(index).join('/');
          break;
        }
        values[name] = piece;
      } else {
        return undefined;
      }
    }
    const route = node.routes.get(method as Method);
    return route && { route, values };
  }
}

function parts(path: string): string[] {
  return path.split('/').filter((piece) => piece !== '');
}

function decodeSegment(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
