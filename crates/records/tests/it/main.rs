//! The engine through its door, on both databases, with three small objects of its own.

mod formulas;
mod rights;
mod single;
mod world;
