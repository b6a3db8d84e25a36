import { findSnippets, loadSnippets, type Snippet } from '../../../cloudinit/index.js';

export type { Snippet };
export { loadSnippets };

/** @throws RequestError `PMX_SNIPPET_UNKNOWN`, `PMX_SNIPPET_INVALID` */
export async function snippet(name: string): Promise<Snippet> {
  return (await findSnippets([name]))[0]!;
}
