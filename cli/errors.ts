// An error that the user can do something about: printed as one line without a stack, exit status `code`.

export class UserError extends Error {
  override name = "UserError";
  readonly code: number;
  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}
