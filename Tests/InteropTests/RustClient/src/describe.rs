//! What came back, as the lines that every foreign client writes.

use protobuf::well_known_types::{Struct, Value, Value_oneof_kind};
use protobuf::Message;

use crate::json::Json;
use crate::proto::error_details::{BadRequest, ErrorInfo, ResourceInfo, RetryInfo};
use crate::proto::execution::{ActionResult, Execution};

/// The code of a call that ended without a status: a lost connection, or an answer that is not right.
const NO_STATUS: f64 = -1.0;

/// Makes a line of a call's result.
pub fn outcome(name: &str, result: ttrpc::Result<Json>) -> Json {
    match result {
        Ok(answer) => Json::object([
            ("case", Json::text(name)),
            ("code", Json::Number(0.0)),
            ("answer", answer),
        ]),
        Err(ttrpc::Error::RpcStatus(status)) => {
            let details: Result<Vec<Json>, _> =
                status.get_details().iter().map(|one| detail(&one.type_url, &one.value)).collect();
            match details {
                Ok(details) => Json::object([
                    ("case", Json::text(name)),
                    ("code", Json::Number(status.get_code() as i32 as f64)),
                    ("message", Json::text(status.get_message())),
                    ("details", Json::List(details)),
                ]),
                Err(error) => without_status(name, &format!("a detail does not decode: {error}")),
            }
        }
        Err(error) => without_status(name, &error.to_string()),
    }
}

fn without_status(name: &str, message: &str) -> Json {
    Json::object([
        ("case", Json::text(name)),
        ("code", Json::Number(NO_STATUS)),
        ("message", Json::text(message)),
    ])
}

fn detail(type_url: &str, bytes: &[u8]) -> protobuf::ProtobufResult<Json> {
    let name = type_url.rsplit('/').next().unwrap_or_default();
    let value = match name {
        "google.rpc.ErrorInfo" => {
            let info = ErrorInfo::parse_from_bytes(bytes)?;
            let metadata = info.metadata.iter().map(|(key, value)| (key.clone(), Json::text(value)));
            Json::object([
                ("reason", Json::text(&info.reason)),
                ("domain", Json::text(&info.domain)),
                ("metadata", Json::Object(metadata.collect())),
            ])
        }
        "google.rpc.BadRequest" => {
            let request = BadRequest::parse_from_bytes(bytes)?;
            let violations = request.field_violations.iter().map(|one| {
                Json::object([
                    ("field", Json::text(&one.field)),
                    ("description", Json::text(&one.description)),
                ])
            });
            Json::object([("field_violations", Json::List(violations.collect()))])
        }
        "google.rpc.ResourceInfo" => {
            let info = ResourceInfo::parse_from_bytes(bytes)?;
            Json::object([
                ("resource_type", Json::text(&info.resource_type)),
                ("resource_name", Json::text(&info.resource_name)),
            ])
        }
        "google.rpc.RetryInfo" => {
            let delay = RetryInfo::parse_from_bytes(bytes)?.take_retry_delay();
            let seconds = delay.seconds as f64 + f64::from(delay.nanos) / 1e9;
            Json::object([("retry_delay", Json::Number(seconds))])
        }
        _ => Json::object([]),
    };
    Ok(Json::object([("type", Json::text(name)), ("value", value)]))
}

pub fn execution(message: &Execution) -> Json {
    let trace = message.trace.iter().map(|step| {
        Json::object([
            ("path", Json::text(&step.path)),
            ("expression", Json::text(&step.expression)),
            ("result", Json::text(&step.result)),
        ])
    });
    Json::object([
        ("id", Json::text(&message.execution_id)),
        ("status", Json::Text(format!("{:?}", message.status))),
        ("digest", hexadecimal(&message.tree_digest)),
        ("actions", Json::List(message.actions.iter().map(action).collect())),
        ("trace", Json::List(trace.collect())),
    ])
}

pub fn action(message: &ActionResult) -> Json {
    Json::object([
        ("type", Json::text(&message.field_type)),
        ("path", Json::text(&message.path)),
        ("status", Json::Text(format!("{:?}", message.status))),
        ("id", Json::text(&message.action_id)),
        ("parameters", message.parameters.as_ref().map_or(Json::Null, object)),
    ])
}

pub fn hexadecimal(bytes: &[u8]) -> Json {
    Json::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn object(message: &Struct) -> Json {
    Json::Object(message.fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
}

fn plain(value: &Value) -> Json {
    match &value.kind {
        Some(Value_oneof_kind::number_value(value)) => Json::Number(*value),
        Some(Value_oneof_kind::string_value(value)) => Json::text(value),
        Some(Value_oneof_kind::bool_value(value)) => Json::Logical(*value),
        Some(Value_oneof_kind::struct_value(value)) => object(value),
        Some(Value_oneof_kind::list_value(list)) => {
            Json::List(list.values.iter().map(plain).collect())
        }
        Some(Value_oneof_kind::null_value(_)) | None => Json::Null,
    }
}
