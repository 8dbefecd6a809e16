// PostGraphile 5: the Amber preset over the same tables, as the serving role, with row security by its own settings.
import { createServer } from "node:http";
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { postgraphile } from "postgraphile";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";

const [port, folder, workers] = process.argv.slice(2);
if (cluster.isPrimary && Number(workers) > 1) {
  for (let i = 0; i < Number(workers); i += 1) cluster.fork();
} else {
  const { callers } = JSON.parse(readFileSync(`${folder}/inputs.json`, "utf8"));
  const { roles } = JSON.parse(readFileSync(`${folder}/database.json`, "utf8"));
  // Exactly what row security reads of our own callers.
  const settings = Object.fromEntries(Object.entries(callers).map(([name, it]) => [name, it.settings]));
  const preset = {
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ connectionString: roles.app, schemas: ["public"] })],
    gather: { pgStrictFunctions: true },
    grafserv: { graphiql: false, graphqlPath: "/graphql" },
    grafast: {
      context: (ctx) => ({ pgSettings: settings[ctx.node?.req?.headers["x-caller"]] ?? {} }),
      explain: false,
    },
  };
  const server = createServer();
  server.on("error", (error) => { console.error(error); process.exit(1); });
  await postgraphile(preset).createServ(grafserv).addTo(server);
  server.listen(Number(port), "127.0.0.1");
}
