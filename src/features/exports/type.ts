import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { mediaKey } from '../media/store.ts';
import { linkToken } from './link-rules.ts';
import { exportLoader } from './loaders.ts';
import { type ExportState, stateOf } from './rules.ts';
import type { ExportRow } from './store.ts';

const ExportStateEnum = builder.enumType('ExportState', {
  description: 'How far an archive is.',
  values: {
    QUEUED: { description: 'It is asked for, and will be made.' },
    RUNNING: { description: 'It is being made.' },
    READY: { description: 'It can be had.' },
    FAILED: { description: 'It could not be made; another one may be asked for at once.' },
    EXPIRED: { description: 'It was ready, and is no longer there.' },
  } satisfies Record<ExportState, object>,
});

export const ExportRef = builder.objectRef<ExportRow>('Export');
ExportRef.implement({
  description:
    'An archive of all that is the viewer’s, to take along: a ZIP with a README that says what is in it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: ({ id }) => encodeId('Export', id),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was asked for.',
      resolve: ({ createdAt }) => createdAt,
    }),
    state: t.field({
      type: ExportStateEnum,
      description: 'How far it is.',
      resolve: (row, _args, ctx) => stateOf(row, ctx.now()),
    }),
    finishedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was ready, or had failed; null until then.',
      resolve: ({ finishedAt }) => finishedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when it can be had: seven days after it was ready; null until it is.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    bytes: t.float({
      nullable: true,
      description: 'How large it is, in bytes; null until it is ready.',
      resolve: ({ bytes }) => bytes,
    }),
    url: t.field({
      type: 'URL',
      nullable: true,
      description:
        'Where it can be had, by whoever has this URL: once, within ten minutes. Each query has a new one. Null unless it is READY.',
      resolve: async (row, _args, ctx) => {
        const now = ctx.now();
        if (row.expiresAt === null || stateOf(row, now) !== 'READY') return null;
        const token = linkToken(await mediaKey(ctx.db), row.id, now, row.expiresAt);
        return `${ctx.config.publicUrl}/exports/${token}`;
      },
    }),
  }),
});
findableNode('Export', ExportRef, async (ctx, id) =>
  ctx.viewer?.scopes.has('profile:read_private') ? ctx.loaders.load(ctx, exportLoader, id) : null,
);

/** An archive in its owner's list. */
export interface ExportListRow {
  parentId: string;
  archive: ExportRow;
}

export const ExportConnection = connectionOf(
  'Export',
  { type: ExportRef, of: (row: ExportListRow) => row.archive },
  { of: 'the archives that the viewer has asked for, newest first', counted: true },
);
