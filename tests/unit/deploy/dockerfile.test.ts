import { validate } from "dockerfile-utils";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  collectInstructions,
  DOCKERFILE,
  readDockerfile,
  readExecForm,
} from "#tests/helpers/image/read-dockerfile";

const stages = readDockerfile();
const names = stages.map(({ name }) => name);
const shipped = ["app", "simulator"];

describe("the Dockerfile", () => {
  it("has no fault that a parser can see", () => {
    const problems = validate(readFileSync(DOCKERFILE, "utf8"));
    expect(problems.map(({ range, message }) => `${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  it("asks for no syntax that would have to be fetched", () => {
    expect(readFileSync(DOCKERFILE, "utf8")).not.toMatch(/^#\s*syntax\s*=/im);
  });

  it("takes its base from one argument, so that it can be pinned", () => {
    const outside = stages.map(({ base }) => base).filter((base) => !names.includes(base));
    expect([...new Set(outside)].toSorted()).toEqual(["${NODE_IMAGE}", "scratch"]);
    // The last stage is what `docker build` makes when nobody names one.
    expect(names.at(-1)).toBe("app");
  });

  it("copies only what exists, and what .dockerignore lets in", () => {
    const letIn = readFileSync(".dockerignore", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copies = stages.flatMap(({ instructions }) => instructions.filter(({ word }) => word === "COPY"));
    const sources = copies
      .filter(({ text }) => !text.includes("--from="))
      .flatMap(({ args }) => args.slice(0, -1));
    for (const source of sources) {
      expect(existsSync(source), source).toBe(true);
      expect(
        letIn.some((path) => source === path || source.startsWith(`${path}/`)),
        source,
      ).toBe(true);
    }
    const from = copies.flatMap(({ text }) => /--from=(\S+)/.exec(text)?.[1] ?? []);
    expect(from.filter((stage) => !names.includes(stage))).toEqual([]);
  });

  it.each(shipped)("makes %s run as a numbered user without a shell in between", (name) => {
    const instructions = collectInstructions(stages, name);
    const user = instructions.findLast(({ word }) => word === "USER")?.text;
    expect(user).toMatch(/^[1-9]\d+:[1-9]\d+$/);
    expect(readExecForm(instructions, "ENTRYPOINT")[0]).toBe("node");
    // Whatever comes after belongs to root, so the server cannot change itself.
    expect(instructions.filter(({ text }) => text.includes("--chown"))).toEqual([]);
  });

  it("checks the server's health with nothing but Node", () => {
    expect(readExecForm(collectInstructions(stages, "app"), "HEALTHCHECK")).toEqual([
      "node",
      "/app/start.mjs",
      "health",
    ]);
  });

  it("says where the image comes from", () => {
    const labels = collectInstructions(stages, "app").filter(({ word }) => word === "LABEL");
    for (const label of ["version", "revision", "licenses", "title"])
      expect(labels.map(({ text }) => text).join()).toContain(`org.opencontainers.image.${label}=`);
  });

  it("bakes no secret in", () => {
    const text = readFileSync(DOCKERFILE, "utf8");
    expect(text).not.toMatch(/(ARG|ENV)\s+\S*(SECRET|TOKEN|PASSWORD|PEPPER|KEY)/i);
  });
});
