import { type AddressInfo, createServer } from 'node:net';

/** What a command printed, and its exit status. */
export interface CommandResult {
  status: number;
  output: string;
  error: string;
}

/** A command: gets its arguments, and what it can read from stdin. */
type Command = (args: readonly string[], stdin: string) => Promise<CommandResult>;

/**
 * Serves commands to a shell from this process. A script of bash in the place of each sends its arguments here, since a
 * process of Node.js for each of hundreds of calls takes most of a test's time.
 */
export async function serveCommands(commands: Readonly<Record<string, Command>>) {
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', async (chunk) => {
      text += chunk;
      const fields = readFields(text);
      if (!fields) return;
      const [name = '', stdin = '', ...args] = fields;
      const result = await commands[name]?.(args, stdin);
      if (result) socket.end(`${result.status}\0${result.output}\0${result.error}\0`);
      else socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /**
     * The text of the script for a command.
     *
     * @param input the condition, in bash, for reading stdin
     */
    script: (name: string, input: string) => `#!/bin/bash
stdin=
if ${input}; then stdin=$(cat); fi
exec 3<>/dev/tcp/127.0.0.1/${port}
printf '%s\\0' "$(($# + 2))" ${name} "$stdin" "$@" >&3
IFS= read -r -d '' status <&3
IFS= read -r -d '' output <&3
IFS= read -r -d '' error <&3
printf '%s' "$output"
printf '%s' "$error" >&2
exit "\${status:-255}"
`,
    close: () => void server.close(),
  };
}

/** The texts that end in a zero byte each, after the first, which is their number; nothing until all are there. */
function readFields(text: string): string[] | undefined {
  const [count, ...fields] = text.split('\0');
  return fields.length > Number(count) ? fields.slice(0, -1) : undefined;
}
