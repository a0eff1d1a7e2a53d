//! The same calls, right and wrong, that cases.go makes.

use protobuf::well_known_types::Empty;

use crate::describe;
use crate::json::Json;
use crate::link::{other, Link};
use crate::many::many;
use crate::proto::execution::{
    BatchItem, BatchResult_oneof_result, ExecuteBatchRequest, ExecuteBatchResponse,
    ExecuteTreeRequest, ExecuteTreeResponse, ValidateTreeRequest, ValidateTreeResponse,
};
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};
use crate::requests::{
    deciding, execute, optionally, sending, with_node, with_struct, MARIA, SEVEN,
};

pub const SERVICE: &str = "smartflow.v1.ExecutionService";
const HEALTH: &str = "grpc.health.v1.Health";
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// More than one frame may hold.
const TOO_LARGE: usize = (4 << 20) + 1;

/// Makes one call, or many, and gives what came back.
type Case = Box<dyn Fn(&Link) -> ttrpc::Result<Json>>;

fn executing(request: ExecuteTreeRequest) -> Case {
    Box::new(move |link| {
        let answer: ExecuteTreeResponse = link.call(SERVICE, "ExecuteTree", &request)?;
        answer.execution.as_ref().map(describe::execution).ok_or_else(|| other("no execution"))
    })
}

fn checking_health(service: &'static str) -> Case {
    Box::new(move |link| {
        let mut request = HealthCheckRequest::new();
        request.set_service(service.to_string());
        let answer: HealthCheckResponse = link.call(HEALTH, "Check", &request)?;
        Ok(Json::Text(format!("{:?}", answer.status)))
    })
}

fn calling(service: &'static str, method: &'static str) -> Case {
    Box::new(move |link| {
        let _: Empty = link.call(service, method, &Empty::new())?;
        Ok(Json::Null)
    })
}

fn validating(tree: String) -> Case {
    Box::new(move |link| {
        let mut request = ValidateTreeRequest::new();
        request.set_tree_json(tree.clone().into_bytes());
        let answer: ValidateTreeResponse = link.call(SERVICE, "ValidateTree", &request)?;
        let diagnostics = answer.diagnostics.iter().map(|one| {
            Json::Text(format!("{:?} {} {}", one.severity, one.code, one.path))
        });
        Ok(Json::object([
            ("valid", Json::Logical(answer.valid)),
            ("diagnostics", Json::List(diagnostics.collect())),
            ("canonical", Json::text(String::from_utf8_lossy(&answer.canonical_json))),
            ("properties", Json::List(answer.context_properties.iter().map(Json::text).collect())),
        ]))
    })
}

fn batch(link: &Link) -> ttrpc::Result<Json> {
    let mut request = ExecuteBatchRequest::new();
    request.set_tree_json(MARIA.as_bytes().to_vec());
    for context in [r#"{"daysInactive": 9}"#, r#"{"daysInactive": 1}"#, "{}", "["] {
        let mut item = BatchItem::new();
        item.set_context_json(context.as_bytes().to_vec());
        item.set_player_id("p-1001".to_string());
        request.mut_items().push(item);
    }
    let answer: ExecuteBatchResponse = link.call(SERVICE, "ExecuteBatch", &request)?;
    let results = answer.results.iter().map(|one| match &one.result {
        Some(BatchResult_oneof_result::execution(execution)) => describe::execution(execution),
        Some(BatchResult_oneof_result::error(status)) => {
            Json::object([("code", Json::Number(f64::from(status.code)))])
        }
        None => Json::Null,
    });
    Ok(Json::List(results.collect()))
}

fn cases() -> Vec<(&'static str, Case)> {
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(40), "]".repeat(40));
    vec![
        ("tree and context as JSON, true", executing(execute(MARIA, SEVEN))),
        ("tree and context as JSON, false", executing(execute(MARIA, r#"{"daysInactive": 5}"#))),
        ("context as Struct", executing(with_struct())),
        ("tree as messages", executing(with_node())),
        ("dry run with trace", executing(optionally(|options| {
            options.set_dry_run(true);
            options.set_trace(true);
        }))),
        ("templates render", executing(execute(
            &sending(r#"{"phone": "{{phone}}", "message": "Grüße {{name}}, {{text(bonus)}} free spins 🎰"}"#),
            r#"{"phone": "+35621234567", "name": "Maria", "bonus": 5}"#,
        ))),
        ("batch", Box::new(batch)),
        ("sound tree", validating(MARIA.to_string())),
        ("unsound tree", validating(deciding("daysInactive >"))),
        ("health of the server", checking_health("")),
        ("health of the service", checking_health(SERVICE)),
        ("trace context", Box::new(|link| executing(execute(MARIA, SEVEN))(&link.with_traceparent(TRACEPARENT)))),

        ("tree is no JSON", executing(execute(r#"{"type": "Condition""#, "{}"))),
        ("tree with a key twice", executing(execute(r#"{"type": "SendSMS", "type": "SendSMS"}"#, "{}"))),
        ("no tree", executing(ExecuteTreeRequest::new())),
        ("unknown node type", executing(execute(r#"{"type": "SendSMSS", "parameters": {}}"#, "{}"))),
        ("unknown field", executing(execute(
            r#"{"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "x"}, "trueActoin": {}}"#, "{}",
        ))),
        ("action against its schema", executing(execute(&sending(r#"{"phone": "12", "message": "x"}"#), "{}"))),
        ("expression does not compile", executing(execute(&deciding("daysInactive >"), "{}"))),
        ("unknown function", executing(execute(&deciding("florr(3) > 1"), "{}"))),
        ("unknown property", executing(execute(&deciding("daysInactiv > 5"), SEVEN))),
        ("property of the wrong type", executing(execute(&deciding("daysInactive > 5"), r#"{"daysInactive": "7"}"#))),
        ("context is no JSON", executing(execute(MARIA, r#"{"daysInactive": "#))),
        ("context is no object", executing(execute(MARIA, "[]"))),
        ("context nested too deep", executing(execute(MARIA, &deep))),
        ("idempotency key too long", executing(optionally(|options| options.set_idempotency_key("k".repeat(300))))),
        ("locale", executing(optionally(|options| options.set_locale("mt".to_string())))),
        ("now without dry run", executing(optionally(|options| options.mut_now().set_seconds(1)))),
        ("unknown service", calling("smartflow.v9.ExecutionService", "ExecuteTree")),
        ("unknown method", calling(SERVICE, "ExecuteForest")),
        ("method of the admin socket", calling("smartflow.v1.AdminService", "GetServerInfo")),
        ("streaming health", calling(HEALTH, "Watch")),
        ("health of an unknown service", checking_health("smartflow.v1.Nothing")),
        ("negative timeout", Box::new(|link| executing(execute(MARIA, SEVEN))(&link.with_timeout(-1)))),
        ("message too large", executing(execute(&" ".repeat(TOO_LARGE), "{}"))),
        ("after all that", executing(execute(MARIA, SEVEN))),
    ]
}

/// One line for each case, all over one connection, but many at once, which takes several.
pub fn suite(socket: &str) -> std::io::Result<Vec<Json>> {
    let link = Link::dial(socket)?;
    let mut lines = vec![describe::outcome("many calls at once", many(socket))];
    lines.extend(cases().iter().map(|(name, case)| describe::outcome(name, case(&link))));
    Ok(lines)
}
