//! Record linkage on invented and on real rows.

mod invented;
mod measure;
mod published;
mod real;
