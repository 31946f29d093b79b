import { type Context, ownerId, viewerId } from '../../context.ts';
import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import type { MemberRow } from './card.ts';
import { type MemberReader, membersById, membersByName, membersBySid } from './store.ts';

/** The viewer, and whether they may see all of their own members: domain rule 5. */
export function readerOf(ctx: Context): MemberReader {
  return { viewer: viewerId(ctx), owner: ownerId(ctx) };
}

const membersOf = async (found: Promise<{ member: MemberRow }[]>) =>
  (await found).map(({ member }) => member);

/** Members by id: null for those whose owner the viewer cannot find. */
export const memberLoader = byKey(
  (ctx, ids) => membersOf(membersById(ctx.db, viewerId(ctx), ids)),
  (member) => member.id,
);

/** Members by sid. */
export const memberSidLoader = byKey(
  (ctx, sids) => membersOf(membersBySid(ctx.db, viewerId(ctx), sids)),
  (member) => member.sid,
);

/** Members by their owner's username and their own name, both as keys, separated by a slash, which neither has. */
export const memberNameLoader: LoaderSpec<string, MemberRow | null> = {
  batch: async (ctx, keys) => {
    const names = keys.map((key) => {
      const [owner = '', member = ''] = key.split('/', 2);
      return { owner, member };
    });
    const rows = await membersByName(ctx.db, readerOf(ctx), names);
    const found = new Map(rows.map(({ ownerKey, member }) => [`${ownerKey}/${member.nameKey}`, member]));
    return keys.map((key) => found.get(key) ?? null);
  },
};

/** The member with this id, or null. */
export function loadMember(ctx: Context, id: string) {
  return ctx.loaders.load(ctx, memberLoader, id);
}
