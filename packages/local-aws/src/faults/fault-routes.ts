import { isObject } from '../json.ts';
import type { LocalRoutes } from '../local-api.ts';
import { type Chaos, ChaosError, faultKinds } from './chaos.ts';
import type { Faults } from './faults.ts';

/** The faults that can be injected, which of them are, and a way to change that while the system runs. */
export const faultRoutes = (faults: Faults): LocalRoutes => {
  const state = () => ({ status: 200, body: { ...faults.current(), kinds: faultKinds } });
  return {
    'GET /_local/faults': state,

    'POST /_local/faults {"probabilities": {"throttle": 0.1}}': ({ body }) => {
      try {
        faults.change(readProbabilities(body.toString()));
      } catch (error) {
        if (!(error instanceof ChaosError)) throw error;
        return { status: 400, body: { message: error.message } };
      }
      return state();
    },
  };
};

function readProbabilities(body: string): Chaos['probabilities'] {
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    // Refused below, with everything else that isn't an object.
  }
  const { probabilities, ...others } = isObject(asked) ? asked : {};
  if (!isObject(probabilities) || Object.keys(others).length > 0) {
    const received = JSON.stringify(body.slice(0, 100));
    throw new ChaosError(
      `The body is ${received}; allowed is {"probabilities": {"<fault>": <0 to 1>}}, with the faults ` +
        `${Object.keys(faultKinds).join(', ')}. A fault that is left out doesn't happen`,
    );
  }
  return probabilities as Chaos['probabilities'];
}
