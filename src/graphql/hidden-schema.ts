import { GraphQLError, NoSchemaIntrospectionCustomRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** What graphql-js adds to a message when something in the schema is spelled much like what was asked for. */
const suggestion = / ?Did you mean [^?]*\?/;

/** The Yoga plugin that tells nothing of the schema: neither by introspection nor by suggestions. */
export function useHiddenSchema(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecutionResult({ result, setResult }) {
      if (!result || !('errors' in result) || !result.errors?.some((e) => suggestion.test(e.message))) return;
      const errors = result.errors.map(
        ({ message, nodes, source, positions, path, extensions }) =>
          new GraphQLError(message.replace(suggestion, ''), { nodes, source, positions, path, extensions }),
      );
      setResult({ ...result, errors });
    },
  };
}
