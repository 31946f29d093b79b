// Domain rule 4, rooms: who may do what there to whom. Every act, by whoever stands to the room in any way, to whoever
// stands to it and to them in any way, in rooms of all sorts; and all that is so afterwards.
import { inArray } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { blocks } from '../../src/features/blocks/table.ts';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import {
  expectExactRooms,
  factsOf,
  type Kind,
  type MadeRoom,
  makeRooms,
  type Role,
  type RoomPlan,
  tellAll,
} from '../helpers/rooms.ts';

const kith = useTestApp();

/** What somebody is to a room; `plain` is a member of a group and a follower of a page. */
const standings = ['OWNER', 'ADMIN', 'plain', 'invited', 'nobody'] as const;
type Standing = (typeof standings)[number];
/** What stands between them and whoever acts. */
const betweens = ['nothing', 'they block', 'they are blocked', 'they are suspended'] as const;
type Between = (typeof betweens)[number];

const simpleActs = [
  'updateRoom',
  'deleteRoom',
  'joinRoom',
  'leaveRoom',
  'acceptRoomInvite',
  'declineRoomInvite',
] as const;
const targetActs = ['inviteToRoom', 'removeRoomMember', 'setRoomRole'] as const;
type Act = (typeof simpleActs)[number] | (typeof targetActs)[number];
type GivenRole = 'OWNER' | 'ADMIN' | 'plain' | 'foreign';

/** Somebody who is done something to: a person of the cast, whoever acts, or what is nobody's id. */
type Target =
  | { standing: Standing; between: Between }
  | 'themself'
  | 'somebody deleted'
  | 'a malformed id'
  | 'an id of something else';

interface Cell {
  act: Act;
  kind: Kind;
  isPublic: boolean;
  actor: Standing;
  token: 'all scopes' | 'no scope rooms' | 'none';
  /** Null where the act has none; then the owner stands to the actor as `owner` says. */
  target: Target | null;
  owner: Between;
  role: GivenRole | null;
}

// The people: everybody stands to all rooms as their name says, so that rooms are all that is made for each cell.
const cast = new Map<string, Person & { between: Between; acts: boolean }>();
const nobodyThere = { deleted: '', other: '' };
const actorName = (standing: Standing) => `acting-${standing.toLowerCase()}`;
const targetName = (standing: Standing, between: Between) =>
  `${standing.toLowerCase()}-and-${between.replaceAll(' ', '-')}`;
const witness = 'witness-admin';
const bystander = 'bystander';

function personOf(name: string) {
  const person = cast.get(name);
  if (!person) throw new Error(`${name} is not in the cast.`);
  return person;
}

beforeAll(async () => {
  const names: [string, Between, acts: boolean][] = [
    [witness, 'nothing', false],
    [bystander, 'nothing', false],
    ...standings.map((standing): [string, Between, boolean] => [actorName(standing), 'nothing', true]),
    ...standings.flatMap((standing) =>
      betweens.map((between): [string, Between, boolean] => [targetName(standing, between), between, false]),
    ),
  ];
  const people = await crowd(kith, 'cast', names.length);
  const { db } = kith.database;
  for (const [n, [name, between, acts]] of names.entries()) {
    const person = people[n];
    if (!person) throw new Error('There are as many as there are names.');
    cast.set(name, { ...person, between, acts });
  }
  const all = [...cast.values()];
  const at = new Date('2026-01-02T00:00:00.000Z');
  for (const { uuid: actor } of all.filter(({ acts }) => acts)) {
    for (const { uuid, between } of all) {
      if (between === 'they block')
        await db.insert(blocks).values({ blockerId: uuid, blockedId: actor, createdAt: at });
      if (between === 'they are blocked')
        await db.insert(blocks).values({ blockerId: actor, blockedId: uuid, createdAt: at });
    }
  }
  const suspended = all.filter(({ between }) => between === 'they are suspended').map(({ uuid }) => uuid);
  await db.update(users).set({ status: 'SUSPENDED' }).where(inArray(users.id, suspended));
  nobodyThere.deleted = await kith.idOf('brief');
  await kith.mutate('deleteAccount', { username: 'brief' }, 'brief');
  const { aspect } = await kith.mutate('createAspect', { name: 'Other' }, 'other', 'aspect { id }');
  nobodyThere.other = aspect.id;
});

