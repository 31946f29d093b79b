// The writes of the hand-written server: one statement each, for the follow, both counters and what the followee is told.
// That a block stands between the two is a constraint's to say.
import postgres from 'postgres';
import { newId } from '../../src/db/uuid.ts';

const sql = postgres(process.env.DATABASE_URL ?? '', {
  max: 8,
  onnotice: () => {},
  connection: { plan_cache_mode: 'force_generic_plan', jit: 'off' },
});

/** Both rows of counters, in the order in which all who write take them. */
const locked = `locked AS (
  SELECT user_id, followers FROM user_stats WHERE user_id IN ($1::uuid, $2::uuid) ORDER BY user_id FOR NO KEY UPDATE)`;
const counted = (by: string) => `counted AS (
  UPDATE user_stats SET following = following ${by} (user_id = $1::uuid)::int, followers = followers ${by} (user_id = $2::uuid)::int
  WHERE user_id IN ($1::uuid, $2::uuid) AND EXISTS (SELECT FROM written))`;
const answer = (field: string, by: string, follows: boolean) => `
  SELECT json_build_object('${field}', json_build_object('userErrors', '[]'::json, 'user', json_build_object(
    'id', $3::text, 'username', u.username,
    'followers', json_build_object('totalCount', l.followers ${by} (SELECT count(*) FROM written)),
    'relationship', json_build_object('follows', ${follows},
      'followedBy', EXISTS (SELECT FROM follows WHERE follower_id = $2::uuid AND followee_id = $1::uuid)))))::text AS "json"
  FROM locked l JOIN users u ON u.id = l.user_id AND u.status <> 'SUSPENDED' WHERE l.user_id = $2::uuid`;

const statements = {
  '/follow': `
    WITH ${locked}, written AS (
      INSERT INTO follows (follower_id, followee_id, created_at) SELECT $1::uuid, $2::uuid, $4::timestamptz
      WHERE (SELECT count(*) FROM locked) = 2 AND EXISTS (SELECT FROM users WHERE id = $2::uuid AND status <> 'SUSPENDED')
      ON CONFLICT DO NOTHING RETURNING 1
    ), ${counted('+')}, inbox AS (
      UPDATE inboxes SET version = version + 1
      WHERE user_id = $2::uuid AND EXISTS (SELECT FROM written)
        AND NOT EXISTS (SELECT FROM users WHERE id = $2::uuid AND 'FOLLOWED' = ANY(muted_notifications))
        AND NOT EXISTS (SELECT FROM hides WHERE (hider_id, hidden_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid)))
      RETURNING version
    ), told AS (
      INSERT INTO notifications (id, receiver_id, kind, subject_type, subject_id, version, created_at, updated_at)
      SELECT $5::uuid, $2::uuid, 'FOLLOWED', 'User', $2::uuid, version, $4::timestamptz, $4::timestamptz FROM inbox
      ON CONFLICT (receiver_id, kind, subject_id) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at
      RETURNING id, version
    ), act AS (
      INSERT INTO notification_actors (notification_id, actor_id, receiver_id, version, acted_at)
      SELECT id, $1::uuid, $2::uuid, version, $4::timestamptz FROM told
      ON CONFLICT (notification_id, actor_id) DO UPDATE SET version = excluded.version, acted_at = excluded.acted_at
    ) ${answer('followUser', '+', true)}`,
  '/unfollow': `
    WITH ${locked}, written AS (
      DELETE FROM follows WHERE follower_id = $1::uuid AND followee_id = $2::uuid AND (SELECT count(*) FROM locked) = 2
      RETURNING 1
    ), ${counted('-')}, inbox AS (
      SELECT user_id FROM inboxes WHERE user_id = $2::uuid AND EXISTS (SELECT FROM written) FOR NO KEY UPDATE
    ), act AS (
      DELETE FROM notification_actors a USING notifications n JOIN inbox ON inbox.user_id = n.receiver_id
      WHERE n.kind = 'FOLLOWED' AND n.subject_id = $2::uuid AND a.notification_id = n.id AND a.actor_id = $1::uuid
    ) ${answer('unfollowUser', '-', false)}`,
};

/**
 * Does what the path says with whom its parameters name.
 * @returns the finished JSON, or null when there is nobody to do it with.
 */
export async function write(path: string, parameters: URLSearchParams): Promise<string | null> {
  if (path !== '/follow' && path !== '/unfollow') return null;
  const followee = parameters.get('followee') ?? '';
  const values = [
    parameters.get('follower'),
    followee,
    Buffer.from(`User:${followee}`).toString('base64url'),
  ];
  const now = new Date();
  if (path === '/follow') values.push(now.toISOString(), newId(now));
  const [row] = await sql.unsafe<{ json: string }[]>(statements[path], values, { prepare: true });
  return row?.json ?? null;
}
