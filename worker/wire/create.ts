// POST to a collection.
import { readObject } from "./body.ts";
import { type Exchange, sendStored } from "./exchange.ts";
import { create } from "./write.ts";
import { writeOptionsOf } from "./writeoptions.ts";

export async function post(x: Exchange): Promise<Response> {
  const options = writeOptionsOf(x, "CreateOptions");
  const object = await readObject(x, options.validation);
  const written = await create(x, { object, options });
  return sendStored(x, 201, written.value, written.version);
}
