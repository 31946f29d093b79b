// Express and Apollo Server with DataLoader, on postgres.js with prepared statements.
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import DataLoader from 'dataloader';
import express from 'express';
import { GraphQLScalarType } from 'graphql';
import postgres from 'postgres';
import * as statements from '../statements.mjs';

const sql = postgres(process.env.DATABASE_URL, {
  max: 4,
  onnotice: () => {},
  // One plan for all values of a prepared statement, as Kith has it, and none compiled, which costs more than it brings.
  connection: { plan_cache_mode: 'force_generic_plan', jit: 'off' },
});
const run = (statement, ...values) => sql.unsafe(statement, values, { prepare: true });

const idOf = ({ id }) => id;

/** One loader for each way that lists begin, made when it is first asked for. */
function listLoaders(load) {
  const loaders = new Map();
  return (first, after) => {
    const key = `${first} ${after}`;
    const known = loaders.get(key) ?? new DataLoader((ids) => load(ids, first, after));
    loaders.set(key, known);
    return known;
  };
}

/** The loaders of one request. */
const loadersFor = (viewer) => ({
  user: new DataLoader(async (ids) => {
    const rows = await run(statements.usersById, ids);
    return statements.rowsByKey(ids, rows, idOf).map(([row]) => row);
  }),
  followerCount: new DataLoader(async (ids) => {
    const rows = await run(statements.followerCounts, ids);
    return statements.rowsByKey(ids, rows, idOf).map(([row]) => row.followers);
  }),
  viewerState: new DataLoader(async (ids) => {
    const rows = await run(statements.viewerStates, viewer, ids);
    return statements.rowsByKey(ids, rows, idOf).map(([row]) => row);
  }),
  followers: listLoaders(async (ids, first, after) => {
    const rows = await run(statements.followersOf, ids, ...statements.startOf(after), first);
    return statements.rowsByKey(ids, rows, (row) => row.of);
  }),
  posts: listLoaders(async (ids, first) => {
    const rows = await run(statements.postsOf, ids, first);
    return statements.rowsByKey(ids, rows, ({ authorId }) => authorId);
  }),
});

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
    followers: ({ id }, { first, after }, { loaders }) => ({
      totalCount: () => loaders.followerCount.load(id),
      nodes: () => loaders.followers(first, after).load(id),
      edges: async () => {
        const rows = await loaders.followers(first, after).load(id);
        return rows.map((row) => ({ followedAt: row.followedAt, node: row }));
      },
    }),
    posts: ({ id }, { first }, { loaders }) => ({ nodes: () => loaders.posts(first).load(id) }),
  },
  Viewer: {
    feed: async ({ id }, { first }) => ({ nodes: await run(statements.feedOf, id, first) }),
  },
  Post: {
    counters: (post) => post,
    author: ({ authorId }, _, { loaders }) => loaders.user.load(authorId),
    viewerState: ({ id }, _, { loaders }) => loaders.viewerState.load(id),
  },
};

const app = express();
const http = createServer(app);
const server = new ApolloServer({
  typeDefs: statements.typeDefs,
  resolvers,
  plugins: [ApolloServerPluginDrainHttpServer({ httpServer: http })],
});
await server.start();
app.use(
  '/graphql',
  express.json(),
  expressMiddleware(server, {
    context: async ({ req }) => {
      const viewer = req.get('x-viewer');
      return { viewer, loaders: loadersFor(viewer) };
    },
  }),
);
http.listen(Number(process.env.PORT), '127.0.0.1');
