// Moving in from the archive of a diaspora* account. Each part can be done again: what is here already stays as it is, so
// that a run that was ended goes on where it was.
import { stat } from 'node:fs/promises';
import type { ImportOptions } from '../import.ts';
import { entriesOf } from '../json-entries.ts';
import { takeAvatar } from './avatar.ts';
import { takeAspects, takeBlocks, takeContacts } from './contacts.ts';
import type { Moving } from './context.ts';
import { fillProfile, settleOwner } from './owner.ts';
import { Photos } from './photos.ts';
import { takeStatuses } from './posts.ts';
import { takeRelayables } from './relayables.ts';
import { takeReshares } from './reshares.ts';
import { surveyOf } from './survey.ts';

/** How often the file is read. */
const readings = ['looking', 'contacts', 'posts', 'reshares', 'comments and likes'] as const;

/** Moves somebody in. @throws ImportError for a file that cannot be taken, and an account that it cannot go into. */
export async function run(options: ImportOptions): Promise<void> {
  const { db, file, progress, report, now } = options;
  const { size } = await stat(file);
  const reading = (what: (typeof readings)[number]) => (bytes: number) =>
    progress.show(readings.indexOf(what) * size + bytes, readings.length * size, what);
  const photos = options.photos === undefined ? null : await Photos.open(options.photos, options.storage);
  try {
    // All of it is read once before anything is written: what is broken anywhere leaves nothing behind.
    const survey = await surveyOf(file, report, reading('looking'));
    const owner = await settleOwner(options, survey, report);
    report.title = `${survey.owner} has moved in as ${owner.username}.`;
    const moving: Moving = { db, survey, owner, report, now };
    await fillProfile(moving);
    await takeAvatar(moving, photos);
    const aspects = await takeAspects(moving);
    await takeBlocks(moving);
    await takeContacts(moving, entriesOf(file, { 'user.contacts': 'list' }, reading('contacts')), aspects);
    const posts = (what: 'posts' | 'reshares') => entriesOf(file, { 'user.posts': 'list' }, reading(what));
    await takeStatuses(moving, posts('posts'), photos);
    // After what they reshare, which may come later in the file.
    if (survey.hasReshares) await takeReshares(moving, posts('reshares'));
    const plan = {
      'user.relayables': 'list',
      'user.post_subscriptions': 'list',
      'others_data.relayables': 'list',
    } as const;
    await takeRelayables(moving, entriesOf(file, plan, reading('comments and likes')));
  } finally {
    progress.stop();
    photos?.close();
  }
}
