import type { exportStates } from './table.ts';

export type ExportState = (typeof exportStates)[number];

const day = 24 * 3_600_000;
/** How long after one archive was asked for the next may be, in milliseconds; those that failed do not count. */
const exportCooldown = day;
/** How long an archive can be had, in milliseconds. */
const exportLifetime = 7 * day;
/** How long whoever makes one may be silent before another takes over, in milliseconds. */
const lease = 60_000;

/** From when an archive may be asked for again. @param last when one was. */
export function nextExport(last: Date): Date {
  return new Date(last.getTime() + exportCooldown);
}

/** The latest time of a last archive that lets there be one now. */
export function lastExportBefore(now: Date): Date {
  return new Date(now.getTime() - exportCooldown);
}

/** Until when an archive that is ready now can be had. */
export function expiryOf(now: Date): Date {
  return new Date(now.getTime() + exportLifetime);
}

/** Whoever was last at an archive before this is taken to be gone. */
export function deadBefore(now: Date): Date {
  return new Date(now.getTime() - lease);
}

/** The state to show: what has expired is so before its file is removed. */
export function stateOf({ state, expiresAt }: { state: ExportState; expiresAt: Date | null }, now: Date) {
  return state === 'READY' && expiresAt !== null && expiresAt <= now ? 'EXPIRED' : state;
}
