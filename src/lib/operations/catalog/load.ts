import { type Keyrings, loadCatalog, type Mirrors, parseArch } from '../../catalog/index.js';
import { inParallel } from '../shared/parallel.js';
import { type Verification, verifyEntry } from './read.js';

export { loadCatalog };
export type { CatalogEntry } from '../../catalog/index.js';

export interface VerifyRequest {
  /** All entries when empty. */
  names: readonly string[];
  arch: string;
  mirrors: Mirrors | undefined;
  keyrings: Keyrings | undefined;
  catalogFile: string | undefined;
  signal: AbortSignal;
}

/** @throws RequestError `PMX_DISTRIBUTION_NOT_FOUND`, `PMX_ARCH_UNKNOWN` */
export async function verifyAll(request: VerifyRequest): Promise<Verification[]> {
  const { names } = request;
  const arch = parseArch(request.arch);
  const catalog = await loadCatalog(request.catalogFile);
  const entries =
    names.length > 0
      ? names.map((name) => catalog.find(name))
      : catalog.entries.filter((entry) => entry.arch[arch] !== undefined);
  return inParallel(entries, (entry) => verifyEntry(entry, arch, request));
}
