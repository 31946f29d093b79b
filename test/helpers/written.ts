// Posts as tests about what hangs on them need them: made in the database at once, with nothing in them.
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { posts } from '../../src/features/posts/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';
import type { Person } from './crowd.ts';
import type { Clock } from './lists.ts';
import { rowsOf } from './pictures.ts';

export interface Written {
  id: string;
  uuid: string;
}

type NewPost = typeof posts.$inferInsert;

let written = 0;

/** A post of somebody's, public unless given otherwise, by the server's clock. */
export async function writePost(
  kith: TestApp,
  clock: Clock,
  author: Pick<Person, 'uuid'>,
  given: Partial<NewPost> = {},
): Promise<Written> {
  clock.tick(1);
  const at = clock.now();
  const uuid = newId(at);
  await kith.database.db.insert(posts).values({
    id: uuid,
    authorId: author.uuid,
    type: 'STATUS',
    visibility: 'PUBLIC',
    slug: `written-${++written}`,
    body: 'Hello',
    html: '<p>Hello</p>',
    summary: 'Hello',
    createdAt: at,
    updatedAt: at,
    ...given,
  });
  return { id: encodeId('Post', uuid), uuid };
}

/** Each query finds what must not be. */
const wrongs = {
  'a counter of a post is not what it counts': sql`
    SELECT s.* FROM post_stats s WHERE (s.likes, s.comments, s.subscribers, s.views, s.reshares) <> (
      (SELECT count(*) FROM post_likes l WHERE l.post_id = s.post_id),
      (SELECT count(*) FROM comments c WHERE c.post_id = s.post_id),
      (SELECT count(*) FROM post_subscribers b WHERE b.post_id = s.post_id),
      (SELECT count(*) FROM post_views v WHERE v.post_id = s.post_id),
      (SELECT count(*) FROM posts r WHERE r.root_id = s.post_id))`,
  'a post is without counters': sql`SELECT id FROM posts WHERE id NOT IN (SELECT post_id FROM post_stats)`,
  'a person’s figures are not what they count': sql`
    SELECT u.* FROM user_stats u WHERE (u.posts, u.statuses, u.discussions, u.polls, u.photos, u.categories) <> (
      SELECT count(*), count(*) FILTER (WHERE type = 'STATUS'), count(*) FILTER (WHERE type = 'DISCUSSION'),
        count(*) FILTER (WHERE type = 'POLL'),
        (SELECT count(*) FROM post_media m JOIN posts p ON p.id = m.post_id
          WHERE p.author_id = u.user_id AND p.visibility = 'PUBLIC' AND m.kind = 'PHOTO'),
        (SELECT count(*) FROM category_follows f WHERE f.user_id = u.user_id)
      FROM posts WHERE author_id = u.user_id AND visibility = 'PUBLIC')`,
  'a room’s posts are not what they count': sql`
    SELECT r.* FROM room_stats r WHERE r.posts <> (SELECT count(*) FROM posts p WHERE p.room_id = r.room_id)`,
  'a poll’s counts are not what they count': sql`
    SELECT p.id FROM polls p JOIN poll_choices c ON c.poll_id = p.id
    WHERE p.voters <> (SELECT count(*) FROM poll_voters v WHERE v.poll_id = p.id)
      OR c.votes <> (SELECT count(*) FROM poll_votes v WHERE v.choice_id = c.id)`,
  'a notification is about a post that is gone': sql`
    SELECT id FROM notifications WHERE subject_type = 'Post' AND subject_id NOT IN (SELECT id FROM posts)`,
  'somebody is said to have reshared who has not': sql`
    SELECT n.receiver_id, a.actor_id FROM notifications n JOIN notification_actors a ON a.notification_id = n.id
    WHERE n.kind = 'POST_RESHARED'
      AND NOT EXISTS (SELECT FROM posts r WHERE (r.root_id, r.author_id) = (n.subject_id, a.actor_id))`,
  'somebody is said to be mentioned who is not': sql`
    SELECT n.receiver_id, n.subject_id FROM notifications n WHERE n.kind = 'MENTIONED'
      AND NOT EXISTS (SELECT FROM post_mentions m WHERE (m.post_id, m.user_id) = (n.subject_id, n.receiver_id))
      AND NOT EXISTS (SELECT FROM comment_mentions m WHERE (m.comment_id, m.user_id) = (n.subject_id, n.receiver_id))`,
  'a person’s likes or reputation are not what they are made of': sql`
    SELECT u.user_id, u.likes_received, u.reputation FROM user_stats u WHERE (u.likes_received, u.reputation) <> (
      (SELECT count(*) FROM post_likes l JOIN posts p ON p.id = l.post_id
        WHERE p.author_id = u.user_id AND p.visibility = 'PUBLIC'),
      (SELECT count(*) FROM post_likes l JOIN posts p ON p.id = l.post_id
        WHERE p.author_id = u.user_id AND l.user_id <> u.user_id)
      + 2 * (SELECT count(*) FROM posts r JOIN posts p ON p.id = r.root_id
        WHERE p.author_id = u.user_id AND r.author_id <> u.user_id))`,
  'somebody is said to like a post who does not': sql`
    SELECT n.receiver_id, a.actor_id FROM notifications n JOIN notification_actors a ON a.notification_id = n.id
    WHERE n.kind = 'POST_LIKED'
      AND NOT EXISTS (SELECT FROM post_likes l WHERE (l.post_id, l.user_id) = (n.subject_id, a.actor_id))`,
  'somebody is said to have commented who has not': sql`
    SELECT n.receiver_id, a.actor_id FROM notifications n JOIN notification_actors a ON a.notification_id = n.id
    WHERE n.kind = 'POST_COMMENTED'
      AND NOT EXISTS (SELECT FROM comments c WHERE (c.post_id, c.author_id) = (n.subject_id, a.actor_id))`,
  'a notification is about a comment that is gone': sql`
    SELECT id FROM notifications WHERE subject_type = 'Comment' AND subject_id NOT IN (SELECT id FROM comments)`,
};

/** Whatever has happened in whatever order, this holds of all posts. */
export async function expectExactPosts(kith: TestApp): Promise<void> {
  for (const [wrong, query] of Object.entries(wrongs)) {
    expect(rowsOf(await kith.database.db.execute(query)), wrong).toEqual([]);
  }
}
