//! A thousand calls at once, each of which must get its own answer.

use std::sync::{Arc, Barrier};
use std::thread;

use crate::cases::SERVICE;
use crate::json::Json;
use crate::link::{other, Link};
use crate::proto::execution::ExecuteTreeResponse;
use crate::requests::{execute, sending};

/// A connection may have 256 calls in flight, and the library does not hold further ones back.
const CONNECTIONS: usize = 4;
const CALLS: usize = 250;
/// Little is done on each of the threads.
const STACK_BYTES: usize = 256 << 10;

pub fn many(socket: &str) -> ttrpc::Result<Json> {
    let start = Arc::new(Barrier::new(CONNECTIONS * CALLS));
    let mut callers = Vec::new();
    for connection in 0..CONNECTIONS {
        let link = Link::dial(socket).map_err(other)?;
        for call in 0..CALLS {
            let (link, start) = (link.clone(), start.clone());
            let caller = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
                start.wait();
                ask(&link, &format!("player {}", connection * CALLS + call))
            });
            callers.push(caller.map_err(other)?);
        }
    }
    let count = callers.len();
    for caller in callers {
        caller.join().map_err(|_| other("a caller has panicked"))??;
    }
    Ok(Json::Number(count as f64))
}

fn ask(link: &Link, name: &str) -> ttrpc::Result<()> {
    let tree = sending(r#"{"phone": "+1234567890", "message": "{{name}}"}"#);
    let request = execute(&tree, &format!(r#"{{"name": "{name}"}}"#));
    let answer: ExecuteTreeResponse = link.call(SERVICE, "ExecuteTree", &request)?;
    let actions = &answer.get_execution().actions;
    let message = actions.first().and_then(|one| one.get_parameters().fields.get("message"));
    match message {
        Some(message) if actions.len() == 1 && message.get_string_value() == name => Ok(()),
        _ => Err(other(format!("asked for {name}, got {actions:?}"))),
    }
}
