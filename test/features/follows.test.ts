import { describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

describe('followUser', () => {
  it('follows, changes both counters, and returns both ends', async () => {
    const bob = await kith.idOf('bob');
    const payload = await kith.mutate(
      'followUser',
      { userId: bob },
      'ada',
      'user { id stats { followers } relationship { follows followedBy } } viewer { user { stats { following } } }',
    );
    expect(payload).toEqual({
      user: { id: bob, stats: { followers: 1 }, relationship: { follows: true, followedBy: false } },
      viewer: { user: { stats: { following: 1 } } },
      userErrors: [],
    });
  });
});
