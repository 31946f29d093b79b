import { readFileSync } from 'node:fs';
import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isSpecifiedScalarType,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema.ts';

const types = Object.values(schema.getTypeMap()).filter(
  (t) => !isIntrospectionType(t) && !isSpecifiedScalarType(t),
);
const objects = types.filter((t) => isObjectType(t));
/** A list as Relay has them; the type named just that is the tie between two people. */
const isList = ({ name }: GraphQLNamedType) => name.endsWith('Connection') && name !== 'Connection';
const fieldsOf = (type: GraphQLNamedType) => ('getFields' in type ? Object.values(type.getFields()) : []);

it('schema.graphql is what the code makes', () => {
  const file = new URL('../../schema.graphql', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(`${printSchema(schema)}\n`);
});

it('everything has a description', () => {
  const missing: string[] = [];
  const check = (name: string, element: { description?: string | null | undefined }) => {
    if (!element.description?.trim()) missing.push(name);
  };
  for (const type of types) {
    check(type.name, type);
    for (const field of fieldsOf(type)) {
      check(`${type.name}.${field.name}`, field);
      if ('args' in field)
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
    }
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
  }
  expect(missing).toEqual([]);
});

describe('lists', () => {
  const connections = objects.filter((t) => isList(t));

  it('are connections as Relay has them, with nodes and totalCount', () => {
    expect(connections.length).toBeGreaterThan(5);
    for (const { name, getFields } of connections.map((t) => ({
      name: t.name,
      getFields: () => t.getFields(),
    }))) {
      const { edges, nodes, pageInfo, totalCount } = getFields();
      expect(
        [edges, nodes, pageInfo, totalCount].map((f) => String(f?.type)),
        name,
      ).toEqual([
        `[${name.replace(/Connection$/, 'Edge')}!]!`,
        expect.stringMatching(/^\[\w+!\]!$/),
        'PageInfo!',
        'Int!',
      ]);
      const edge = schema.getType(name.replace(/Connection$/, 'Edge'));
      if (!isObjectType(edge)) throw new Error(`${name} has no edge type.`);
      expect(String(edge.getFields().cursor?.type)).toBe('String!');
      expect(`[${edge.getFields().node?.type}]!`).toBe(String(nodes?.type));
    }
  });

  it('take first, after, last and before; what is not a connection is small', () => {
    const small = [
      ...['User', 'Member', 'Profile'].flatMap((on) =>
        ['links', 'names', 'pronouns', 'fields', 'flags'].map((field) => `${on}.${field}`),
      ),
      ...['badges', 'tags', 'accounts', 'customPreferences'].map((field) => `User.${field}`),
      'Viewer.accounts',
      'Viewer.aspects',
      'Relationship.aspects',
      'ProfileField.entries',
      'NotificationSettings.muted',
      'DisplaySettings.contentLanguages',
      'Viewer.scopes',
      'UserError.path',
      'Query.nodes',
      'Notification.actors',
      ...['aspects', 'media', 'photos', 'categories', 'tags', 'mentions'].map((field) => `Post.${field}`),
      'Poll.choices',
    ];
    for (const type of objects) {
      for (const field of Object.values(type.getFields())) {
        const named = getNamedType(field.type);
        if (isList(named)) {
          const args = Object.fromEntries(field.args.map((arg) => [arg.name, String(arg.type)]));
          expect(args, field.name).toMatchObject({
            first: 'Int',
            after: 'String',
            last: 'Int',
            before: 'String',
          });
          expect(isNonNullType(field.type)).toBe(true);
        }
        const list = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
        const ofPage = isList(type) || type.name.endsWith('Payload');
        if (list && !ofPage) expect(small).toContain(`${type.name}.${field.name}`);
      }
    }
  });
});

it('every mutation takes one input, and answers a payload with userErrors, all else of it nullable', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  expect(mutations.length).toBeGreaterThan(5);
  for (const { name, args, type } of mutations) {
    const Name = name.charAt(0).toUpperCase() + name.slice(1);
    expect(args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual([`input: ${Name}Input!`]);
    expect(String(type)).toBe(`${Name}Payload`);
    const payload = getNamedType(type);
    if (!isObjectType(payload)) throw new Error(`${name} has no payload.`);
    const { userErrors, ...rest } = payload.getFields();
    expect(String(userErrors?.type)).toBe('[UserError!]!');
    for (const field of Object.values(rest))
      expect(isNonNullType(field.type), `${Name}.${field.name}`).toBe(false);
  }
});

it('whatever has an id is a Node', () => {
  for (const type of objects) {
    if (!type.getFields().id) continue;
    expect(
      type.getInterfaces().map((i) => i.name),
      type.name,
    ).toContain('Node');
    expect(String(type.getFields().id?.type)).toBe('ID!');
  }
});

const profile =
  'id: ID! sid: String! name: String! displayName: String bio: String bioHtml: HTML avatar: Image links: [URL!]! names: [NameEntry!]! pronouns: [PronounEntry!]! fields: [ProfileField!]! flags: [PrideFlag!]!';
const medium = 'id: ID! position: Int! title: String description: String';
const memberFields =
  'displayName: String bio: String links: [String!] names: [NameEntryInput!] pronouns: [PronounEntryInput!] fields: [ProfileFieldInput!] flagIds: [ID!] avatar: ImageInput isUnlisted: Boolean';

// The names that clients rely on. Additions are welcome; what is here stays as it is.
it.each([
  [
    'User',
    `${profile} isViewer: Boolean! username: String! realName: String tagline: String cover: Image website: URL memberTitle: String! members: MemberConnection! customPreferences: [Preference!]! tags: [Tag!]! accounts: [Account!]! badges: [Badge!]! utcOffset: Int status: UserStatus! createdAt: DateTime! isNsfw: Boolean! birthday: Date gender: String location: Location company: Company stats: UserStats! relationship: Relationship followers: UserFollowerConnection! following: UserFollowingConnection! mutualFollowers: UserFollowerConnection! connections: UserPeerConnection! mutualConnections: UserPeerConnection! rooms: RoomConnection! categories: CategoryConnection! reputation: Int! posts: PostConnection! photos: PhotoConnection!`,
  ],
  ['UserFollowerEdge', 'cursor: String! node: User! followedAt: DateTime!'],
  ['UserFollowingEdge', 'cursor: String! node: User! followedAt: DateTime!'],
  ['BlockedUserEdge', 'cursor: String! node: User! blockedAt: DateTime!'],
  ['HiddenUserEdge', 'cursor: String! node: User! hiddenAt: DateTime!'],
  ['UserPeerEdge', 'cursor: String! node: User! connectedAt: DateTime!'],
  [
    'UserStats',
    'followers: Int! following: Int! connections: Int! posts: Int! statuses: Int! discussions: Int! polls: Int! photos: Int! likesReceived: Int! categories: Int!',
  ],
  [
    'Connection',
    'id: ID! requester: User! addressee: User! peer: User! status: ConnectionStatus! createdAt: DateTime! acceptedAt: DateTime seenAt: DateTime rejectedAt: DateTime',
  ],
  [
    'ConnectionConnection',
    'edges: [ConnectionEdge!]! nodes: [Connection!]! pageInfo: PageInfo! totalCount: Int!',
  ],
  ['ConnectionEdge', 'cursor: String! node: Connection!'],
  ['Location', 'name: String coordinates: Coordinates'],
  ['Coordinates', 'latitude: Float! longitude: Float!'],
  ['Company', 'name: String role: String'],
  [
    'Relationship',
    'follows: Boolean! followedBy: Boolean! connection: Connection connectionState: ConnectionState! aspects: [Aspect!]! blocks: Boolean! hides: Boolean!',
  ],
  [
    'Viewer',
    'id: ID! user: User! email: String emailVerified: Boolean! timezone: String isAdmin: Boolean! position: Coordinates settings: Settings! lastSidRerollAt: DateTime canRerollSidAt: DateTime! accounts: [Account!]! prideFlags: PrideFlagConnection! members: MemberConnection! connectionRequests: ConnectionConnection! aspects: [Aspect!]! blockedUsers: BlockedUserConnection! hiddenUsers: HiddenUserConnection! scopes: [String!]! notifications: NotificationConnection! unseen: UnseenCounts! rooms: RoomConnection! roomInvitations: RoomConnection!',
  ],
  ['Settings', 'notifications: NotificationSettings! privacy: PrivacySettings! display: DisplaySettings!'],
  [
    'PrivacySettings',
    'searchable: Boolean! profileVisibility: ProfileVisibility! memberListPrivate: Boolean! nsfw: Boolean!',
  ],
  ['Community', 'name: String! mode: CommunityMode! version: String! limits: Limits!'],
  [
    'Limits',
    'maxPageSize: Int! maxCost: Int! maxDepth: Int! maxUploadBytes: Int! maxMembers: Int! maxFlags: Int! maxFields: Int! maxCustomPreferences: Int! maxLinks: Int! maxTags: Int!',
  ],
  ['UserError', 'code: ErrorCode! message: String! path: [String!]!'],
  [
    'Query',
    'node: Node nodes: [Node]! viewer: Viewer user: User users: UserConnection! searchUsers: UserSearchConnection! member: Member room: Room post: Post category: Category categories: CategoryConnection! community: Community!',
  ],
  ['UpdateProfilePayload', 'user: User userErrors: [UserError!]!'],
  ['UpdateSettingsPayload', 'settings: Settings userErrors: [UserError!]!'],
  ['DeleteAccountPayload', 'deletedUserId: ID userErrors: [UserError!]!'],
  ['AccountBy', 'provider: AccountProvider! instance: String externalId: String accountName: String'],
  ['UserBy', 'id: ID username: String sid: String account: AccountBy'],
  ['MemberBy', 'id: ID sid: String name: MemberName'],
  ['MemberName', 'username: String! member: String!'],
  ['ImageInput', 'upload: Upload base64: String'],
  ['NameEntryInput', 'value: String! preference: String!'],
  ['PronounEntryInput', 'pronouns: String! displayText: String preference: String!'],
  ['ProfileFieldInput', 'name: String! entries: [NameEntryInput!]!'],
  [
    'PreferenceInput',
    'key: ID! icon: String! tooltip: String! size: PreferenceSize! muted: Boolean! favourite: Boolean!',
  ],
  ['Profile', profile],
  ['Member', `${profile} user: User! memberName: String! isUnlisted: Boolean createdAt: DateTime!`],
  ['NameEntry', 'value: String! preference: Preference!'],
  ['PronounEntry', 'pronouns: String! displayText: String forms: PronounForms preference: Preference!'],
  [
    'PronounForms',
    'subject: String! object: String! possessiveDeterminer: String! possessivePronoun: String! reflexive: String!',
  ],
  ['ProfileField', 'name: String! entries: [NameEntry!]!'],
  [
    'Preference',
    'key: String! isCustom: Boolean! icon: String! tooltip: String! size: PreferenceSize! muted: Boolean! favourite: Boolean!',
  ],
  ['Image', 'url: URL! width: Int! height: Int! hash: String! alt: String'],
  ['PrideFlag', 'id: ID! name: String! description: String image: Image! createdAt: DateTime!'],
  ['Tag', 'id: ID! name: String! description: String color: String'],
  [
    'Account',
    'id: ID! provider: AccountProvider! externalId: String! username: String instance: String url: URL isVisible: Boolean!',
  ],
  [
    'NotificationSettings',
    'email: EmailFrequency! push: Boolean! toasts: Boolean! sounds: Boolean! muted: [NotificationKind!]!',
  ],
  [
    'DisplaySettings',
    'language: String! contentLanguages: [String!]! hideFollowSuggestions: Boolean! showFeaturedSuggestions: Boolean!',
  ],
  [
    'NotificationSettingsInput',
    'email: EmailFrequency push: Boolean toasts: Boolean sounds: Boolean muted: [NotificationKind!]',
  ],
  [
    'DisplaySettingsInput',
    'language: String contentLanguages: [String!] hideFollowSuggestions: Boolean showFeaturedSuggestions: Boolean',
  ],
  ['RerollSidInput', 'memberId: ID'],
  ['RerollSidPayload', 'profile: Profile userErrors: [UserError!]!'],
  ['CreateMemberInput', `name: String! ${memberFields}`],
  ['CreateMemberPayload', 'member: Member userErrors: [UserError!]!'],
  ['UpdateMemberInput', `memberId: ID! name: String ${memberFields}`],
  ['UpdateMemberPayload', 'member: Member userErrors: [UserError!]!'],
  ['DeleteMemberInput', 'memberId: ID!'],
  ['DeleteMemberPayload', 'deletedMemberId: ID userErrors: [UserError!]!'],
  ['CreatePrideFlagInput', 'image: ImageInput! name: String! description: String'],
  ['CreatePrideFlagPayload', 'flag: PrideFlag userErrors: [UserError!]!'],
  ['UpdatePrideFlagInput', 'flagId: ID! name: String description: String'],
  ['UpdatePrideFlagPayload', 'flag: PrideFlag userErrors: [UserError!]!'],
  ['DeletePrideFlagInput', 'flagId: ID!'],
  ['DeletePrideFlagPayload', 'deletedFlagId: ID userErrors: [UserError!]!'],
  ['Aspect', 'id: ID! name: String! users: UserConnection!'],
  ['CreateAspectInput', 'name: String!'],
  ['CreateAspectPayload', 'aspect: Aspect userErrors: [UserError!]!'],
  ['RenameAspectInput', 'aspectId: ID! name: String!'],
  ['RenameAspectPayload', 'aspect: Aspect userErrors: [UserError!]!'],
  ['DeleteAspectInput', 'aspectId: ID!'],
  ['DeleteAspectPayload', 'deletedAspectId: ID userErrors: [UserError!]!'],
  ...['AddToAspect', 'RemoveFromAspect'].flatMap((name): [string, string][] => [
    [`${name}Input`, 'aspectId: ID! userId: ID!'],
    [`${name}Payload`, 'aspect: Aspect user: User userErrors: [UserError!]!'],
  ]),
  [
    'Room',
    'id: ID! kind: RoomKind! slug: String! name: String! description: String avatar: Image isPublic: Boolean! isVerified: Boolean! createdAt: DateTime! membersCount: Int! postsCount: Int! owner: User viewerRole: RoomRole viewerInvited: Boolean! members: RoomMemberConnection! posts: PostConnection!',
  ],
  ['RoomMemberEdge', 'cursor: String! node: User! role: RoomRole! joinedAt: DateTime!'],
  ['RoomConnection', 'edges: [RoomEdge!]! nodes: [Room!]! pageInfo: PageInfo! totalCount: Int!'],
  ['UserSearchEdge', 'cursor: String! node: User! isRoomMember: Boolean'],
  ['RoomBy', 'id: ID slug: String'],
  [
    'Category',
    'id: ID! name: String! slug: String! followersCount: Int! viewerFollows: Boolean! posts: PostConnection!',
  ],
  ['CategoryBy', 'id: ID slug: String'],
  ...['FollowCategory', 'UnfollowCategory'].flatMap((name): [string, string][] => [
    [`${name}Input`, 'categoryId: ID!'],
    [`${name}Payload`, 'category: Category viewer: Viewer userErrors: [UserError!]!'],
  ]),
  [
    'Post',
    'id: ID! author: User! type: PostType! title: String! slug: String! body: String! html: HTML! summary: String! createdAt: DateTime! updatedAt: DateTime! lastActivityAt: DateTime! visibility: PostVisibility! aspects: [Aspect!]! isNsfw: Boolean! isCollapsed: Boolean! provider: String mediaType: MediaType media: [Media!]! photos: [Photo!]! location: Location poll: Poll categories: [Category!]! tags: [Tag!]! mentions: [User!]! room: Room root: Post counters: PostCounters! viewerState: PostViewerState comments: CommentConnection! reshares: PostConnection! likes: PostLikeConnection!',
  ],
  ['PostCounters', 'comments: Int! likes: Int! reshares: Int! followers: Int! views: Int! score: Int!'],
  ['PostViewerState', 'liked: Boolean! reshared: Boolean! subscribed: Boolean! seen: Boolean!'],
  ['PostLikeEdge', 'cursor: String! node: User! likedAt: DateTime!'],
  ['PostConnection', 'edges: [PostEdge!]! nodes: [Post!]! pageInfo: PageInfo! totalCount: Int!'],
  ['CommentConnection', 'edges: [CommentEdge!]! nodes: [Comment!]! pageInfo: PageInfo! totalCount: Int!'],
  ['PhotoConnection', 'edges: [PhotoEdge!]! nodes: [Photo!]! pageInfo: PageInfo! totalCount: Int!'],
  ['Media', medium],
  ['Photo', `${medium} image: Image! author: User! post: Post createdAt: DateTime!`],
  ['LinkMedia', `${medium} url: URL!`],
  ['VideoMedia', `${medium} url: URL!`],
  ['DocumentMedia', `${medium} url: URL! mimeType: String!`],
  [
    'Poll',
    'id: ID! post: Post! question: String! multipleChoice: Boolean! createdAt: DateTime! updatedAt: DateTime! expiresAt: DateTime isClosed: Boolean! isHidden: Boolean! showsVoters: Boolean! votersCount: Int! viewerHasVoted: Boolean! choices: [PollChoice!]!',
  ],
  [
    'PollChoice',
    'id: ID! text: String! position: Int! votesCount: Int viewerVoted: Boolean! voters: UserConnection!',
  ],
  ['Comment', 'id: ID! author: User! post: Post! body: String! html: HTML! createdAt: DateTime!'],
  ['PostBy', 'id: ID slug: PostSlug'],
  ['PostSlug', 'username: String! slug: String!'],
  [
    'CreatePostInput',
    'body: String title: String type: PostType visibility: PostVisibility! aspectIds: [ID!] roomId: ID isNsfw: Boolean location: LocationInput categories: [String!] tags: [String!] photos: [PhotoInput!] links: [String!] poll: PollInput',
  ],
  ['PhotoInput', 'image: ImageInput! title: String description: String'],
  [
    'PollInput',
    'question: String! choices: [String!]! multipleChoice: Boolean! isHidden: Boolean! showsVoters: Boolean! expiresAt: DateTime',
  ],
  [
    'UpdatePostInput',
    'postId: ID! title: String body: String isNsfw: Boolean categories: [String!] tags: [String!]',
  ],
  ...['DeletePost', 'LikePost', 'UnlikePost', 'SubscribeToPost', 'UnsubscribeFromPost', 'ResharePost'].map(
    (name): [string, string] => [`${name}Input`, 'postId: ID!'],
  ),
  ...[
    'CreatePost',
    'UpdatePost',
    'LikePost',
    'UnlikePost',
    'SubscribeToPost',
    'UnsubscribeFromPost',
    'ResharePost',
  ].map((name): [string, string] => [`${name}Payload`, 'post: Post userErrors: [UserError!]!']),
  ['ResharePostPayload', 'root: Post'],
  ['DeletePostPayload', 'deletedPostId: ID userErrors: [UserError!]!'],
  ['MarkPostsSeenInput', 'postIds: [ID!]!'],
  ['MarkPostsSeenPayload', 'seenCount: Int userErrors: [UserError!]!'],
  ['ClosePollInput', 'pollId: ID!'],
  ['VotePollInput', 'pollId: ID! choiceIds: [ID!]!'],
  ...['ClosePoll', 'VotePoll'].map((name): [string, string] => [
    `${name}Payload`,
    'poll: Poll userErrors: [UserError!]!',
  ]),
  ['AddCommentInput', 'postId: ID! body: String!'],
  ['AddCommentPayload', 'comment: Comment post: Post userErrors: [UserError!]!'],
  ['UpdateCommentInput', 'commentId: ID! body: String!'],
  ['UpdateCommentPayload', 'comment: Comment userErrors: [UserError!]!'],
  ['DeleteCommentInput', 'commentId: ID!'],
  ['DeleteCommentPayload', 'deletedCommentId: ID userErrors: [UserError!]!'],
  [
    'CreateRoomInput',
    'kind: RoomKind! name: String! slug: String! description: String isPublic: Boolean! avatar: ImageInput',
  ],
  ['UpdateRoomInput', 'roomId: ID! name: String description: String isPublic: Boolean avatar: ImageInput'],
  ['DeleteRoomInput', 'roomId: ID!'],
  ['DeleteRoomPayload', 'deletedRoomId: ID userErrors: [UserError!]!'],
  ['InviteToRoomInput', 'roomId: ID! userIds: [ID!]!'],
  ['RemoveRoomMemberInput', 'roomId: ID! userId: ID!'],
  ['SetRoomRoleInput', 'roomId: ID! userId: ID! role: RoomRole!'],
  ...['JoinRoom', 'LeaveRoom', 'AcceptRoomInvite', 'DeclineRoomInvite'].map((name): [string, string] => [
    `${name}Input`,
    'roomId: ID!',
  ]),
  ...[
    'CreateRoom',
    'UpdateRoom',
    'JoinRoom',
    'LeaveRoom',
    'AcceptRoomInvite',
    'DeclineRoomInvite',
    'InviteToRoom',
    'RemoveRoomMember',
    'SetRoomRole',
  ].map((name): [string, string] => [`${name}Payload`, 'room: Room userErrors: [UserError!]!']),
  [
    'Notification',
    'id: ID! kind: NotificationKind! actors: [User!]! actorsCount: Int! subject: Node createdAt: DateTime! updatedAt: DateTime! seenAt: DateTime',
  ],
  [
    'NotificationConnection',
    'edges: [NotificationEdge!]! nodes: [Notification!]! pageInfo: PageInfo! totalCount: Int!',
  ],
  ['UnseenCounts', 'total: Int! notifications: Int! connectionRequests: Int!'],
  ['MarkNotificationsSeenInput', 'notificationIds: [ID!]'],
  ['MarkNotificationsSeenPayload', 'seenCount: Int userErrors: [UserError!]!'],
  ['Subscription', 'notificationAdded: Notification! unseenChanged: UnseenCounts!'],
  ['UpdateAccountInput', 'accountId: ID! isVisible: Boolean!'],
  ['UpdateAccountPayload', 'account: Account userErrors: [UserError!]!'],
  [
    'UpdateProfileInput',
    'username: String displayName: String realName: String tagline: String bio: String memberTitle: String birthday: Date gender: String location: LocationInput position: CoordinatesInput company: CompanyInput timezone: String website: String links: [String!] tags: [String!] names: [NameEntryInput!] pronouns: [PronounEntryInput!] fields: [ProfileFieldInput!] customPreferences: [PreferenceInput!] flagIds: [ID!] avatar: ImageInput cover: ImageInput',
  ],
  ['DeleteAccountInput', 'username: String!'],
  [
    'UpdateSettingsInput',
    'notifications: NotificationSettingsInput privacy: PrivacySettingsInput display: DisplaySettingsInput',
  ],
  [
    'PrivacySettingsInput',
    'searchable: Boolean profileVisibility: ProfileVisibility memberListPrivate: Boolean nsfw: Boolean',
  ],
  ['LocationInput', 'name: String coordinates: CoordinatesInput'],
  ['CoordinatesInput', 'latitude: Float! longitude: Float!'],
  ['CompanyInput', 'name: String role: String'],
  ...[
    'requestConnection',
    'acceptConnection',
    'rejectConnection',
    'cancelConnectionRequest',
    'cancelConnectionRejection',
    'removeConnection',
  ].flatMap((name): [string, string][] => {
    const Name = name.charAt(0).toUpperCase() + name.slice(1);
    return [
      [`${Name}Input`, 'userId: ID!'],
      [`${Name}Payload`, 'user: User viewer: Viewer connection: Connection userErrors: [UserError!]!'],
    ];
  }),
  ['MarkConnectionRequestsSeenInput', 'userIds: [ID!]'],
  ['MarkConnectionRequestsSeenPayload', 'seenCount: Int userErrors: [UserError!]!'],
  ...[
    'followUser',
    'unfollowUser',
    'removeFollower',
    'blockUser',
    'unblockUser',
    'hideUser',
    'unhideUser',
  ].flatMap((name): [string, string][] => {
    const Name = name.charAt(0).toUpperCase() + name.slice(1);
    return [
      [`${Name}Input`, 'userId: ID!'],
      [`${Name}Payload`, 'user: User viewer: Viewer userErrors: [UserError!]!'],
    ];
  }),
])('the contract of %s', (name, contract) => {
  const type = schema.getType(name);
  if (!isObjectType(type) && !isInputObjectType(type) && !isInterfaceType(type))
    throw new Error(`${name} is missing.`);
  const actual = Object.values(type.getFields()).map((field) => `${field.name}: ${field.type}`);
  const expected = contract.match(/\w+: \S+/g) ?? [];
  expect(actual).toEqual(expect.arrayContaining(expected));
  const isOneOf = (name.endsWith('By') && name !== 'AccountBy') || name === 'ImageInput';
  if (isInputObjectType(type)) expect(type.isOneOf).toBe(isOneOf);
});

it.each([
  ['Query', 'node', 'id: ID!'],
  ['Query', 'nodes', 'ids: [ID!]!'],
  ['Query', 'user', 'by: UserBy!'],
  ['Query', 'member', 'by: MemberBy!'],
  ['Query', 'room', 'by: RoomBy!'],
  ['Query', 'post', 'by: PostBy!'],
  ['Query', 'category', 'by: CategoryBy!'],
  ['Query', 'categories', 'first: Int, after: String, last: Int, before: String'],
  ['User', 'posts', 'first: Int, after: String, last: Int, before: String, types: [PostType!]'],
  ...[
    ['User', 'photos'],
    ['User', 'categories'],
    ['Room', 'posts'],
    ['Category', 'posts'],
    ['Post', 'comments'],
    ['Post', 'reshares'],
    ['Post', 'likes'],
    ['PollChoice', 'voters'],
  ].map(([on = '', field = '']): [string, string, string] => [
    on,
    field,
    'first: Int, after: String, last: Int, before: String',
  ]),
  [
    'Viewer',
    'notifications',
    'first: Int, after: String, last: Int, before: String, unseenOnly: Boolean! = false',
  ],
  ['Viewer', 'rooms', 'first: Int, after: String, last: Int, before: String, name: String, kind: RoomKind'],
  ['User', 'rooms', 'first: Int, after: String, last: Int, before: String'],
  [
    'Viewer',
    'connectionRequests',
    'first: Int, after: String, last: Int, before: String, direction: RequestDirection! = RECEIVED, status: ConnectionStatus',
  ],
  ['Query', 'users', 'first: Int, after: String, last: Int, before: String, orderBy: UserOrder! = NEWEST'],
  [
    'Query',
    'searchUsers',
    'query: String!, context: SearchContext! = EVERYONE, roomId: ID, first: Int, after: String, last: Int, before: String',
  ],
  ['Query', 'viewer', ''],
  ['Query', 'community', ''],
])(
  'the contract of the arguments of %s.%s: what is there, and nothing more that must be given',
  (on, name, contract) => {
    const type = schema.getType(on);
    const args = (isObjectType(type) && type.getFields()[name]?.args) || [];
    if (contract !== '') expect(args).not.toEqual([]);
    const actual = args.map((arg) => {
      const value = arg.default?.value ?? arg.defaultValue;
      return `${arg.name}: ${arg.type}${value === undefined ? '' : ` = ${value}`}`;
    });
    const expected = contract.split(', ').filter(Boolean);
    expect(actual).toEqual(expect.arrayContaining(expected));
    expect(
      args.filter((arg) => isRequiredArgument(arg)).every((arg) => contract.includes(`${arg.name}: `)),
    ).toBe(true);
  },
);

it.each([
  ['UserStatus', 'ACTIVE PENDING SUSPENDED DELETED'],
  ['Badge', 'ADMIN STAFF VERIFIED COMMUNITY'],
  ['UserOrder', 'NEWEST OLDEST USERNAME'],
  ['SearchContext', 'EVERYONE MENTION ROOM_INVITE'],
  ['RoomKind', 'GROUP PAGE'],
  ['PostType', 'STATUS DISCUSSION POLL RESHARE'],
  ['PostVisibility', 'PUBLIC FOLLOWERS CONNECTIONS ASPECTS ROOM'],
  ['MediaType', 'IMAGES VIDEO DOCUMENTS LINK'],
  ['RoomRole', 'OWNER ADMIN MEMBER FOLLOWER'],
  ['ConnectionStatus', 'PENDING ACCEPTED REJECTED'],
  ['ConnectionState', 'NONE REQUESTED RECEIVED CONNECTED REJECTED'],
  ['RequestDirection', 'RECEIVED SENT'],
  ['CommunityMode', 'FOLLOW FRIENDSHIP BOTH'],
  ['ProfileVisibility', 'PUBLIC CONTACTS'],
  ['PreferenceSize', 'LARGE NORMAL SMALL'],
  ['ImageSize', 'SMALL MEDIUM LARGE ORIGINAL'],
  ['EmailFrequency', 'NEVER INSTANT DAILY'],
  [
    'NotificationKind',
    'FOLLOWED CONNECTION_REQUESTED CONNECTION_ACCEPTED POST_LIKED POST_COMMENTED POST_RESHARED MENTIONED POLL_VOTED ROOM_JOINED ROOM_INVITED',
  ],
  [
    'AccountProvider',
    'SELFCOMMUNITY PRONOUNS_CC QURAN_FOUNDATION DIASPORA DISCORD TUMBLR GOOGLE FEDIVERSE OIDC',
  ],
  [
    'ErrorCode',
    'NOT_FOUND INVALID TOO_SHORT TOO_LONG TOO_MANY TAKEN ALREADY_EXISTS GONE SELF BLOCKED MODE_DISABLED COOLDOWN FORBIDDEN LIMIT_REACHED UNSUPPORTED_IMAGE TOO_LARGE CONFLICT',
  ],
])('the contract of the enum %s', (name, contract) => {
  const type = schema.getType(name);
  if (!isEnumType(type)) throw new Error(`${name} is missing.`);
  expect(type.getValues().map((value) => value.name)).toEqual(expect.arrayContaining(contract.split(' ')));
});