const plain = (kind: Kind): Role => (kind === 'GROUP' ? 'MEMBER' : 'FOLLOWER');
const roleNamed = (kind: Kind, role: GivenRole): Role => {
  if (role === 'foreign') return kind === 'GROUP' ? 'FOLLOWER' : 'MEMBER';
  return role === 'plain' ? plain(kind) : role;
};

/** Whether a block stands between the two. */
function parted(one: string, other: string): boolean {
  const [a, b] = [personOf(one), personOf(other)];
  const by = ({ between }: { between: Between }) =>
    between === 'they block' || between === 'they are blocked';
  return (a.acts && by(b)) || (b.acts && by(a));
}
const isSuspended = (name: string) => personOf(name).between === 'they are suspended';

/** A room as it has to be. */
class Model {
  readonly kind: Kind;
  readonly isPublic: boolean;
  exists = true;
  name = 'A room';
  readonly roles = new Map<string, Role>();
  readonly invited = new Map<string, string>();
  readonly told = new Set<string>();

  constructor({ kind, isPublic, actor, target, owner }: Cell) {
    this.kind = kind;
    this.isPublic = isPublic;
    const people: [string, Standing][] = [[actorName(actor), actor]];
    if (target !== null && typeof target === 'object')
      people.push([targetName(target.standing, target.between), target.standing]);
    if (!people.some(([, standing]) => standing === 'OWNER'))
      people.unshift([targetName('OWNER', owner), 'OWNER']);
    // The owner was there first.
    people.sort(([, a], [, b]) => Number(b === 'OWNER') - Number(a === 'OWNER'));
    this.roles.set(people[0]?.[0] ?? '', 'OWNER');
    this.roles.set(witness, 'ADMIN').set(bystander, plain(kind));
    for (const [name, standing] of people) {
      if (standing === 'invited') this.invite(witness, name);
      else if (standing !== 'nobody') this.roles.set(name, roleNamed(kind, standing));
      // Whoever is in and does not own it was invited, once upon a time.
      if (standing === 'ADMIN' || standing === 'plain') {
        this.tell('ROOM_INVITED', witness, name);
        this.tell('ROOM_JOINED', name, this.owner);
      }
    }
  }

  get owner(): string {
    return [...this.roles].find(([, role]) => role === 'OWNER')?.[0] ?? '';
  }

  /** Nobody is told of themself, nor of whom a block parts them from. */
  tell(kind: string, actor: string, receiver: string): void {
    if (actor !== receiver && !parted(actor, receiver))
      this.told.add(`${receiver} was told ${kind} of ${actor}`);
  }
  forget(match: (line: string) => boolean): void {
    for (const line of [...this.told]) if (match(line)) this.told.delete(line);
  }

  invite(by: string, name: string): void {
    if (this.roles.has(name) || this.invited.has(name)) return;
    this.invited.set(name, by);
    this.tell('ROOM_INVITED', by, name);
  }
  enter(name: string): void {
    if (this.roles.has(name)) return;
    this.roles.set(name, plain(this.kind));
    this.tell('ROOM_JOINED', name, this.owner);
    const inviter = this.invited.get(name);
    if (inviter !== undefined) this.tell('ROOM_JOINED', name, inviter);
    this.invited.delete(name);
  }
  remove(name: string): void {
    if (!this.roles.delete(name) && !this.invited.delete(name)) return;
    this.forget((line) => line.startsWith(`${name} was told`) || line.endsWith(`ROOM_JOINED of ${name}`));
  }
  handOver(to: string): void {
    const before = this.owner;
    this.roles.set(before, 'ADMIN').set(to, 'OWNER');
  }

  /** As the database has it, by the people's names here. */
  facts(): string[] {
    if (!this.exists) return [];
    return [
      `it is called ${this.name}`,
      `${this.roles.size} are in it`,
      ...[...this.roles].map(([name, role]) => `${name} is ${role}`),
      ...[...this.invited].map(([name, by]) => `${name} is invited by ${by}`),
      ...this.told,
    ].sort();
  }

  /** As somebody sees it: null when they do not. */
  seenBy(viewer: string) {
    const role = this.roles.get(viewer) ?? null;
    const viewerInvited = this.invited.has(viewer);
    if (!this.exists || !(this.isPublic || role !== null || viewerInvited)) return null;
    const hidden = (name: string) => isSuspended(name) || parted(name, viewer);
    const members = [...this.roles].filter(([name]) => !hidden(name)).map(([name, is]) => `${name} is ${is}`);
    return {
      name: this.name,
      isPublic: this.isPublic,
      membersCount: this.roles.size,
      viewerRole: role,
      viewerInvited,
      owner: hidden(this.owner) ? null : this.owner,
      total: members.length,
      members: members.sort(),
    };
  }

