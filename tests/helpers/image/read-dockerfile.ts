import { DockerfileParser } from "dockerfile-ast";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One instruction, with its flags and arguments as they are written. */
export interface Instruction {
  readonly word: string;
  readonly args: readonly string[];
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export const DOCKERFILE = fileURLToPath(new URL("../../../Dockerfile", import.meta.url));

/** The stages of the Dockerfile, in their order. */
export function readDockerfile(): Stage[] {
  const file = DockerfileParser.parse(readFileSync(DOCKERFILE, "utf8"));
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const instruction of file.getInstructions()) {
    const word = instruction.getKeyword();
    const args = instruction.getArguments().map((argument) => argument.getValue());
    // With its flags, which are not among the arguments.
    const text = instruction.toString().slice(word.length).trim();
    if (word === "FROM") stages.push({ base: args[0] ?? "", name: args[2] ?? "", instructions: [] });
    else stages.at(-1)?.instructions.push({ word, args, text });
  }
  return stages;
}

/** What a stage is made of, with the stages that it begins from. */
export function collectInstructions(stages: readonly Stage[], name: string): Instruction[] {
  const stage = stages.find((each) => each.name === name);
  return stage ? [...collectInstructions(stages, stage.base), ...stage.instructions] : [];
}

/** An instruction in its exec form: what runs without a shell. */
export function readExecForm(instructions: readonly Instruction[], word: string): string[] {
  const text = instructions.findLast((instruction) => instruction.word === word)?.text ?? "";
  const json = /\[.*\]/s.exec(text)?.[0];
  if (json === undefined) throw new Error(`${word} is not in its exec form`);
  return JSON.parse(json) as string[];
}
