//! `rapport`: the one program. See `cli` for what can be typed, `serve` for the server.

mod app;
mod auth;
mod backups;
mod check;
mod cli;
mod commands;
mod compose;
mod config;
mod data;
mod demo;
mod egress;
mod heads;
mod http;
mod inside;
mod people;
mod ports;
mod scim;
mod serve;
mod transfer;
mod workspaces;

fn main() -> std::process::ExitCode {
    cli::run::main()
}
