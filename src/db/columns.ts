import { customType, timestamp } from 'drizzle-orm/pg-core';

/** Text that sorts by code point wherever the database was made, so that orderings and cursors agree. */
export const textC = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });

/** A point in time to the millisecond, which is what a Date holds: anything finer would lose or repeat rows of lists. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Bytes. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });
