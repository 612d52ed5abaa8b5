//! operational