  plan(): RoomPlan {
    const { kind, isPublic } = this;
    return {
      kind,
      isPublic,
      members: [...this.roles].map(([name, role]) => [personOf(name), role]),
      invited: [...this.invited].map(([name, by]) => [personOf(name), personOf(by)]),
    };
  }
}

// The rules themselves: what is answered to whom. Nothing here comes from the code that follows them.

/** What an owner, an admin and so on may do; null where it is done. */
const simpleRules: Record<(typeof simpleActs)[number], Record<Standing, string | null>> = {
  updateRoom: {
    OWNER: null,
    ADMIN: null,
    plain: 'FORBIDDEN roomId',
    invited: 'FORBIDDEN roomId',
    nobody: 'FORBIDDEN roomId',
  },
  deleteRoom: {
    OWNER: null,
    ADMIN: 'FORBIDDEN roomId',
    plain: 'FORBIDDEN roomId',
    invited: 'FORBIDDEN roomId',
    nobody: 'FORBIDDEN roomId',
  },
  joinRoom: { OWNER: null, ADMIN: null, plain: null, invited: null, nobody: null },
  leaveRoom: { OWNER: 'CONFLICT roomId', ADMIN: null, plain: null, invited: null, nobody: null },
  acceptRoomInvite: { OWNER: null, ADMIN: null, plain: null, invited: null, nobody: 'NOT_FOUND roomId' },
  declineRoomInvite: { OWNER: null, ADMIN: null, plain: null, invited: null, nobody: null },
};

/** Whom an owner or an admin takes out, whatever else they are. */
const removable: Record<'OWNER' | 'ADMIN', readonly Standing[]> = {
  OWNER: ['ADMIN', 'plain', 'invited', 'nobody'],
  ADMIN: ['plain', 'invited', 'nobody'],
};
/** Which roles they give to whom. */
const givable: Record<'OWNER' | 'ADMIN', Partial<Record<Standing, readonly GivenRole[]>>> = {
  OWNER: { ADMIN: ['OWNER', 'ADMIN', 'plain'], plain: ['OWNER', 'ADMIN', 'plain'] },
  ADMIN: { plain: ['plain'] },
};

/** What is between the actor and whom they would do something to; whom they have blocked can still be removed. */
function obstacle({ act, target }: Cell): string | null {
  if (target === 'themself') return 'SELF';
  if (target === null || typeof target === 'string') return 'NOT_FOUND';
  if (target.between === 'they block' || target.between === 'they are suspended') return 'NOT_FOUND';
  return target.between === 'they are blocked' && act !== 'removeRoomMember' ? 'BLOCKED' : null;
}

function verdict(cell: Cell): string | null {
  const { act, actor, target, isPublic, role } = cell;
  if (cell.token === 'none') return 'UNAUTHENTICATED';
  if (cell.token === 'no scope rooms') return 'FORBIDDEN for want of rooms';
  if (!isPublic && actor === 'nobody') return 'NOT_FOUND roomId';
  if (act !== 'inviteToRoom' && act !== 'removeRoomMember' && act !== 'setRoomRole')
    return simpleRules[act][actor];
  if (actor !== 'OWNER' && actor !== 'ADMIN') return 'FORBIDDEN roomId';
  const between = obstacle(cell);
  if (between !== null) return `${between} ${act === 'inviteToRoom' ? 'userIds.0' : 'userId'}`;
  const theirs = target !== null && typeof target === 'object' ? target.standing : 'nobody';
  if (act === 'inviteToRoom') return null;
  if (act === 'removeRoomMember') return removable[actor].includes(theirs) ? null : 'FORBIDDEN roomId';
  if (theirs === 'invited' || theirs === 'nobody') return 'NOT_FOUND userId';
  if (role === 'foreign') return 'INVALID role';
  return role !== null && givable[actor][theirs]?.includes(role) ? null : 'FORBIDDEN roomId';
}

