// Fastify and Mercurius with its JIT compiler and its loaders, on postgres.js with prepared statements.
import Fastify from 'fastify';
import { GraphQLScalarType } from 'graphql';
import mercurius from 'mercurius';
import postgres from 'postgres';
import * as statements from '../statements.mjs';

const sql = postgres(process.env.DATABASE_URL, {
  max: 4,
  onnotice: () => {},
  // One plan for all values of a prepared statement, as Kith has it, and none compiled, which costs more than it brings.
  connection: { plan_cache_mode: 'force_generic_plan', jit: 'off' },
});
const run = (statement, ...values) => sql.unsafe(statement, values, { prepare: true });

const resolvers = {
  DateTime: new GraphQLScalarType({ name: 'DateTime', serialize: (date) => date.toISOString() }),
  Query: {
    user: async (_, { by }) => (await run(statements.userByName, by.username))[0] ?? null,
    users: async (_, { first, after }) => {
      const [behind] = after ? statements.readCursor(after) : [''];
      return { nodes: await run(statements.usersByName, behind, first) };
    },
    viewer: (_, __, { viewer }) => (viewer ? { id: viewer } : null),
  },
  User: {
    name: ({ displayName, realName, username }) => displayName ?? realName ?? username,
    memberTitle: ({ memberTitle }) => memberTitle ?? 'Members',
    // The lists know where they begin; what is selected of them is loaded, all in the same tick.
    followers: ({ id }, { first, after }) => ({ of: id, first, after }),
    posts: ({ id }, { first }) => ({ of: id, first }),
  },
  Viewer: {
    feed: async ({ id }, { first }) => ({ nodes: await run(statements.feedOf, id, first) }),
  },
  Post: { counters: (post) => post },
};

const idOf = ({ id }) => id;

/** Loads the lists of a batch, which begin alike unless a document asks for several. */
async function lists(queries, rowsOf) {
  const groups = Map.groupBy(queries, ({ obj: { first, after } }) => `${first} ${after}`);
  const loaded = new Map();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const ids = group.map(({ obj }) => obj.of);
      const rows = await rowsOf(ids, group[0].obj);
      group.forEach((query, i) => {
        loaded.set(query, rows[i]);
      });
    }),
  );
  return queries.map((query) => loaded.get(query));
}

const followers = (queries) =>
  lists(queries, async (ids, { first, after }) =>
    statements.rowsByKey(
      ids,
      await run(statements.followersOf, ids, ...statements.startOf(after), first),
      (row) => row.of,
    ),
  );

const load = {
  FollowerList: {
    totalCount: async (queries) => {
      const ids = queries.map(({ obj }) => obj.of);
      const rows = await run(statements.followerCounts, ids);
      return statements.rowsByKey(ids, rows, idOf).map(([row]) => row.followers);
    },
    edges: async (queries) =>
      (await followers(queries)).map((rows) =>
        rows.map((row) => ({ followedAt: row.followedAt, node: row })),
      ),
    nodes: followers,
  },
  PostList: {
    nodes: (queries) =>
      lists(queries, async (ids, { first }) =>
        statements.rowsByKey(ids, await run(statements.postsOf, ids, first), ({ authorId }) => authorId),
      ),
  },
  Post: {
    author: async (queries) => {
      const ids = [...new Set(queries.map(({ obj }) => obj.authorId))];
      const users = new Map((await run(statements.usersById, ids)).map((user) => [user.id, user]));
      return queries.map(({ obj }) => users.get(obj.authorId));
    },
    viewerState: async (queries, { viewer }) => {
      const ids = queries.map(({ obj }) => obj.id);
      const rows = await run(statements.viewerStates, viewer, ids);
      return statements.rowsByKey(ids, rows, idOf).map(([row]) => row);
    },
  },
};

const app = Fastify();
await app.register(mercurius, {
  schema: statements.typeDefs,
  resolvers,
  loaders: load,
  jit: 1,
  context: ({ headers }) => ({ viewer: headers['x-viewer'] }),
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
