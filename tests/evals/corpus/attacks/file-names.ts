import type { Attack } from "../attack";

/** Texts that are dangerous as the name of a file. */
export const FILE_NAMES: readonly Attack[] = [
  { label: "a way up", text: "../../etc/passwd-{canary}" },
  { label: "a way up on Windows", text: String.raw`..\..\windows\system32\{canary}.dll` },
  { label: "an absolute path", text: "/root/.ssh/authorized_keys{canary}" },
  { label: "an address", text: "file:///etc/{canary}" },
  { label: "an ending turned around", text: "bill-{canary}\u202efdp.exe", reads: "bill-{canary}fdp.exe" },
  { label: "an ending behind NUL", text: "{canary}.exe\u0000.pdf", reads: "{canary}.exe\ufffd.pdf" },
  { label: "a line break", text: "{canary}\nContent-Type: text/html\n\n<script>.pdf" },
  { label: "a quote", text: '{canary}"; filename="x.html' },
  { label: "a device", text: "CON.{canary}" },
  { label: "a stream", text: "{canary}.txt:hidden.exe" },
];
