/** What tests choose where a first sign-in asks for a new password. */
export const FRESH_PASSWORD = "a long sentence for tests 42";