/** What an act that is not refused makes of the room. */
function apply(model: Model, { act, actor, target, role, kind }: Cell): void {
  const me = actorName(actor);
  const them =
    target !== null && typeof target === 'object' ? targetName(target.standing, target.between) : '';
  switch (act) {
    case 'updateRoom':
      model.name = 'Renamed';
      break;
    case 'deleteRoom':
      model.exists = false;
      break;
    case 'joinRoom':
    case 'acceptRoomInvite':
      model.enter(me);
      break;
    case 'leaveRoom':
      if (model.roles.has(me)) model.remove(me);
      break;
    case 'declineRoomInvite':
      if (model.invited.has(me)) model.remove(me);
      break;
    case 'inviteToRoom':
      model.invite(me, them);
      break;
    case 'removeRoomMember':
      model.remove(them);
      break;
    case 'setRoomRole':
      if (role === 'OWNER') model.handOver(them);
      else if (role !== null) model.roles.set(them, roleNamed(kind, role));
  }
}

const roomFields = `name isPublic membersCount viewerRole viewerInvited owner { username }
  members(first: 10) { totalCount edges { role node { username } } }`;
type Named = { username: string };
/** A room in an answer, as `Model.seenBy` has it. */
function seen(
  room:
    | ({
        owner: Named | null;
        members: { totalCount: number; edges: { role: Role; node: Named }[] };
      } & object)
    | null,
) {
  if (room === null) return null;
  const { owner, members, ...same } = room;
  return {
    ...same,
    owner: owner === null ? null : named(owner),
    total: members.totalCount,
    members: members.edges.map(({ role, node }) => `${named(node)} is ${role}`).sort(),
  };
}
const named = ({ username }: Named): string => nameIn(username);
/** People go by their parts. */
const nameIn = (text: string): string => {
  for (const [name, { username }] of cast) text = text.replaceAll(username, name);
  return text;
};

function inputOf({ act, target, role, kind, actor }: Cell, roomId: string): object {
  if (act === 'updateRoom') return { roomId, name: 'Renamed', description: null };
  if (target === null) return { roomId };
  const ids: Record<Extract<Target, string>, string> = {
    themself: personOf(actorName(actor)).id,
    'somebody deleted': nobodyThere.deleted,
    'a malformed id': 'x',
    'an id of something else': nobodyThere.other,
  };
  const id =
    typeof target === 'string' ? ids[target] : personOf(targetName(target.standing, target.between)).id;
  if (act === 'inviteToRoom') return { roomId, userIds: [id] };
  return { roomId, userId: id, ...(role === null ? {} : { role: roleNamed(kind, role) }) };
}

/** Does it, and what was answered: a refusal in words, and the room of the payload. */
async function perform(cell: Cell, room: MadeRoom) {
  const { act, token, actor } = cell;
  const type = `${act.charAt(0).toUpperCase()}${act.slice(1)}Input!`;
  const selection = act === 'deleteRoom' ? 'deletedRoomId' : `room { ${roomFields} }`;
  const { data, errors } = await kith.send(
    `mutation ($input: ${type}) { it: ${act}(input: $input) { ${selection} userErrors { code path } } }`,
    {
      variables: { input: inputOf(cell, room.id) },
      as: token === 'none' ? null : personOf(actorName(actor)).username,
      ...(token === 'no scope rooms' ? { scope: 'profile contacts:modify notifications' } : {}),
    },
  );
  const [error] = errors;
  if (error) {
    const scope = error.extensions?.requiredScope;
    const refused = `${error.extensions?.code}${scope === undefined ? '' : ` for want of ${scope}`}`;
    return { refused, room: data?.it ?? null };
  }
  const { userErrors } = data.it;
  const refused =
    userErrors
      .map(({ code, path }: { code: string; path: string[] }) => `${code} ${path.join('.')}`)
      .join() || null;
  return { refused, room: act === 'deleteRoom' ? data.it.deletedRoomId : seen(data.it.room) };
}

