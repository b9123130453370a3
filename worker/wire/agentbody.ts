// Bodies of the agent protocol: read with a limit, parsed as JSON, judged by a zod schema. Too large 413, no JSON 400, wrong 422.
import type { z } from "zod";
import { ApiError, badRequest, tooLargeBody } from "./status.ts";

export async function readBody<T extends z.ZodType>(
  request: Request,
  schema: T,
  limitBytes: number,
): Promise<z.output<T>> {
  const text = await readText(request, limitBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const causes = parsed.error.issues.slice(0, 20).map((issue) => ({
    reason: "FieldValueInvalid",
    message: issue.message,
    field: issue.path.join("."),
  }));
  throw new ApiError(422, "Invalid", `the body is invalid: ${causes[0]?.field}: ${causes[0]?.message}`, { causes });
}

async function readText(request: Request, limitBytes: number): Promise<string> {
  const tooLarge = () => tooLargeBody(`limit is ${limitBytes}`);
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLarge();
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
