import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { emptyPage, page, pageArgs } from '../../graphql/page.ts';
import { loadPost } from '../posts/loaders.ts';
import { PostRef } from '../posts/type.ts';
import { peerList, UserConnection } from '../users/type.ts';
import { choiceLoader, choicesLoader, pollLoader, viewersVotes } from './loaders.ts';
import { isClosed, maxChoices } from './rules.ts';
import { type ChoiceRow, choiceVoterPages, choiceVotersCount, type PollRow } from './store.ts';

/** A choice with its poll, which says what of it is shown. */
interface PollChoice {
  choice: ChoiceRow;
  poll: PollRow;
}

/** The poll with this id; null where there is none, or the viewer may not see its post. */
export async function loadPoll(ctx: Context, id: string): Promise<PollRow | null> {
  const poll = await ctx.loaders.load(ctx, pollLoader, id);
  return poll && (await loadPost(ctx, poll.postId)) ? poll : null;
}

/** The choice with this id; null as above. */
async function loadChoice(ctx: Context, id: string): Promise<PollChoice | null> {
  const choice = await ctx.loaders.load(ctx, choiceLoader, id);
  const poll = choice && (await loadPoll(ctx, choice.pollId));
  return poll ? { choice, poll } : null;
}

/** Whether the viewer may know how many chose what. */
async function showsResults(ctx: Context, poll: PollRow): Promise<boolean> {
  if (!poll.isHidden || isClosed(poll, ctx.now()) || ctx.viewer?.id === poll.authorId) return true;
  return (await viewersVotes(ctx, poll.id)).length > 0;
}

const votersList = peerList('poll voters', choiceVoterPages, choiceVotersCount);

const PollChoiceRef = builder.objectRef<PollChoice>('PollChoice');
PollChoiceRef.implement({
  description: 'An answer to choose in a poll.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: ({ choice }) => encodeId('PollChoice', choice.id),
    }),
    text: t.string({ description: 'The answer, 1–255 characters.', resolve: ({ choice }) => choice.text }),
    position: t.int({
      description: 'Its place among the poll’s choices, from 0.',
      resolve: ({ choice }) => choice.position,
    }),
    votesCount: t.int({
      nullable: true,
      description:
        'How many chose it, where the poll was before it came here as well: the same for everybody who may know; null while the poll’s `isHidden` keeps it from the viewer.',
      resolve: async ({ choice, poll }, _args, ctx) =>
        (await showsResults(ctx, poll)) ? choice.votes : null,
    }),
    viewerVoted: t.boolean({
      description: 'Whether the viewer chose it; false without a token.',
      resolve: async ({ choice }, _args, ctx) => (await viewersVotes(ctx, choice.pollId)).includes(choice.id),
    }),
    voters: t.field({
      type: UserConnection,
      description:
        'Who chose it, the last to vote first; empty unless the poll’s `showsVoters`, and while `votesCount` is null.',
      args: pageArgs(t.arg),
      resolve: async ({ choice, poll }, args, ctx, info) =>
        poll.showsVoters && (await showsResults(ctx, poll))
          ? page(ctx, info, votersList, choice.id, args)
          : emptyPage,
    }),
  }),
});
findableNode('PollChoice', PollChoiceRef, loadChoice);

export const PollRef = builder.objectRef<PollRow>('Poll');
PollRef.implement({
  description: 'A question in a post, with answers to choose from. Each person votes once, and for good.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.', resolve: (poll) => encodeId('Poll', poll.id) }),
    post: t.field({
      type: PostRef,
      description: 'The post it is in.',
      resolve: async ({ postId }, _args, ctx) => {
        const post = await loadPost(ctx, postId);
        if (!post) throw noLongerThere();
        return post;
      },
    }),
    question: t.exposeString('question', { description: 'What is asked, 1–255 characters.' }),
    multipleChoice: t.exposeBoolean('multipleChoice', {
      description: 'Whether one may choose several answers.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was made.',
      resolve: ({ createdAt }) => createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When its author closed it, else when it was made.',
      resolve: ({ updatedAt }) => updatedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ends by itself; null where it does not.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    isClosed: t.boolean({
      description: 'Whether nobody can vote any more: it has ended, or its author has closed it.',
      resolve: (poll, _args, ctx) => isClosed(poll, ctx.now()),
    }),
    isHidden: t.exposeBoolean('isHidden', {
      description:
        'Whether what others chose is kept from people until they have voted or it is closed; its author always sees it.',
    }),
    showsVoters: t.exposeBoolean('showsVoters', {
      description: 'Whether it shows who chose what; it is so from the start, or never.',
    }),
    votersCount: t.exposeInt('voters', {
      description:
        'How many people have voted, where the poll was before it came here as well: the same for everybody who asks.',
    }),
    viewerHasVoted: t.boolean({
      description: 'Whether the viewer has voted; false without a token.',
      resolve: async ({ id }, _args, ctx) => (await viewersVotes(ctx, id)).length > 0,
    }),
    choices: t.field({
      type: [PollChoiceRef],
      description: `The answers to choose from, 2–${maxChoices}, in their order.`,
      extensions: { cost: { length: maxChoices } },
      resolve: async (poll, _args, ctx) =>
        (await ctx.loaders.load(ctx, choicesLoader, poll.id)).map((choice) => ({ choice, poll })),
    }),
  }),
});
findableNode('Poll', PollRef, loadPoll);
