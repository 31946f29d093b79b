/** The columns of a change that are given: what is undefined stays as it is. */
export function given<Change extends object>(change: Change) {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [Column in keyof Change]?: Exclude<Change[Column], undefined>;
  };
}
