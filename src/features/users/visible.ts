// Who may be seen: domain rule 3 as SQL predicates, in this one place. All take the viewer's id, or null, from the
// placeholder `viewer`.
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { blocks, hides } from '../blocks/table.ts';
import { connected } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { users } from './table.ts';

type UserColumns = Pick<typeof users, 'id' | 'status' | 'searchable' | 'profileVisibility'>;

const viewer = sql`${sql.placeholder('viewer')}::uuid`;

/** The user can be found at all: not suspended, and no block stands between them and the viewer (rules 3.1, 3.7). */
export function visible(user: Pick<UserColumns, 'id' | 'status'> = users): SQL {
  return sql`${user.status} <> 'SUSPENDED' AND ${unparted(viewer, user.id)}`;
}

/**
 * No block stands between the two, whoever made it (rule 3.1). Each pair is looked up: without the OFFSETs a plan for all
 * values compares everybody with all whom the one blocks.
 */
export function unparted(one: SQLWrapper, other: SQLWrapper): SQL {
  return sql`NOT EXISTS (SELECT FROM ${blocks} WHERE ${blocks.blockerId} = ${one} AND ${blocks.blockedId} = ${other} OFFSET 0)
    AND NOT EXISTS (SELECT FROM ${blocks} WHERE ${blocks.blockedId} = ${one} AND ${blocks.blockerId} = ${other} OFFSET 0)`;
}

/** The user comes up in lists of everybody: visible, searchable or known to the viewer, and not hidden by them (rules 3.2, 3.4). */
export function listed(): SQL {
  return sql`${visible()}
    AND NOT EXISTS (SELECT FROM ${hides} WHERE ${hides.hiderId} = ${viewer} AND ${hides.hiddenId} = ${users.id} OFFSET 0)
    AND ${searchableOrKnown()}`;
}

/** The same for whoever goes through everybody, and has those who are left out in a hash. */
export function listedOfAll(): SQL {
  return sql`${users.id} NOT IN (${unlistedPeople()}) AND ${searchableOrKnown()}`;
}

function searchableOrKnown(): SQL {
  return sql`(${users.searchable} OR ${users.id} = ${viewer} OR ${followedByViewer()} OR ${connectedWithViewer()})`;
}

/** The user lives here, or somebody who does follows them: nobody else of another system is found by search. */
export function followedFromHere(): SQL {
  return sql`(NOT ${users.isRemote} OR EXISTS (SELECT FROM ${follows} WHERE ${follows.followeeId} = ${users.id} OFFSET 0))`;
}

/** The viewer follows the user. */
export function followedByViewer(): SQL {
  return sql`EXISTS (SELECT FROM ${follows} WHERE ${follows.followerId} = ${viewer} AND ${follows.followeeId} = ${users.id})`;
}

/** The viewer is connected with the user. */
function connectedWithViewer(): SQL {
  return sql`EXISTS (SELECT FROM ${connected} WHERE ${connected.userId} = ${viewer} AND ${connected.peerId} = ${users.id})`;
}

/** The viewer may see the profile's details: they are public, the viewer's own (whose id is in the placeholder `owner` where they may see those), or of somebody who follows the viewer or is connected with them (rule 3.3). */
export function showsDetails(): SQL {
  return sql`(${users.profileVisibility} = 'PUBLIC' OR ${users.id} = ${sql.placeholder('owner')}::uuid
    OR EXISTS (SELECT FROM ${follows} WHERE ${follows.followerId} = ${users.id} AND ${follows.followeeId} = ${viewer})
    OR ${connectedWithViewer()})`;
}

const unseenPeople = sql`
  SELECT ${users.id} FROM ${users} WHERE ${users.status} = 'SUSPENDED'
  UNION ALL SELECT ${blocks.blockedId} FROM ${blocks} WHERE ${blocks.blockerId} = ${viewer}
  UNION ALL SELECT ${blocks.blockerId} FROM ${blocks} WHERE ${blocks.blockedId} = ${viewer}`;

/**
 * The ids of all whom the viewer cannot find, as an array: what a stored count has to leave out. Few in any community,
 * so that counting those of them in a list is some index probes, whatever the length of the list.
 */
export function unseenIds(): SQL {
  return sql`ARRAY(${unseenPeople})`;
}

/**
 * A query of the ids of all whom the viewer cannot find, or hides (rules 3.1, 3.2, 3.7): for whoever leaves them out of
 * many.
 */
export function unlistedPeople(): SQL {
  return sql`${unseenPeople}
    UNION ALL SELECT ${hides.hiddenId} FROM ${hides} WHERE ${hides.hiderId} = ${viewer}`;
}
