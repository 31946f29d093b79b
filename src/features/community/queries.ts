import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { builder } from '../../graphql/builder.ts';
import { documentLimits } from '../../graphql/limits.ts';
import { maxPageSize } from '../../graphql/page.ts';
import { maxImageBytes } from '../../media/image.ts';
import { maxCustomPreferences, maxFields, maxLinks, maxTags } from '../profile/rules.ts';
import { maxFlags, maxMembers } from '../users/table.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')));

const modes = { follow: 'FOLLOW', friendship: 'FRIENDSHIP', both: 'BOTH' } as const;

const CommunityModeEnum = builder.enumType('CommunityMode', {
  description: 'Which relations a community has.',
  values: {
    FOLLOW: { description: 'People follow each other; connections answer MODE_DISABLED.' },
    FRIENDSHIP: { description: 'People connect; follows answer MODE_DISABLED.' },
    BOTH: { description: 'Both.' },
  } as const,
});

const limits = {
  maxPageSize: { value: maxPageSize, description: 'Most entries on a page of a list.' },
  maxCost: { value: documentLimits.maxCost, description: 'Most objects that a document could return.' },
  maxDepth: { value: documentLimits.maxDepth, description: 'Most levels of fields in a document.' },
  maxUploadBytes: { value: maxImageBytes, description: 'Most bytes of an image.' },
  maxMembers: { value: maxMembers, description: 'Most members of a person.' },
  maxFlags: { value: maxFlags, description: 'Most pride flags in a library.' },
  maxFields: { value: maxFields, description: 'Most headings with words on a profile.' },
  maxCustomPreferences: {
    value: maxCustomPreferences,
    description: 'Most preferences of somebody’s own making.',
  },
  maxTags: { value: maxTags, description: 'Most tags of a person.' },
  maxLinks: { value: maxLinks, description: 'Most links on a profile.' },
};

const LimitsRef = builder.objectRef<typeof limits>('Limits').implement({
  description: 'The limits that clients may want to know beforehand.',
  fields: (t) =>
    Object.fromEntries(
      Object.entries(limits).map(([name, { value, description }]) => [
        name,
        t.int({ description, resolve: () => value }),
      ]),
    ),
});

const CommunityRef = builder.objectRef<Config>('Community').implement({
  description: 'The community that this server serves.',
  fields: (t) => ({
    name: t.string({ description: 'What it calls itself.', resolve: ({ community }) => community.name }),
    mode: t.field({
      type: CommunityModeEnum,
      description: 'Which relations people have here.',
      resolve: ({ community }) => modes[community.mode],
    }),
    version: t.string({ description: 'The version of Kith.', resolve: () => version }),
    limits: t.field({ type: LimitsRef, description: 'The limits that apply here.', resolve: () => limits }),
  }),
});

builder.queryField('community', (t) =>
  t.field({
    type: CommunityRef,
    description: 'The community that this server serves.',
    resolve: (_root, _args, ctx) => ctx.config,
  }),
);
