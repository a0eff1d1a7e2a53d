//! A connection: ttrpc's client, given a descriptor that is connected already.

use std::os::unix::io::IntoRawFd;
use std::os::unix::net::UnixStream;

use protobuf::Message;

/// Far longer than a call takes; it only keeps a hanging server from hanging the test.
const TIMEOUT_NANO: i64 = 20_000_000_000;

/// One connection, and what every call on it says of itself.
#[derive(Clone)]
pub struct Link {
    client: ttrpc::Client,
    /// Sent as it stands.
    timeout_nano: i64,
    traceparent: Option<String>,
}

impl Link {
    /// Dials the daemon: the library's own `connect` takes every path for an abstract name.
    pub fn dial(socket: &str) -> std::io::Result<Link> {
        let stream = UnixStream::connect(socket)?;
        let client = ttrpc::Client::new(stream.into_raw_fd());
        Ok(Link { client, timeout_nano: TIMEOUT_NANO, traceparent: None })
    }

    /// The same connection, with a timeout of a call's own.
    pub fn with_timeout(&self, timeout_nano: i64) -> Link {
        Link { timeout_nano, ..self.clone() }
    }

    /// The same connection, with the W3C trace context of whoever caused the calls.
    pub fn with_traceparent(&self, traceparent: &str) -> Link {
        Link { traceparent: Some(traceparent.to_string()), ..self.clone() }
    }

    /// Makes a call and waits for its answer.
    pub fn call<Response: Message>(
        &self,
        service: &str,
        method: &str,
        message: &impl Message,
    ) -> ttrpc::Result<Response> {
        let mut request = ttrpc::Request::new();
        request.set_service(service.to_string());
        request.set_method(method.to_string());
        request.set_timeout_nano(self.timeout_nano);
        request.set_payload(message.write_to_bytes().map_err(other)?);
        if let Some(traceparent) = &self.traceparent {
            let mut pair = ttrpc::ttrpc::KeyValue::new();
            pair.set_key("traceparent".to_string());
            pair.set_value(traceparent.clone());
            request.mut_metadata().push(pair);
        }
        let answer = self.client.request(request)?;
        Response::parse_from_bytes(answer.get_payload()).map_err(other)
    }
}

/// Something that is no status.
pub fn other(error: impl ToString) -> ttrpc::Error {
    ttrpc::Error::Others(error.to_string())
}
