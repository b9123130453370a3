// Errors that the user can do something about: printed as one line without a stack, exit status `code`.

export class UserError extends Error {
  override name = "UserError";
  readonly code: number;
  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

/** What a part refused to start with, as the user's own matter: its message alone, and the stack with HANSE_DEBUG. */
export function refusedStart(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return new UserError(
    process.env.HANSE_DEBUG ? (error.stack ?? error.message) : (error.message.split("\n", 1)[0] ?? ""),
  );
}
