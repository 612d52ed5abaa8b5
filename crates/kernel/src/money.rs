use crate::Decimal;
use std::{fmt, str::FromStr};

/// A currency of ISO 4217, by its three letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The active currencies of ISO 4217 (2024) whose minor unit is a hundredth.
const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";
const TEN_THOUSANDTHS: &str = "CLF UYW";

impl Currency {
    pub const EUR: Currency = Currency(*b"EUR");
    pub const USD: Currency = Currency(*b"USD");
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
    /// Digits after the point (ISO 4217 minor units): 0, 2, 3 or 4.
    pub fn digits(self) -> u8 {
        let listed = |list: &str| list.split(' ').any(|code| code == self.as_str());
        match self.as_str() {
            "EUR" | "USD" | "GBP" | "CHF" => 2,
            _ if listed(WHOLE) => 0,
            _ if listed(THOUSANDTHS) => 3,
            _ if listed(TEN_THOUSANDTHS) => 4,
            _ => 2,
        }
    }
}
impl FromStr for Currency {
    type Err = ();
    /// Upper-case codes of ISO 4217 only.
    fn from_str(s: &str) -> Result<Self, ()> {
        let code: [u8; 3] = s.as_bytes().try_into().map_err(|_| ())?;
        let known = [HUNDREDTHS, WHOLE, THOUSANDTHS, TEN_THOUSANDTHS].iter().any(|list| list.split(' ').any(|c| c == s));
        if known { Ok(Currency(code)) } else { Err(()) }
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An exact amount in minor units of its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}
impl Money {
    pub fn parse(amount: &str, currency: Currency) -> Option<Money> {
        Some(Money { minor: Decimal::parse(amount, currency.digits())?.units, currency })
    }
    /// `12.50`, always with the currency's digits.
    pub fn amount(self) -> String {
        Decimal { units: self.minor, scale: self.currency.digits() }.fixed()
    }
    /// The amount in another currency at `rate` (units of `to` per unit of this one, six digits after the point).
    pub fn convert(self, to: Currency, rate: Decimal) -> Option<Money> {
        let rate_scale = 10i64.checked_pow(u32::from(rate.scale))?;
        let (from_digits, to_digits) = (self.currency.digits(), to.digits());
        let up = 10i64.checked_pow(u32::from(to_digits.saturating_sub(from_digits)))?;
        let down = 10i64.checked_pow(u32::from(from_digits.saturating_sub(to_digits)))?;
        let minor = Decimal::mul_div(self.minor, rate.units.checked_mul(up)?, rate_scale.checked_mul(down)?)?;
        Some(Money { minor, currency: to })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_iso_4217() {
        for (code, digits) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ISK", 0)] {
            assert_eq!(code.parse::<Currency>().map(Currency::digits), Ok(digits));
        }
        assert!("eur".parse::<Currency>().is_err() && "ZZZ".parse::<Currency>().is_err());
    }
    #[test]
    fn amounts_keep_their_digits() {
        assert_eq!(Money::parse("12.5", Currency::EUR).map(Money::amount).as_deref(), Some("12.50"));
        assert_eq!(Money::parse("12.345", Currency::EUR), None);
    }
    #[test]
    fn converts_between_different_digits() {
        let yen = "JPY".parse().unwrap();
        let rate = Decimal::parse("160.5", 6).unwrap();
        assert_eq!(Money { minor: 1050, currency: Currency::EUR }.convert(yen, rate).map(|m| m.minor), Some(1685));
    }
}
