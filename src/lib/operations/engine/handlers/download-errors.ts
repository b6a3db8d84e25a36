import { SurroundingsError } from '@pmx-cli/kit/errors';

export function notAnImage(url: string, found: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_DOWNLOAD_NOT_IMAGE',
    message: `What ${url} gives is ${found}.`,
    hints: ['Open it in a browser: a login page, a consent page, or an error of a mirror?'],
    data: { url },
  });
}

export function mismatch(
  url: string,
  checksum: { algorithm: string; value: string },
  got: string,
): Error {
  return new SurroundingsError({
    code: 'PMX_CHECKSUM_MISMATCH',
    message: `${url} is not what its publisher says: its ${checksum.algorithm} is ${got}, and must be ${checksum.value}. Nothing was kept.`,
    hints: [
      'A mirror in the middle of an update looks like this: try again later, or another mirror.',
      'If it stays so, do not use it: somebody may have changed it.',
    ],
    data: { url, expected: checksum.value, got },
  });
}

export function corrupt(
  { url, compression }: { url: string; compression?: string },
  cause: unknown,
): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_DOWNLOAD_CORRUPT',
    message: `${url} cannot be unpacked (${compression ?? 'not packed'}): ${(cause as Error).message}.`,
    hints: ['Try again, or another mirror.'],
    data: { url },
    cause,
  });
}
