import { randomInt } from "node:crypto";
import type { Template } from "./template";

// 6,000 is the most a verified portfolio may have (reference 5).
const TEMPLATES_LIMIT = 6000;

/** The account's templates, in the order they came. Every account is born with `hello_world`. */
export class TemplateStore {
  readonly #byId = new Map<string, Template>();

  constructor() {
    this.clear();
  }

  find(name: string, language: string): Template | undefined {
    return this.list().find((template) => template.name === name && template.language === language);
  }

  findById(id: string): Template | undefined {
    return this.#byId.get(id);
  }

  list(): Template[] {
    return [...this.#byId.values()];
  }

  get isFull(): boolean {
    return this.#byId.size >= TEMPLATES_LIMIT;
  }

  add(template: Omit<Template, "id">): Template {
    const added = { ...template, id: createTemplateId() };
    this.#byId.set(added.id, added);
    return added;
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** Back to what a new account has. */
  clear(): void {
    this.#byId.clear();
    this.add({
      name: "hello_world",
      language: "en_US",
      category: "UTILITY",
      status: "APPROVED",
      parameterFormat: "POSITIONAL",
      components: [
        { type: "HEADER", format: "TEXT", text: "Hello World" },
        {
          type: "BODY",
          text: "This is the template that every new account has. It greets and asks nothing.",
        },
        { type: "FOOTER", text: "WhatsApp simulator" },
      ],
      quality: "UNKNOWN",
      qualityAt: 0,
      rejectedReason: "NONE",
    });
  }
}

function createTemplateId(): string {
  return `${randomInt(1_000_000, 9_999_999)}${randomInt(10_000_000, 99_999_999)}`;
}
