// In the browser: what GraphiQL sends goes as whoever is chosen, with the files that are chosen.
{
  const kept = 'kith:demo-person';
  const people = JSON.parse(document.getElementById('demo-people').textContent);
  const chooser = document.getElementById('demo-person');
  const picker = document.getElementById('demo-file');

  for (const { username, name } of people) chooser.add(new Option(`${name} (${username})`, username));
  chooser.add(new Option('nobody', ''));
  // Each window keeps its own: to be two people is to have two windows.
  const before = sessionStorage.getItem(kept);
  if (before === '' || people.some(({ username }) => username === before)) chooser.value = before;
  chooser.addEventListener('change', () => sessionStorage.setItem(kept, chooser.value));

  /** By the GraphQL multipart request specification, where Upload variables are null and there are files for them. */
  const withFiles = (body) => {
    if (typeof body !== 'string' || picker.files.length === 0) return body;
    const { variables, ...operation } = JSON.parse(body);
    const names = [...operation.query.matchAll(/\$(\w+)\s*:\s*Upload\b/g)].map(([, name]) => name);
    const empty = names.filter((name) => (variables?.[name] ?? null) === null);
    const files = [...picker.files].slice(0, empty.length);
    if (files.length === 0) return body;
    const form = new FormData();
    const nulls = Object.fromEntries(empty.map((name) => [name, null]));
    form.append('operations', JSON.stringify({ ...operation, variables: { ...variables, ...nulls } }));
    form.append(
      'map',
      JSON.stringify(Object.fromEntries(files.map((_, i) => [i, [`variables.${empty[i]}`]]))),
    );
    files.forEach((file, i) => {
      form.append(String(i), file);
    });
    return form;
  };

  const send = window.fetch;
  window.fetch = (url, init = {}) => {
    const headers = new Headers(init.headers);
    const person = people.find(({ username }) => username === chooser.value);
    // What somebody wrote into the headers' editor wins.
    if (person && !headers.has('authorization')) headers.set('authorization', `Bearer ${person.token}`);
    const body = withFiles(init.body);
    // A form's type has the boundary in it, which the browser makes.
    if (body instanceof FormData) headers.delete('content-type');
    return send(url, { ...init, headers, body });
  };
}
