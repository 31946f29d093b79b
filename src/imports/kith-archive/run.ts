// An archive that somebody had made in another Kith: see src/exports/readme.ts for what is in it. It is as good as
// anybody's text: nothing in it is taken that its owner could not do here, and nobody is told of what comes.
import { z } from 'zod';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { ensurePeople } from '../../features/users/bulk-store.ts';
import { accountNamed } from '../../features/users/named-store.ts';
import {
  hasUsernameCharacters,
  isReservedUsername,
  usernameKey,
  usernameLength,
} from '../../features/users/rules.ts';
import { ImageProcessor } from '../../media/image.ts';
import { type Import, ImportError, type ImportOptions } from '../import.ts';
import { bringAspects, bringCategories, bringFlags, bringMembers, bringProfile } from './account.ts';
import type { Bringing } from './bring.ts';
import { bringComments, bringDeeds, bringPosts } from './posts.ts';
import { bringRooms } from './rooms.ts';
import { aboutShape, shapesAt } from './shapes.ts';
import { bringBlocks, bringConnections, bringFollowers, bringFollowing } from './ties.ts';
import { openArchive } from './zip.ts';

/**
 * Takes an archive in. What has come before does not come again, so that an import that broke off is run again.
 * @throws ImportError when it is none, or it is not clear whose it becomes.
 */
export const run: Import = async (options) => {
  const now = () => options.now;
  const archive = await openArchive(options.file);
  try {
    const about = aboutShape.safeParse(await archive.json('kith.json'));
    if (!about.success)
      throw new ImportError(
        'kith.json is not as this Kith knows it: the archive is of another version, or none.',
      );
    const shapes = shapesAt(options.now);
    const profile = shapes.profile.safeParse(await archive.json('profile.json'));
    const joinedAt = profile.data?.joinedAt ?? options.now;
    const me = await accountFor(options, about.data.username, joinedAt);
    const { db, config, storage, withOthers, progress, report } = options;
    const images = new ImageProcessor();
    const to: Bringing = {
      db,
      config,
      withOthers,
      progress,
      storage,
      report,
      now,
      archive,
      me,
      shapes,
      images,
    };
    await bringProfile(to);
    await bringFlags(to);
    await bringMembers(to);
    await bringAspects(to);
    await bringCategories(to);
    await bringBlocks(to);
    await bringFollowing(to);
    await bringFollowers(to);
    await bringConnections(to);
    await bringRooms(to);
    await bringPosts(to);
    await bringComments(to);
    await bringDeeds(to);
    for await (const account of archive.rows('accounts.json')) {
      // Who somebody is elsewhere is theirs to prove.
      options.report.left(
        'accounts elsewhere',
        z.object({}).safeParse(account).success ? 'to be linked again here' : 'no account',
      );
    }
  } finally {
    options.progress.stop();
    archive.close();
  }
};

/** The id of the account of this username, which is made where there is none. @throws ImportError */
async function accountFor(
  { db, config, user, report }: ImportOptions,
  named: string,
  createdAt: Date,
): Promise<string> {
  const username = user ?? named;
  if (
    !hasUsernameCharacters(username) ||
    username.length < usernameLength.min ||
    username.length > usernameLength.max
  )
    throw new ImportError('Give a username with --user: the one in the archive cannot be had here.');
  const there = await accountNamed(db, username);
  if (there?.isRemote || there?.status === 'SUSPENDED' || there?.status === 'DELETED')
    throw new ImportError(`${username} is no account that anything could be taken into.`);
  // What an archive says of itself opens nobody's account.
  if (there && user === undefined)
    throw new ImportError(
      `There is an account ${username} here already: with --user ${username} it goes into that, with another name into a new one.`,
    );
  if (there) return there.id;
  const taken = new ImportError(
    `The username ${username} is taken or reserved here: give another one with --user.`,
  );
  if (isReservedUsername(username)) throw taken;
  try {
    const status = config.requireApproval ? 'PENDING' : 'ACTIVE';
    const people = [{ username, createdAt, status } as const];
    const ids = await transaction(db, (tx) => ensurePeople(tx, config.auth.issuer ?? '', people));
    const id = ids.get(usernameKey(username));
    if (id === undefined) throw taken;
    report.took('account');
    return id;
  } catch (error) {
    throw brokenConstraint(error) === 'claims_pkey' ? taken : error;
  }
}
