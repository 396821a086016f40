/** The command line of the smoke test. Exit status: 0, every order came to its status; 1, it says which didn't. */
import { readOptions } from './read-options.ts';
import { smoke } from './smoke.ts';

const usage = `Places an order for each route (the EU, the US, elsewhere), and follows it by GET /orders/<orderId>.

  pnpm smoke --url <api_url>
    --url <api_url>        the address of the API with its stage: the output api_url of a deploy, or http://127.0.0.1:4000/dev
    --token <token>        the bearer token, for a stage that asks for one
    --timeout <seconds>    how long an order may take: 60 by default
`;

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) process.stdout.write(usage);
  else {
    const problems = await smoke({ ...options, report: (sentence) => console.log(sentence) });
    for (const problem of problems) console.error(problem);
    if (problems.length === 0) console.log('Every order came to its status.');
    process.exitCode = problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  process.exitCode = 1;
}
