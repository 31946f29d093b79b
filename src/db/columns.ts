import { customType } from 'drizzle-orm/pg-core';

/** Text that sorts by code point wherever the database was made, so that orderings and cursors agree. */
export const textC = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });
