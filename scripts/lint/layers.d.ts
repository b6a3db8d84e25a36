/** Why `file` must not import `source`, or undefined. */
export function violation(file: string, source: string): string | undefined;
