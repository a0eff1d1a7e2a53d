//! How fast this client calls: some callers, each on a thread and all on one connection, for a while.

use std::thread;
use std::time::{Duration, Instant};

use crate::cases::SERVICE;
use crate::json::Json;
use crate::link::{other, Link};
use crate::proto::execution::ExecuteTreeResponse;
use crate::requests::optionally;

pub fn load(socket: &str, in_flight: usize, seconds: f64) -> ttrpc::Result<Json> {
    let link = Link::dial(socket).map_err(other)?;
    calls(&link, in_flight, Duration::from_millis(200))?; // To warm up.
    let began = Instant::now();
    let mut times = calls(&link, in_flight, Duration::from_secs_f64(seconds))?;
    let elapsed = began.elapsed().as_secs_f64();
    times.sort_unstable();
    let rank = |share: usize| match times.get(times.len() * share / 100) {
        Some(time) => Ok(time.as_nanos() as f64 / 1000.0),
        None => Err(other("no call was answered")),
    };
    Ok(Json::object([
        ("calls_per_second", Json::Number(times.len() as f64 / elapsed)),
        ("p50_us", Json::Number(rank(50)?)),
        ("p99_us", Json::Number(rank(99)?)),
    ]))
}

fn calls(link: &Link, in_flight: usize, time: Duration) -> ttrpc::Result<Vec<Duration>> {
    let until = Instant::now() + time;
    let callers: Vec<_> = (0..in_flight)
        .map(|_| {
            let link = link.clone();
            thread::spawn(move || caller(&link, until))
        })
        .collect();
    let mut times = Vec::new();
    for one in callers {
        times.extend(one.join().map_err(|_| other("a caller has panicked"))??);
    }
    Ok(times)
}

fn caller(link: &Link, until: Instant) -> ttrpc::Result<Vec<Duration>> {
    let mut times = Vec::new();
    loop {
        let began = Instant::now();
        if began >= until {
            return Ok(times);
        }
        let request = optionally(|options| options.set_dry_run(true));
        link.call::<ExecuteTreeResponse>(SERVICE, "ExecuteTree", &request)?;
        times.push(began.elapsed());
    }
}
