import { compileTemplate } from '../data-flow/json-path-expression.ts';
import { compilePathField } from '../data-flow/json-path-flow.ts';
import type { Scope } from '../data-flow/scope.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { compileJsonataTemplate, compileTyped } from '../jsonata/expression.ts';
import { EvaluationError, errorNames } from '../states-error.ts';
import { checkFields } from './check-fields.ts';
import type { MapState } from './definition.ts';
import { processorConfigFields, processorFields, type QueryLanguage } from './fields.ts';
import { inside } from './problems.ts';
import type { Surroundings } from './surroundings.ts';
import { compileCount } from './values.ts';

/** Reads what only a Map state has. */
export function parseMap(
  state: JsonObject,
  around: Surroundings,
): Pick<MapState, 'processor' | 'processorField' | 'items' | 'itemSelector' | 'maxConcurrency'> | undefined {
  const { language } = around;
  const processor = parseProcessor(state, around);
  if (processor === undefined) return undefined;
  const maxConcurrency = compileCount(state, 'MaxConcurrency', language, 0);
  return {
    processor,
    processorField: state.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor',
    items: compileItems(state, language),
    itemSelector: compileSelector(state, language),
    maxConcurrency: maxConcurrency ?? (async () => 0),
  };
}

function parseProcessor(state: JsonObject, { place, problems, parseMachine }: Surroundings) {
  const name = state.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor';
  const processor = state[name];
  if (!isObject(processor)) return undefined;
  const processorPlace = inside(place, name);
  const { ProcessorConfig: config } = processor;
  if (isObject(config)) {
    const configPlace = inside(processorPlace, 'ProcessorConfig');
    checkFields(config, processorConfigFields, 'JSONPath', configPlace, problems);
    if (config.Mode === 'DISTRIBUTED') {
      problems.unknown(
        inside(configPlace, 'Mode'),
        "Step Functions has distributed Map states; they aren't known here",
      );
    }
  }
  return parseMachine(processor, processorFields, processorPlace);
}

function compileItems(state: JsonObject, language: QueryLanguage): (scope: Scope) => Promise<JsonValue[]> {
  const isJsonata = language === 'JSONata';
  const evaluate =
    isJsonata && state.Items !== undefined
      ? compileTyped(state.Items, 'Items', 'array')
      : compilePathField(state.ItemsPath);
  return async (scope) => {
    const items = await evaluate(scope);
    if (Array.isArray(items)) return items;
    if (isJsonata) {
      throw new EvaluationError(
        errorNames.queryEvaluationError,
        `Map state input must be an array but was: ${JSON.stringify(items)}`,
      );
    }
    throw new EvaluationError(
      errorNames.runtime,
      // AWS prints a path of the context object with one dollar sign.
      `Reference path "${String(state.ItemsPath ?? '$').replace(/^\$\$/, '$')}" must point to array.`,
    );
  };
}

function compileSelector(state: JsonObject, language: QueryLanguage) {
  const { ItemSelector: selector = state.Parameters } = state;
  if (selector === undefined) return undefined;
  if (language === 'JSONata') return compileJsonataTemplate(selector, 'ItemSelector');
  const evaluate = compileTemplate(selector);
  return async (scope: Scope) => evaluate(scope);
}
