import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { users } from '../users/table.ts';

export const accountProviders = [
  'SELFCOMMUNITY',
  'PRONOUNS_CC',
  'QURAN_FOUNDATION',
  'DIASPORA',
  'DISCORD',
  'TUMBLR',
  'GOOGLE',
  'FEDIVERSE',
  'OIDC',
] as const;
export type AccountProvider = (typeof accountProviders)[number];

/** Who people are elsewhere. One identity there is one person here. */
export const accounts = pgTable(
  'accounts',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    provider: text({ enum: accountProviders }).notNull(),
    /** Which of a provider's servers, such as a pod or an issuer; "" where there is but one. */
    instance: text().notNull().default(''),
    externalId: text('external_id').notNull(),
    username: text(),
    url: text(),
    isVisible: boolean('is_visible').notNull().default(false),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('accounts_unique').on(t.provider, t.instance, t.externalId),
    index('accounts_of_user').on(t.userId, t.createdAt, t.id),
    index('accounts_by_name').on(t.provider, t.instance, sql`lower(username)`),
    check(
      'accounts_provider_known',
      sql`provider IN (${sql.raw(accountProviders.map((name) => `'${name}'`).join(', '))})`,
    ),
  ],
);
