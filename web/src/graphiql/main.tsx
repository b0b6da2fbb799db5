/** @jsxImportSource react */
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";
import { keepToken, readToken } from "../api/token";
import { EXAMPLES } from "./examples";
import "./graphiql.css";

const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;

function bearer(): string {
  return `Bearer ${readToken() ?? ""}`;
}

function Explorer() {
  const fetcher = createGraphiQLFetcher({
    url: "/graphql",
    headers: { authorization: bearer() },
    wsClient: createClient({ url: socket, connectionParams: () => ({ authorization: bearer() }) }),
  });
  const defaultTabs = EXAMPLES.map((one) => ({ query: one.query, variables: JSON.stringify(one.variables, null, 2) }));
  return <GraphiQL fetcher={fetcher} defaultTabs={defaultTabs} shouldPersistHeaders={false} />;
}

function start(): void {
  const place = document.getElementById("app")!;
  if (!readToken()) {
    const given = window.prompt("Access token (dieloom token --role engineer)");
    if (given) keepToken(given);
  }
  document.title = "GraphiQL · dieloom";
  createRoot(place).render(<Explorer />);
}

start();
