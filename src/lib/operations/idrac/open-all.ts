import type {
  ControllerIdentity,
  ControllerPlace,
  ControllerReader,
  Controllers,
} from '@pmx-cli/kit';
import { normalizeError, type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import { nameOf } from '../../bmc/index.js';

/** So many refused logins in all: a directory behind the controllers counts them together. */
const mostRefused = 2;
const named = 10;

/**
 * Logs in to all of them before anything is changed. The first one goes ahead alone: a wrong
 * password is found out there, instead of locking out this machine everywhere.
 * @throws PmxError when one of them cannot be logged in to
 */
export async function openAll(
  controllers: Controllers,
  places: readonly ControllerPlace[],
  suits?: (place: ControllerPlace) => (identity: ControllerIdentity) => void,
): Promise<ControllerReader[]> {
  const [canary, ...others] = places;
  if (canary === undefined) return [];
  const opened = [await controllers.open(canary, suits?.(canary))];
  const failures: Array<{ place: ControllerPlace; error: PmxError }> = [];
  const refused = (): number =>
    failures.filter(({ error }) => error.code === 'PMX_BMC_LOGIN_REFUSED').length;
  let next = 0;
  let underWay = 0;
  const lane = async (): Promise<void> => {
    // Were all that are under way refused, it would still not be more than that.
    while (next < others.length && refused() + underWay < mostRefused) {
      const at = next++;
      const place = others[at]!;
      underWay++;
      try {
        opened[at + 1] = await controllers.open(place, suits?.(place));
      } catch (error) {
        failures.push({ place, error: normalizeError(error) });
      } finally {
        underWay--;
      }
    }
  };
  await Promise.all(Array.from({ length: mostRefused }, lane));
  if (failures.length === 0) return opened;
  const interrupted = failures.find(({ error }) => error.exitCode === 130);
  if (interrupted) throw interrupted.error;
  const lines = failures.map(({ place, error }) => `${nameOf(place)} (${error.message})`);
  const more = lines.length > named ? ` and ${lines.length - named} more` : '';
  throw new ProxmoxError({
    code: 'PMX_BMC_NOT_ALL',
    message: `${failures.length} of ${places.length} controllers cannot be logged in to, so none was changed: ${lines.slice(0, named).join(' ')}${more}`,
    hints: ['Leave them out, or mend what is wrong with them first.'],
    data: {
      failed: failures.map(({ place, error: { code, message } }) => ({
        host: nameOf(place),
        code,
        message,
      })),
    },
  });
}
