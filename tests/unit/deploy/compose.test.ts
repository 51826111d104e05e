import { DCLinter } from "dclint";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EnvironmentSchema } from "#server/utils/config-schema";

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly profiles?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string; required?: boolean }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly logging?: { readonly options?: Readonly<Record<string, string>> };
  readonly deploy?: { readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> } };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { file: string }>>;
}

const pathOf = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(pathOf(name), "utf8");
const load = (name: string) => parse(read(name), { merge: true }) as Compose;

const FILES = ["docker-compose.yml", "docker-compose.prod.yml"];
const EXTERNAL = "deploy/postgres/docker-compose.external.yml";
const compose = load("docker-compose.yml");
const services = Object.entries(compose.services);
// Runs once, and its exit code says how it went.
const lasting = services.filter(([name]) => name !== "migrate");

// How a file looks is not dclint's to say. `build` beside `image` names what was built.
const OFF = [
  "no-build-and-image",
  "no-quotes-in-volumes",
  // It does not look into a variable's default; a test below does.
  "no-unbound-port-interfaces",
  "require-project-name-field",
  "require-quotes-in-ports",
  "service-dependencies-alphabetical-order",
  "service-keys-order",
  "service-ports-alphabetical-order",
  "services-alphabetical-order",
  "top-level-properties-order",
];

describe.each([...FILES, EXTERNAL])("%s", (file) => {
  it("is valid by the Compose specification's schema", () => {
    const rules = Object.fromEntries(OFF.map((rule) => [rule, 0 as const]));
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    const messages = linter.lintFiles([pathOf(file)], false).flatMap((result) => result.messages);
    expect(messages.map(({ line, rule, message }) => `${line} ${rule}: ${message}`)).toEqual([]);
  });

  it("holds no value of a secret, and the names of variables that .env.example has", () => {
    expect(read(file)).not.toMatch(/(password|secret|token|key):\s*["']?[0-9a-f]{16,}/i);
    const example = read(".env.example");
    const names = [...read(file).matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect(names.filter((name) => !new RegExp(`^#? ?${name}=`, "m").test(example))).toEqual([]);
  });
});

describe("every service", () => {
  it.each(services)("%s has as few rights as it can", (_, service) => {
    expect(service).toMatchObject({ read_only: true, init: true, cap_drop: ["ALL"] });
    expect(service.security_opt).toContain("no-new-privileges:true");
    expect(service.privileged).toBeUndefined();
    expect(service.volumes?.filter((volume) => volume.includes("docker.sock")) ?? []).toEqual([]);
  });

  it.each(services)("%s has limits, a bounded log and a network of its own choice", (_, service) => {
    const limits = service.deploy?.resources?.limits ?? {};
    expect(Object.keys(limits).toSorted()).toEqual(["cpus", "memory", "pids"]);
    expect(service.logging?.options).toMatchObject({ "max-size": "10m", "max-file": "5" });
    expect(service.networks?.length).toBeGreaterThan(0);
    for (const network of service.networks ?? []) expect(Object.keys(compose.networks)).toContain(network);
  });

  it.each(lasting)("%s comes back by itself, and says when it works", (name, service) => {
    expect(service.restart).toBe("unless-stopped");
    // The server's image has its own.
    expect(name === "app" || (service.healthcheck?.test?.length ?? 0) > 1).toBe(true);
  });

  it("nginx keeps what a reload writes apart from bodies that callers send", () => {
    const nginx = compose.services["nginx"];
    const { EDGE_DIR = "", BODY_DIR = "" } = nginx?.environment ?? {};
    const folders = nginx?.tmpfs?.map((entry) => entry.split(":")[0]) ?? [];
    expect(folders).toContain(EDGE_DIR);
    expect(folders.filter((folder) => BODY_DIR.startsWith(`${folder}/`))).toEqual(["/tmp"]);
  });

  it.each(services)("%s waits for what is there", (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name);
      const runsOnce = name === "migrate";
      expect(condition).toBe(runsOnce ? "service_completed_successfully" : "service_healthy");
    }
  });

  it.each(services)("%s names the version of its image", (_, service) => {
    const [, tag] = /^\$\{[A-Z_]+:-[^:}]+:([^}]+)\}$/.exec(service.image ?? "") ?? [];
    expect(tag).toMatch(/^(local|v?\d[\w.-]*)$/);
  });

  it.each(services)(
    "%s mounts only volumes that are declared, and folders of deploy/ to read",
    (_, service) => {
      for (const volume of service.volumes ?? []) {
        const [source = "", , mode] = volume.split(":");
        const isDeclared = Object.hasOwn(compose.volumes, source);
        expect(isDeclared || (source.startsWith("./deploy/") && mode === "ro"), volume).toBe(true);
      }
    },
  );
});

