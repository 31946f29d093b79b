// What lists read of a member.
import { type CardOf, cardsOf } from '../../db/cards.ts';
import { members } from './table.ts';

export const memberColumns = {
  id: members.id,
  ownerId: members.ownerId,
  sid: members.sid,
  memberName: members.name,
  nameKey: members.nameKey,
  displayName: members.displayName,
  bio: members.bio,
  bioHtml: members.bioHtml,
  links: members.links,
  names: members.names,
  pronouns: members.pronouns,
  fields: members.fields,
  avatar: members.avatar,
  isUnlisted: members.isUnlisted,
  createdAt: members.createdAt,
};

/** A member as lists read them. Of a partial card only the columns that its query's fields need are there. */
export interface MemberRow
  extends Pick<
    typeof members.$inferSelect,
    | 'id'
    | 'ownerId'
    | 'sid'
    | 'nameKey'
    | 'displayName'
    | 'bio'
    | 'bioHtml'
    | 'links'
    | 'names'
    | 'pronouns'
    | 'fields'
    | 'avatar'
    | 'isUnlisted'
    | 'createdAt'
  > {
  memberName: string;
}

export type MemberCard = CardOf<typeof memberColumns>;

/** The card for a query that asks these fields of a list's members. */
export const memberCardFor = cardsOf(
  memberColumns,
  ['id', 'ownerId', 'nameKey'],
  {
    sid: ['sid'],
    name: ['displayName', 'memberName'],
    memberName: ['memberName'],
    displayName: ['displayName'],
    bio: ['bio'],
    bioHtml: ['bioHtml'],
    links: ['links'],
    names: ['names'],
    pronouns: ['pronouns'],
    fields: ['fields'],
    avatar: ['avatar'],
    isUnlisted: ['isUnlisted'],
    createdAt: ['createdAt'],
  },
  ['names', 'pronouns', 'fields'],
);
