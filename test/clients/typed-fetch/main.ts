// graphql-codegen's client preset, with nothing but fetch.
import { headers, tell, url, whom } from '../server';
import { useFragment } from './__generated__';
import {
  FollowDocument,
  FollowersDocument,
  type FollowersQuery,
  NamedFragmentDoc,
  type TypedDocumentString,
} from './__generated__/graphql';

async function ask<Result, Variables>(
  query: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Result; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const followers: { username: string | undefined; name: string; followedAt: string }[] = [];
let userId = '';
let after: string | null = null;
for (let more = true; more; ) {
  const { user }: FollowersQuery = await ask(FollowersDocument, { username: whom, first: 3, after });
  if (!user) throw new Error(`There is no ${whom}.`);
  userId = useFragment(NamedFragmentDoc, user).id;
  for (const { followedAt, node } of user.followers.edges) {
    const named = useFragment(NamedFragmentDoc, node);
    followers.push({
      username: 'username' in named ? named.username : undefined,
      name: named.name,
      followedAt,
    });
  }
  more = user.followers.pageInfo.hasNextPage;
  after = user.followers.pageInfo.endCursor;
}

const { followUser } = await ask(FollowDocument, { userId });
const nobody = await ask(FollowDocument, { userId: 'nobody' });
tell({
  followers,
  after: {
    followers: followUser?.user?.stats.followers,
    follows: followUser?.user?.relationship?.follows,
    following: followUser?.viewer?.user.stats.following,
  },
  refused: nobody.followUser?.userErrors[0]?.code,
});

/** Never called: what the types have to refuse. */
export async function wrong(): Promise<void> {
  // @ts-expect-error the input is required
  await ask(FollowDocument, { userId: null });
  // @ts-expect-error a mutation's payload may be null
  followUser.userErrors;
  // @ts-expect-error there is no such code
  followUser?.userErrors.some(({ code }) => code === 'NO_SUCH_CODE');
}
