import { dropPending } from '../../features/media/store.ts';
import { updateProfile } from '../../features/profile/store.ts';
import { profileToFill } from '../../features/users/import-store.ts';
import { ImageError } from '../../media/image.ts';
import type { Moving } from './context.ts';
import type { Photos } from './photos.ts';

/** Takes the picture that stands for them, where there is none here yet. Nothing is asked of a pod. */
export async function takeAvatar(
  { db, survey, owner, report, now }: Moving,
  photos: Photos | null,
): Promise<void> {
  const { image_url: url } = survey.profile;
  if (!url) return;
  const there = await profileToFill(db, owner.id);
  if (there?.avatar) return report.wasThere('parts of the profile');
  // A pod says the address of the large one, and packs the one that it was made of.
  const file = url
    .slice(0, 2_000)
    .replace(/[?#].*$/, '')
    .replace(/^.*\//, '');
  const name = [file, file.replace(/^(thumb_(large|medium|small)|scaled_full)_/, '')].find((candidate) =>
    photos?.has(candidate),
  );
  if (!photos || name === undefined) {
    return report.left(
      'profile',
      photos ? 'its file is not among the photos' : 'no --photos to take it from',
      'avatar',
    );
  }
  const names: string[] = [];
  try {
    const avatar = await photos.store(db, { name, kind: 'avatar', isPrivate: false }, names);
    await updateProfile(db, owner.id, { columns: { avatar }, flagIds: undefined, tags: undefined }, now);
    report.took('parts of the profile');
  } catch (error) {
    if (names.length > 0) await dropPending(db, names);
    if (!(error instanceof ImageError)) throw error;
    report.left('profile', error.message, 'avatar');
  }
}