/** What an admin who has no part in it sees of each of the rooms. */
async function witnessed(rooms: readonly MadeRoom[]): Promise<ReturnType<typeof seen>[]> {
  const all = [];
  for (let n = 0; n < rooms.length; n += 50) {
    const { nodes } = await kith.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Room { ${roomFields} } } }`,
      { as: personOf(witness).username, variables: { ids: rooms.slice(n, n + 50).map(({ id }) => id) } },
    );
    all.push(...nodes.map(seen));
  }
  return all;
}

const titleOf = ({ actor, token, target, owner, role }: Cell) =>
  [
    `by ${actor}`,
    token === 'all scopes' ? '' : `with token: ${token}`,
    target === null
      ? `owner: ${owner}`
      : `to ${typeof target === 'string' ? target : `${target.standing}, ${target.between}`}`,
    role === null ? '' : `role ${role}`,
  ]
    .filter(Boolean)
    .join(', ');

const targets: readonly Target[] = [
  ...standings.flatMap((standing) => betweens.map((between) => ({ standing, between }))),
  'themself',
  'somebody deleted',
  'a malformed id',
  'an id of something else',
];

/** All cells of an act in rooms of one sort. */
function cellsOf(act: Act, role: GivenRole | null, kind: Kind, isPublic: boolean): Cell[] {
  const base = { act, role, kind, isPublic, token: 'all scopes', owner: 'nothing' } as const;
  const hasTarget = targetActs.some((one) => one === act);
  const cells: Cell[] = standings.flatMap((actor) =>
    hasTarget
      ? targets.map((target): Cell => ({ ...base, actor, target }))
      : betweens.map((owner): Cell => ({ ...base, actor, target: null, owner })),
  );
  const without = (['no scope rooms', 'none'] as const).flatMap((token) =>
    standings.map(
      (actor): Cell => ({
        ...base,
        actor,
        token,
        target: hasTarget ? { standing: 'plain', between: 'nothing' } : null,
      }),
    ),
  );
  // There is one owner.
  return [...cells, ...without].filter(
    ({ actor, target, owner }) =>
      actor !== 'OWNER' ||
      (owner === 'nothing' && (target === null || typeof target === 'string' || target.standing !== 'OWNER')),
  );
}

async function runCells(cells: readonly Cell[]): Promise<void> {
  const models = cells.map((cell) => new Model(cell));
  const rooms = await makeRooms(
    kith,
    models.map((model) => model.plan()),
  );
  const told = models.flatMap((model, n) =>
    [...model.told].map((line) => {
      const [, receiver = '', kind, actor = ''] = /^(\S+) was told (\S+) of (\S+)$/.exec(line) ?? [];
      const room = rooms[n];
      if (!room || (kind !== 'ROOM_JOINED' && kind !== 'ROOM_INVITED')) throw new Error(line);
      return { kind, room, actor: personOf(actor), receiver: personOf(receiver) } as const;
    }),
  );
  await tellAll(kith, told);

  const answers: unknown[] = [];
  const jobs = [...cells.entries()].values();
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (const [n, cell] of jobs) {
        const room = rooms[n];
        if (room) answers[n] = await perform(cell, room);
      }
    }),
  );

  const facts = await factsOf(
    kith,
    rooms.map(({ uuid }) => uuid),
  );
  const looks = await witnessed(rooms);
  const [expected, actual]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  for (const [n, cell] of cells.entries()) {
    const [model, room] = [models[n], rooms[n]];
    if (!model || !room) throw new Error('A cell has a room.');
    const refused = verdict(cell);
    if (refused === null) apply(model, cell);
    const shown = cell.act === 'deleteRoom' ? room.id : model.seenBy(actorName(cell.actor));
    expected[titleOf(cell)] = {
      refused,
      room: refused === null ? shown : null,
      facts: model.facts(),
      witnessed: model.seenBy(witness),
    };
    actual[titleOf(cell)] = {
      ...(answers[n] as object),
      facts: (facts.get(room.uuid) ?? []).map(nameIn).sort(),
      witnessed: looks[n],
    };
  }
  expect(Object.keys(expected), 'each cell has a name of its own').toHaveLength(cells.length);
  expect(actual).toEqual(expected);
}

const acts: [title: string, Act, GivenRole | null][] = [
  ...[...simpleActs, 'inviteToRoom' as const, 'removeRoomMember' as const].map((act): [string, Act, null] => [
    act,
    act,
    null,
  ]),
  ...(['OWNER', 'ADMIN', 'plain', 'foreign'] as const).map((role): [string, Act, GivenRole] => [
    `setRoomRole to ${role}`,
    'setRoomRole',
    role,
  ]),
];
const sorts: [title: string, Kind, isPublic: boolean][] = [
  ['a public group', 'GROUP', true],
  ['a private group', 'GROUP', false],
  ['a public page', 'PAGE', true],
  ['a private page', 'PAGE', false],
];

describe.each(acts)('rule 4, rooms: %s', (_title, act, role) => {
  it.each(sorts)('in %s, by everybody to everybody', async (_sort, kind, isPublic) => {
    await runCells(cellsOf(act, role, kind, isPublic));
  });
});

it('rule 4, rooms: after all that, counts, owners, invitations and what was told are exact', async () => {
  await expectExactRooms(kith);
  await expectExactInboxes(kith);
});
