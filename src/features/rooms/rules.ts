import { z } from 'zod';
import { clearable, issue, line, list, rule, text } from '../../graphql/validate.ts';
import { fold } from '../users/rules.ts';
import type { roomKinds, roomRoles } from './table.ts';

export type RoomKind = (typeof roomKinds)[number];
export type RoomRole = (typeof roomRoles)[number];

/** Most people that are invited at once; longest text that rooms are filtered by, in characters. */
export const maxInvited = 100;
export const maxNameFilter = 100;

/** Whether the text has the form of a room's slug. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9-]{1,50}$/.test(text);
}

/** A room's name as `rooms.search_text` holds it: folded, each word after a space. */
export function roomSearchText(name: string): string {
  return ` ${fold(name)}`;
}

// Unlike other texts it may be empty, which is as good as none.
const description = z
  .string()
  .trim()
  .transform((given) => (given === '' ? null : given))
  .pipe(text(200).nullable());

/** What `updateRoom` takes, and what `createRoom` does: domain rule 2. */
export const roomChangeShape = z.object({
  name: line(50).optional(),
  description: clearable(description),
  isPublic: z.boolean().optional(),
});
export const roomShape = roomChangeShape.extend({
  name: line(50),
  isPublic: z.boolean(),
  slug: rule(
    text(50),
    (slug) => !/[^a-z0-9-]/.test(slug),
    'A slug has only lower-case letters a to z, digits and hyphens.',
  ),
});

/** Whom `inviteToRoom` takes. */
export const inviteShape = z.object({
  userIds: list(z.string(), maxInvited).superRefine((ids, { addIssue }) => {
    if (ids.length === 0) addIssue(issue('TOO_SHORT', 'Name at least one person.'));
  }),
});

/** What somebody is in a room who has no other role there. */
export function plainRole(kind: RoomKind): RoomRole {
  return kind === 'GROUP' ? 'MEMBER' : 'FOLLOWER';
}

const ranks: Record<RoomRole, number> = { OWNER: 2, ADMIN: 1, MEMBER: 0, FOLLOWER: 0 };
/** Higher is more; who is not in the room is below all others. */
const rankOf = (role: RoomRole | null) => (role === null ? -1 : ranks[role]);

/** Renames the room, invites, removes people and gives roles: the owner and admins. */
export function mayManage(role: RoomRole | null): boolean {
  return rankOf(role) >= ranks.ADMIN;
}

/** Posts in the room: whoever is in a group, and who runs a page. */
export function mayPost(kind: RoomKind, role: RoomRole | null): boolean {
  return kind === 'PAGE' ? mayManage(role) : role !== null;
}

/** Deletes the room. */
export function mayDelete(role: RoomRole | null): boolean {
  return role === 'OWNER';
}

/** Takes somebody out who is `theirs` there; null for those who are not in, be they invited. */
export function mayRemove(mine: RoomRole | null, theirs: RoomRole | null): boolean {
  return mayManage(mine) && rankOf(theirs) < rankOf(mine);
}

/**
 * Gives somebody who is `theirs` there another role: one below one's own, to those below oneself. The owner gives any;
 * their own role hands the room over.
 */
export function mayGive(mine: RoomRole | null, theirs: RoomRole, role: RoomRole): boolean {
  return mayRemove(mine, theirs) && (mine === 'OWNER' || rankOf(role) < rankOf(mine));
}

/** Whether rooms of this kind have this role. */
export function hasRole(kind: RoomKind, role: RoomRole): boolean {
  return ranks[role] > 0 || role === plainRole(kind);
}
