// What lists read of a person: the columns that anybody who can find them may see.
import { type CardOf, cardsOf } from '../../db/cards.ts';
import { users } from './table.ts';

export const cardColumns = {
  id: users.id,
  username: users.username,
  sid: users.sid,
  displayName: users.displayName,
  realName: users.realName,
  tagline: users.tagline,
  website: users.website,
  links: users.links,
  memberTitle: users.memberTitle,
  names: users.names,
  pronouns: users.pronouns,
  fields: users.fields,
  customPreferences: users.customPreferences,
  avatar: users.avatar,
  cover: users.cover,
  timezone: users.timezone,
  status: users.status,
  badges: users.badges,
  isNsfw: users.isNsfw,
  isRemote: users.isRemote,
  createdAt: users.createdAt,
};

/** A person as lists read them. Of a partial card only the columns that its query's fields need are there. */
export interface UserRow extends Pick<typeof users.$inferSelect, keyof typeof cardColumns> {
  /**
   * Somebody the viewer has blocked, shown to them all the same (their own list of blocked people): the card,
   * and nothing that leads on from it.
   */
  restricted?: boolean;
}

export type Card = CardOf<typeof cardColumns>;

/** The card for a query that asks these fields of a list's people. */
export const cardFor = cardsOf(
  cardColumns,
  ['id', 'username', 'createdAt'],
  {
    sid: ['sid'],
    username: ['username'],
    name: ['displayName', 'realName', 'username'],
    displayName: ['displayName'],
    realName: ['realName'],
    tagline: ['tagline'],
    website: ['website'],
    links: ['links'],
    memberTitle: ['memberTitle'],
    names: ['names', 'customPreferences'],
    pronouns: ['pronouns', 'customPreferences'],
    fields: ['fields', 'customPreferences'],
    customPreferences: ['customPreferences'],
    avatar: ['avatar'],
    cover: ['cover'],
    utcOffset: ['timezone', 'isRemote'],
    remote: ['isRemote'],
    members: ['isRemote'],
    posts: ['isRemote'],
    photos: ['isRemote'],
    status: ['status'],
    badges: ['badges'],
    isNsfw: ['isNsfw'],
    createdAt: ['createdAt'],
  },
  ['names', 'pronouns', 'fields', 'customPreferences'],
);
