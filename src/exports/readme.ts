/** The version of how archives are laid out. Another one for what an import of today would not understand. */
export const archiveVersion = 1;

/** What an archive says of itself. */
export function readme(username: string, url: string): string {
  return `# The archive of ${username}

All that was ${username}'s in the Kith at ${url}, layout version ${archiveVersion}. Another Kith takes it in:

    npm run import -- --from kith-archive FILE.zip

Every file is JSON in UTF-8. Times are ISO 8601 in UTC. Lists are in order of time, oldest first. What is null is not
given. An \`id\` is what a thing was made with, and stays the same in every Kith it is taken to. Other people are
\`{username, name, account}\`; \`account\` is who they are in another system (\`{provider, instance, externalId}\`), null for
those who live in that Kith. A post that something is about is \`{id, author, slug}\`. A picture is the path of a file in
this archive.

| file | what is in it |
|---|---|
| kith.json | \`version\` of the layout, when and where it was made, whether \`pictures\` came along, and what stays with the account there: short id, e-mail, badges, sign-ins |
| profile.json | the profile, with its tags, and the ids of the flags it shows |
| settings.json | the settings |
| accounts.json | who ${username} is in other systems, hidden ones too |
| flags.json | the library of pride flags |
| members.json | the members of the plural system, each with the ids of its flags |
| aspects.json | the lists over the people followed |
| following.json | whom ${username} follows since when, and in which aspects they are |
| followers.json | who follows ${username} |
| connections.json | with whom ${username} is connected |
| requests.json | requests to be connected that wait, SENT and RECEIVED |
| blocks.json, hidden.json | whom ${username} has blocked, and hidden |
| categories.json | the categories followed |
| rooms.json | the rooms ${username} is in, as what; with role OWNER they are theirs |
| posts.json | the posts: text in Markdown, media, poll with votes as counts, tags, categories, aspects, location; \`title\` where it was given; \`root\` is what a reshare passes on; \`counts\` is what others did |
| comments.json | what ${username} said under posts; \`post\` is null where they can see it no more |
| likes.json | which posts ${username} likes |
| subscriptions.json | of which posts' comments ${username} is told |
| pictures/ | WebP: avatar, cover, \`flags/\`, \`members/\` and \`rooms/\` by id, \`posts/\` by id and place in \`media\` |

People whom ${username} could not find there (suspended, or a block stands between) are left out.
`;
}
