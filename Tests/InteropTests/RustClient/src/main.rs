//! A client of SmartFlow Core that holds not one line of it: messages made from proto/ by protobuf's
//! generator in Rust, and the ttRPC client of containerd/ttrpc-rust.
//!
//!   client SOCKET execute TREE.json CONTEXT.json   one line for each action
//!   client ADMIN-SOCKET publish ID TREE.json                     publishes and activates a tree, and says what it is
//!   client SOCKET call ID CONTEXT.json                           runs a published tree: which it was, and its actions
//!   client SOCKET load IN-FLIGHT SECONDS                         calls for a while, and how fast they were
//!   client SOCKET suite                                          one line for each case of cases.rs
//!
//! Lines are JSON. Exit code 0 when every call was answered, whatever the answer.

use std::{env, error::Error, process::ExitCode};

mod cases;
mod describe;
mod json;
mod link;
mod load;
mod many;
mod publish;
mod requests;

/// The messages; generated code is not held to this program's lints.
#[allow(warnings)]
mod proto {
    include!(concat!(env!("OUT_DIR"), "/mod.rs"));
}

use link::Link;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(lines) => {
            for line in lines {
                println!("{line}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<Vec<json::Json>, Box<dyn Error>> {
    match *arguments {
        [socket, "execute", tree, context] => publish::execute(&Link::dial(socket)?, tree, context),
        [socket, "publish", id, tree] => publish::publish(&Link::dial(socket)?, id, tree),
        [socket, "call", id, context] => publish::call(&Link::dial(socket)?, id, context),
        [socket, "load", in_flight, seconds] => {
            Ok(vec![load::load(socket, in_flight.parse()?, seconds.parse()?)?])
        }
        [socket, "suite"] => Ok(cases::suite(socket)?),
        _ => Err("usage: client SOCKET execute TREE.json CONTEXT.json | client ADMIN-SOCKET publish \
                  ID TREE.json | client SOCKET call ID CONTEXT.json | client SOCKET load IN-FLIGHT SECONDS | client SOCKET suite"
            .into()),
    }
}
