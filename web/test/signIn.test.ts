import { describe, expect, it } from "vitest";
import { outcomeOf } from "~/areas/auth/Providers";

describe("the address of the sign-in screen", () => {
  it("says how a sign-in by a provider ended, and goes on without it", () => {
    expect(outcomeOf("https://crm.example.org/?sign_in=refused")).toEqual({ outcome: "refused", rest: "/" });
    expect(outcomeOf("https://crm.example.org/opportunities?view=1&sign_in=stale#a")).toEqual({ outcome: "stale", rest: "/opportunities?view=1#a" });
  });
  it("is left alone otherwise, and words of others are not shown", () => {
    expect(outcomeOf("https://crm.example.org/accounts?q=x")).toEqual({ outcome: null, rest: "/accounts?q=x" });
    expect(outcomeOf("https://crm.example.org/?sign_in=<b>call us</b>").outcome).toBeNull();
  });
});
