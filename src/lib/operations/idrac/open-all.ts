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

export type Suits = (place: ControllerPlace) => (identity: ControllerIdentity) => void;

interface Failure {
  place: ControllerPlace;
  error: PmxError;
}

interface Tried {
  /** By the order of the places; a place that failed or was not tried has none. */
  opened: Array<ControllerReader | undefined>;
  failures: Failure[];
}

const isRefused = ({ error }: Failure): boolean => error.code === 'PMX_BMC_LOGIN_REFUSED';

/**
 * The first login goes ahead alone: a wrong password is found out there, instead of locking out this
 * machine everywhere. @throws PmxError when it is refused, or on Ctrl-C
 */
async function tryAll(
  controllers: Controllers,
  places: readonly ControllerPlace[],
  suits: Suits | undefined,
): Promise<Tried> {
  const opened = new Array<ControllerReader | undefined>(places.length).fill(undefined);
  const failures: Failure[] = [];
  let next = 0;
  let underWay = 0;
  const one = async (): Promise<void> => {
    const at = next++;
    const place = places[at]!;
    underWay++;
    try {
      opened[at] = await controllers.open(place, suits?.(place));
    } catch (error) {
      failures.push({ place, error: normalizeError(error) });
    } finally {
      underWay--;
    }
  };
  while (next < places.length && !opened.some(Boolean)) {
    await one();
    const refused = failures.find(isRefused);
    if (refused) throw refused.error;
  }
  const lane = async (): Promise<void> => {
    // Were all that are under way refused, it would still not be more than that.
    while (next < places.length && failures.filter(isRefused).length + underWay < mostRefused)
      await one();
  };
  await Promise.all(Array.from({ length: mostRefused }, lane));
  const interrupted = failures.find(({ error }) => error.exitCode === 130);
  if (interrupted) throw interrupted.error;
  return { opened, failures };
}

/**
 * Logs in to all of them before anything is changed.
 * @throws PmxError when one of them cannot be logged in to
 */
export async function openAll(
  controllers: Controllers,
  places: readonly ControllerPlace[],
  suits?: Suits,
): Promise<ControllerReader[]> {
  const { opened, failures } = await tryAll(controllers, places, suits);
  const [first] = failures;
  if (!first) return opened.map((reader) => reader!);
  if (places.length === 1) throw first.error;
  throw notAll(failures, places.length, ', so none was changed');
}

/**
 * As `openAll`, for reading: those that failed are told, the others are read.
 * @throws PmxError when there is none to read
 */
export async function openSome(
  controllers: Controllers,
  places: readonly ControllerPlace[],
  suits: Suits,
  tell: (error: PmxError) => void,
): Promise<ControllerReader[]> {
  const { opened, failures } = await tryAll(controllers, places, suits);
  const readers = opened.filter((reader) => reader !== undefined);
  if (readers.length === 0 && failures.length === 1) throw failures[0]!.error;
  if (readers.length === 0) throw notAll(failures, places.length, '');
  if (failures.length > 0) tell(notAll(failures, places.length, ''));
  return readers;
}

function notAll(failures: readonly Failure[], total: number, so: string): ProxmoxError {
  const lines = failures.map(({ place, error }) => `${nameOf(place)} (${error.message})`);
  const more = lines.length > named ? ` and ${lines.length - named} more` : '';
  return new ProxmoxError({
    code: 'PMX_BMC_NOT_ALL',
    message: `${failures.length} of ${total} controllers cannot be logged in to${so}: ${lines.slice(0, named).join(' ')}${more}`,
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
