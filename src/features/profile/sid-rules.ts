/** How long after a reroll the next one has to wait, in milliseconds: an hour, for a person and their members together. */
const sidCooldown = 3_600_000;

/** From when the next reroll is possible. @param last when there was one; null when there never was. */
export function nextReroll(last: Date | null, accountCreatedAt: Date): Date {
  return last === null ? accountCreatedAt : new Date(last.getTime() + sidCooldown);
}

/** The latest time of a last reroll that lets there be one now. */
export function lastRerollBefore(now: Date): Date {
  return new Date(now.getTime() - sidCooldown);
}
