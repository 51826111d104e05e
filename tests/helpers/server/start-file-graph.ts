import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file as this Graph has it; each part can be made to lie. */
export interface GraphFile {
  readonly bytes: Buffer;
  /** What it tells of the file instead of the truth. */
  readonly info?: Record<string, unknown>;
  /** Answers in the file's place, one for each time that it is fetched; after them the file. */
  readonly answers?: ((response: ServerResponse) => void)[];
}

export interface GraphUpload {
  readonly waPhoneNumberId: string;
  readonly form: FormData;
}

/** The part of Graph that has to do with files, on this machine. */
export interface FileGraph {
  readonly url: string;
  readonly files: Map<string, GraphFile>;
  readonly uploads: GraphUpload[];
  /** What Graph says instead of telling of a file, by its id. */
  readonly refusals: Map<string, { readonly status: number; readonly body: unknown }>;
  /** Addresses that were asked, without their queries, and whether the token came along. */
  readonly asked: { path: string; hasToken: boolean }[];
  /** Answers to the next uploads; after them each is taken. */
  readonly uploadAnswers: ((response: ServerResponse) => void)[];
  close(): Promise<void>;
}

export async function startFileGraph(): Promise<FileGraph> {
  const files = new Map<string, GraphFile>();
  const uploads: GraphUpload[] = [];
  const refusals: FileGraph["refusals"] = new Map();
  const asked: FileGraph["asked"] = [];
  const uploadAnswers: FileGraph["uploadAnswers"] = [];
  const server = createServer((request, response) => {
    const { pathname: path } = new URL(request.url ?? "/", "http://localhost");
    asked.push({ path, hasToken: request.headers.authorization === "Bearer access-token" });
    const [, first = "", second = "", third] = path.split("/");
    if (first === "file") return void sendFile(files.get(second), response);
    if (request.method === "POST" && third === "media") return void takeUpload(request, response, second);
    return sendInfo(files.get(second), second, response);
  });
  const takeUpload = async (request: IncomingMessage, response: ServerResponse, waPhoneNumberId: string) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = uploadAnswers.shift();
    if (answer) return answer(response);
    const headers = { "content-type": request.headers["content-type"] ?? "" };
    uploads.push({
      waPhoneNumberId,
      form: await new Response(Buffer.concat(chunks), { headers }).formData(),
    });
    return sendJson(response, 200, { id: `uploaded-${uploads.length}` });
  };
  const sendInfo = (file: GraphFile | undefined, id: string, response: ServerResponse): void => {
    const refusal = refusals.get(id);
    if (refusal) return sendJson(response, refusal.status, refusal.body);
    if (!file) return sendJson(response, 400, { error: { code: 100 } });
    const sha256 = createHash("sha256").update(file.bytes).digest("hex");
    const info = { id, url: `${url()}/file/${id}`, sha256, file_size: file.bytes.length, ...file.info };
    return sendJson(response, 200, info);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url(),
    files,
    uploads,
    refusals,
    asked,
    uploadAnswers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendFile(file: GraphFile | undefined, response: ServerResponse): void {
  const answer = file?.answers?.shift();
  if (answer) return answer(response);
  if (!file) return sendJson(response, 404, {});
  response.end(file.bytes);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
