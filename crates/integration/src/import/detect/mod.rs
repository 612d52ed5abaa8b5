//! What the values of a column mean. One value may be read in several ways (`03/04/2024`, `1.234`); the whole column decides.

mod booleans;
mod column;
mod currencies;
mod dates;
mod decide;
mod empties;
mod guess;
mod months;
mod numbers;
mod zones;

pub use booleans::boolean;
pub use column::{ColumnProfile, Profiler};
pub use dates::{DateOrder, DateReading, Form, excel_serial, read_date};
pub use decide::{Choice, Decision, Locale, PercentScale, Question, QuestionKind, Style, decide};
pub use empties::is_empty_marker;
pub use guess::guess;
pub(crate) use guess::looks_like_email;
pub use numbers::{CurrencyMark, DecimalMark, Evidence, NumberReading, read_number};
pub use zones::Zone;
