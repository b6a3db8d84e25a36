export function installer(version: string, archives?: string): string;