describe("what the world reaches", () => {
  // Over IPv6 everybody would come with the bridge's address, which is private, and so may ask /ready.
  it("is nginx, on 80 and 443, over IPv4 alone", () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(["nginx ${HTTP_PORT:-0.0.0.0:80}:80", "nginx ${HTTPS_PORT:-0.0.0.0:443}:443"]);
  });

  it("is neither a database nor Inngest: their networks lead nowhere", () => {
    for (const name of ["postgres", "migrate", "inngest", "inngest-postgres", "inngest-redis"])
      for (const network of compose.services[name]?.networks ?? [])
        expect(compose.networks[network]?.internal, `${name} on ${network}`).toBe(true);
    expect(compose.services["postgres"]?.networks).toEqual(["database"]);
  });

  it("is believed about addresses only where nginx is", () => {
    const config = parse(read("docker-compose.yml")) as {
      networks: { edge: { ipam: { config: { subnet: string }[] } } };
    };
    const [{ subnet } = { subnet: "" }] = config.networks.edge.ipam.config;
    expect(compose.services["app"]?.environment?.["TRUSTED_PROXIES"]).toBe(subnet);
    const there = services.filter(([, { networks }]) => networks?.includes("edge")).map(([name]) => name);
    expect(there).toEqual(["app", "nginx"]);
  });
});

describe("a database elsewhere", () => {
  const external = load(EXTERNAL);

  it("needs none here: whoever waits for it waits no more, and it is in a profile of its own", () => {
    const waiting = services.filter(([, { depends_on = {} }]) => Object.hasOwn(depends_on, "postgres"));
    const released = Object.entries(external.services).filter(
      ([, { depends_on }]) => depends_on?.["postgres"]?.required === false,
    );
    expect(released.map(([name]) => name)).toEqual(waiting.map(([name]) => name));
    const [profile = ""] = external.services["postgres"]?.profiles ?? [];
    expect(services.filter(([, { profiles }]) => profiles?.includes(profile))).toEqual([]);
    expect(profile).not.toBe("");
  });

  it("is reached by all who hold a login", () => {
    const holders = services.filter(([, { secrets = [] }]) =>
      secrets.some((secret) => /^database-.*url$/.test(secret)),
    );
    expect(holders.map(([name]) => name)).toEqual(["app", "migrate"]);
    for (const [name, { networks = [] }] of holders)
      expect([...networks, ...(external.services[name]?.networks ?? [])], name).toContain("egress");
  });
});

describe("settings of its own", () => {
  it("has the version of each database, because no major version reads another's files", () => {
    const images = ["postgres", "inngest-postgres"].map((name) => compose.services[name]?.image);
    expect(images).toEqual([
      "${POSTGRES_IMAGE:-postgres:16-alpine}",
      "${INNGEST_POSTGRES_IMAGE:-postgres:16-alpine}",
    ]);
  });

  it("may leave out an address for the authority, when it is said to be empty", () => {
    const { ACME_EMAIL } = load("docker-compose.prod.yml").services["certbot"]?.environment ?? {};
    expect(ACME_EMAIL).toMatch(/^\$\{ACME_EMAIL\?/);
  });
});

describe("secrets", () => {
  it.each(services)("%s refers to those that it is given, and is given those that exist", (_, service) => {
    const given = service.secrets ?? [];
    for (const name of given) expect(Object.keys(compose.secrets)).toContain(name);
    const named = Object.values(service.environment ?? {}).flatMap(
      (value) => /^(?:secrets:\/|\/run\/secrets)\/([\w.-]+)$/.exec(String(value))?.[1] ?? [],
    );
    expect(named.filter((name) => !given.includes(name))).toEqual([]);
  });

  it("come from files of the names that deploy/secrets writes", () => {
    const written = read("deploy/secrets/names")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(/\s+/) as [string, string]);
    expect(Object.keys(compose.secrets).toSorted()).toEqual(written.map(([name]) => name).toSorted());
    for (const [name, { file }] of Object.entries(compose.secrets))
      expect(file).toBe(`\${HOST_SECRETS_DIR:-/run/wamcp/secrets}/${name}`);
    // A file can be read by its one owner: PostgreSQL's user, or that of the image.
    for (const [service, { secrets = [] }] of services)
      for (const secret of secrets) {
        const reader = service.endsWith("postgres") ? "postgres" : "app";
        expect(written, `${service} reads ${secret}`).toContainEqual([secret, reader, expect.anything()]);
      }
  });

  it("give the owner's login to migrations alone, and tool calls a login of their own", () => {
    const holders = services.filter(([, { secrets }]) => secrets?.includes("database-owner-url"));
    expect(holders.map(([name]) => name)).toEqual(["migrate"]);
    expect(compose.services["app"]?.environment).toMatchObject({
      DATABASE_URL: "secrets://database-url",
      DATABASE_CLIENT_URL: "secrets://database-client-url",
      DATABASE_ARCHIVER_URL: "secrets://database-archiver-url",
    });
  });
});

describe("the server's environment", () => {
  it("has names that the server reads", () => {
    const known = new Set([...Object.keys(EnvironmentSchema.entries), "SECRETS_DIR"]);
    for (const name of ["app", "migrate"]) {
      const names = Object.keys(compose.services[name]?.environment ?? {});
      expect(names.filter((variable) => !known.has(variable))).toEqual([]);
    }
  });

  it("gives it longer to stop than it takes", () => {
    expect(Number.parseInt(compose.services["app"]?.stop_grace_period ?? "0", 10)).toBeGreaterThan(10);
  });
});
