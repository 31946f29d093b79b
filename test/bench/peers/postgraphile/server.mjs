// PostGraphile 5: the schema it makes of the tables, and what the tables do not say as plans of its own (extendSchema).
// It is served by Grafserv on node:http. Nothing is created in the database.
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { context, operationPlan } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { extendSchema, gql, jsonPgSmartTags } from 'postgraphile/utils';

/** Columns without an index of their own are left out of conditions unless tagged; a unique index is no constraint. */
const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      'public.users': {
        tags: { unique: 'username_key' },
        attribute: { searchable: { tags: { behavior: '+attribute:filterBy' } } },
      },
      'public.posts': { attribute: { visibility: { tags: { behavior: '+attribute:filterBy' } } } },
    },
  },
});

/** The feed, the viewer's state and a person's name. */
const additions = extendSchema((build) => {
  const { sql } = build;
  const { posts } = build.pgResources;
  const { TYPES } = build.dataplanPg;

  // Planned at the root: below a list it could not be given to the statement that the list comes from.
  const viewerOf = ($step) => {
    const $viewer = operationPlan().withRootLayerPlan(() => context().get('viewer'));
    return $step.placeholder($viewer, TYPES.uuid);
  };
  const newestFirst = sql`ORDER BY p.created_at DESC, p.id DESC`;

  /** Ids of the feed's posts: as in handwritten.ts, the way chosen by how many the viewer follows. */
  function feedIds(viewer, limit) {
    const following = sql`(SELECT following FROM user_stats WHERE user_id = ${viewer})`;
    // OFFSET keeps it a look-up, as in statements.mjs.
    const follows = (whom) =>
      sql`EXISTS (SELECT FROM follows f WHERE f.follower_id = ${viewer} AND f.followee_id = ${whom} OFFSET 0)`;
    const mine = sql`p.visibility IN ('PUBLIC', 'FOLLOWERS') AND (p.type <> 'RESHARE' OR EXISTS (
      SELECT FROM posts root WHERE root.id = p.root_id AND NOT ${follows(sql`root.author_id`)} AND NOT EXISTS (
        SELECT FROM posts newer WHERE newer.root_id = p.root_id
          AND (newer.created_at, newer.id) > (p.created_at, p.id) AND ${follows(sql`newer.author_id`)})))`;
    return sql`ARRAY(
      SELECT p.id FROM (
        SELECT h.author_id FROM follows f CROSS JOIN LATERAL (
          SELECT p.author_id, p.created_at, p.id FROM posts p WHERE p.author_id = f.followee_id AND ${mine}
          ${newestFirst} LIMIT 1) h
        WHERE f.follower_id = ${viewer} AND ${following} <= 1000
        ORDER BY h.created_at DESC, h.id DESC LIMIT ${limit}) best
      CROSS JOIN LATERAL (
        SELECT p.id, p.created_at FROM posts p WHERE p.author_id = best.author_id AND ${mine}
        ${newestFirst} LIMIT ${limit}) p
      ${newestFirst} LIMIT ${limit}) || ARRAY(
      SELECT p.id FROM posts p WHERE ${following} > 1000 AND ${follows(sql`p.author_id`)} AND ${mine}
      ${newestFirst} LIMIT ${limit})`;
  }

  const did = (table) => ($post) =>
    $post.select(
      sql`EXISTS (SELECT FROM ${sql.identifier(table)} d
        WHERE d.post_id = ${$post.getClassStep().alias}.id AND d.user_id = ${viewerOf($post)})`,
      TYPES.boolean,
    );

  return {
    typeDefs: gql`
      extend type Query { feed(first: Int!): [Post!]! }
      extend type User { name: String! }
      extend type Post { viewerState: PostViewerState! }
      type PostViewerState { liked: Boolean! reshared: Boolean! subscribed: Boolean! seen: Boolean! }
    `,
    objects: {
      Query: {
        plans: {
          feed(_, { $first }) {
            const $posts = posts.find();
            const ids = feedIds(viewerOf($posts), $posts.placeholder($first, TYPES.int));
            $posts.where(sql`${$posts.alias}.id = ANY (${ids})`);
            $posts.orderBy({ attribute: 'created_at', direction: 'DESC' });
            $posts.orderBy({ attribute: 'id', direction: 'DESC' });
            $posts.setOrderIsUnique();
            return $posts;
          },
        },
      },
      User: {
        plans: {
          name($user) {
            const u = $user.getClassStep().alias;
            return $user.select(sql`coalesce(${u}.display_name, ${u}.real_name, ${u}.username)`, TYPES.text);
          },
        },
      },
      Post: { plans: { viewerState: ($post) => $post } },
      PostViewerState: {
        plans: {
          liked: did('post_likes'),
          reshared: ($post) =>
            $post.select(
              sql`EXISTS (SELECT FROM posts r
                WHERE r.root_id = ${$post.getClassStep().alias}.id AND r.author_id = ${viewerOf($post)})`,
              TYPES.boolean,
            ),
          subscribed: did('post_subscribers'),
          seen: did('post_views'),
        },
      },
    },
  };
});

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [tags, additions],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['public'],
      // One plan for all values of a prepared statement, as Kith has it, and none compiled, which costs more than it brings.
      poolConfig: { options: '-c plan_cache_mode=force_generic_plan -c jit=off' },
    }),
  ],
  grafserv: { watch: false, graphiql: false },
  grafast: {
    explain: false,
    context: ({ node }) => ({ viewer: node?.req.headers['x-viewer'] }),
  },
});
const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(Number(process.env.PORT), '127.0.0.1');
