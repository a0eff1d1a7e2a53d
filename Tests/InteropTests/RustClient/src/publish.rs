//! What an operator does at a shell: execute, publish, and call by name.

use std::error::Error;
use std::fs::read;

use crate::cases::SERVICE;
use crate::describe;
use crate::json::Json;
use crate::link::Link;
use crate::proto::execution::{Execution, ExecuteTreeRequest, ExecuteTreeResponse};
use crate::proto::tree_service::{
    ActivateTreeRequest, ActivateTreeResponse, GetTreeRequest, GetTreeResponse, PublishTreeRequest,
    PublishTreeResponse, TreeVersion,
};

const TREES: &str = "smartflow.v1.TreeService";

type Lines = Result<Vec<Json>, Box<dyn Error>>;

/// One line for each action.
pub fn execute(link: &Link, tree: &str, context: &str) -> Lines {
    let mut request = ExecuteTreeRequest::new();
    request.set_tree_json(read(tree)?);
    Ok(actions(&run(link, request, context)?))
}

/// Which tree ran, and a line for each action.
pub fn call(link: &Link, id: &str, context: &str) -> Lines {
    let mut request = ExecuteTreeRequest::new();
    request.mut_tree_reference().set_tree_id(id.to_string());
    let execution = run(link, request, context)?;
    let mut lines = vec![Json::object([
        ("id", Json::text(execution.get_tree().get_tree_id())),
        ("version", Json::Number(execution.get_tree().version as f64)),
        ("digest", describe::hexadecimal(&execution.tree_digest)),
    ])];
    lines.extend(actions(&execution));
    Ok(lines)
}

fn actions(execution: &Execution) -> Vec<Json> {
    execution.actions.iter().map(describe::action).collect()
}

fn run(
    link: &Link,
    mut request: ExecuteTreeRequest,
    context: &str,
) -> Result<Execution, Box<dyn Error>> {
    request.set_context_json(read(context)?);
    request.set_player_id("p-1001".to_string());
    let mut answer: ExecuteTreeResponse = link.call(SERVICE, "ExecuteTree", &request)?;
    answer.execution.take().ok_or_else(|| "the answer holds no execution".into())
}

/// Gives a tree a name over the admin socket, activates it, and says what it is.
pub fn publish(link: &Link, id: &str, tree: &str) -> Lines {
    let mut request = PublishTreeRequest::new();
    request.set_tree_id(id.to_string());
    request.set_tree_json(read(tree)?);
    request.mut_labels().insert("by".to_string(), "rust".to_string());
    let published: PublishTreeResponse = link.call(TREES, "PublishTree", &request)?;
    let mut request = ActivateTreeRequest::new();
    request.set_tree_id(id.to_string());
    request.set_version(published.get_version().version);
    let activated: ActivateTreeResponse = link.call(TREES, "ActivateTree", &request)?;
    let mut request = GetTreeRequest::new();
    request.set_tree_id(id.to_string());
    let got: GetTreeResponse = link.call(TREES, "GetTree", &request)?;
    Ok(vec![describe_version(&published, &activated, got.get_version())])
}

fn describe_version(
    published: &PublishTreeResponse,
    activated: &ActivateTreeResponse,
    got: &TreeVersion,
) -> Json {
    let labels = got.labels.iter().map(|(key, value)| (key.clone(), Json::text(value)));
    Json::object([
        ("id", Json::text(activated.get_version().get_tree_id())),
        ("version", Json::Number(activated.get_version().version as f64)),
        ("created", Json::Logical(published.created)),
        ("active", Json::Logical(activated.get_version().active)),
        ("previous", Json::Number(activated.previous_version as f64)),
        ("digest", describe::hexadecimal(&got.tree_digest)),
        ("labels", Json::Object(labels.collect())),
        ("tree", Json::text(String::from_utf8_lossy(&got.tree_json))),
    ])
}
