const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** 1536 → `1.5 KiB`. */
export function bytes(value: number | undefined): string | undefined {
  if (value === undefined) return undefined;
  let amount = value;
  let unit = 0;
  // 1023.96 KiB would be shown as 1024.0.
  for (; amount >= 1023.95 && unit < units.length - 1; unit++) amount /= 1024;
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)} ${units[unit]}`;
}

/** 0…1 → `42 %`. */
export function percent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${Math.round(value * 100)} %`;
}

/** Seconds → `3d 4h`, `5m 6s`. */
export function duration(seconds: number | undefined): string | undefined {
  if (seconds === undefined || seconds <= 0) return undefined;
  const parts: Array<[number, string]> = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [Math.floor(seconds % 60), 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first < 0 ? 3 : first)
    .slice(0, 2)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

/** Seconds since 1970 → local time, `2026-11-20 10:42:33`. */
export function timestamp(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  const at = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
    `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  );
}
