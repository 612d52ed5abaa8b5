import { formatMoney, isMoney, type Money } from "./format";

/** Adds decimal texts without floats: money is exact. */
export function addDecimals(values: string[]): string {
  const scale = Math.max(0, ...values.map((value) => value.split(".")[1]?.length ?? 0));
  return fromUnits(values.reduce((total, value) => total + toUnits(value, scale), 0n), scale);
}

function toUnits(value: string, scale: number): bigint {
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const units = BigInt(whole + fraction.padEnd(scale, "0").slice(0, scale));
  return value.startsWith("-") ? -units : units;
}

function fromUnits(sum: bigint, scale: number): string {
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return sum < 0n ? `-${text}` : text;
}

/** An amount times percentages of it: exact, rounded once to the digits of the currency (MODEL 5). */
export function weightedSum(parts: { amount: string; percent: string }[], digits = 2): string {
  const units = parts.reduce((sum, part) => sum + toUnits(part.amount, 6) * toUnits(part.percent, 6), 0n); // scale 12, and percent is a hundredth
  const divisor = 10n ** BigInt(12 + 2 - digits);
  const half = divisor / 2n;
  const rounded = units < 0n ? -((-units + half) / divisor) : (units + half) / divisor;
  return fromUnits(rounded, digits);
}

/** Digits after the point of a currency, as Intl knows them. */
export function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // a code Intl does not know
  }
}

/** The sum of nothing has no amount. */
export function known(sum: unknown): Money | null {
  return isMoney(sum) && typeof sum.amount === "string" ? sum : null;
}

/** A sum in whole units: more digits only make it look more certain. */
export function whole(money: Money | null): string {
  return money ? formatMoney({ ...money, amount: weightedSum([{ amount: money.amount, percent: "100" }], 0) }) : "";
}
