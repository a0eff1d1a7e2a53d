//! The requests that cases are made of.

use protobuf::well_known_types::{Struct, Value};

use crate::proto::execution::{ExecuteTreeRequest, ExecutionOptions};
use crate::proto::tree::Node;

/// The format's origin, as it stands in the documentation.
pub const MARIA: &str = r#"{
  "type": "Condition",
  "parameters": { "expression": "daysInactive > 5" },
  "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
  "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
}"#;

pub const SEVEN: &str = r#"{"daysInactive": 7}"#;

pub fn execute(tree: &str, context: &str) -> ExecuteTreeRequest {
    let mut request = ExecuteTreeRequest::new();
    request.set_tree_json(tree.as_bytes().to_vec());
    request.set_context_json(context.as_bytes().to_vec());
    request.set_player_id("p-1001".to_string());
    request
}

/// Maria's tree, with options that `set` sets.
pub fn optionally(set: impl Fn(&mut ExecutionOptions)) -> ExecuteTreeRequest {
    let mut request = execute(MARIA, SEVEN);
    set(request.mut_options());
    request
}

pub fn seven() -> Struct {
    let mut value = Value::new();
    value.set_number_value(7.0);
    let mut context = Struct::new();
    context.mut_fields().insert("daysInactive".to_string(), value);
    context
}

pub fn with_struct() -> ExecuteTreeRequest {
    let mut request = execute(MARIA, "");
    request.set_context_struct(seven());
    request
}

/// Maria's tree as messages.
pub fn with_node() -> ExecuteTreeRequest {
    let mut tree = node("Condition", &[("expression", "daysInactive > 5")]);
    tree.set_true_action(node("SendSMS", &[("phone", "+1234567890"), ("message", "We miss you!")]));
    tree.set_false_action(node(
        "SendEmail",
        &[
            ("from", "promo@game.com"),
            ("to", "maria@example.com"),
            ("subject", "New offers await!"),
        ],
    ));
    let mut request = with_struct();
    request.set_tree_node(tree);
    request
}

fn node(name: &str, texts: &[(&str, &str)]) -> Node {
    let mut node = Node::new();
    node.set_field_type(name.to_string());
    for (key, text) in texts {
        let mut value = Value::new();
        value.set_string_value(text.to_string());
        node.mut_parameters().mut_fields().insert(key.to_string(), value);
    }
    node
}

pub fn sending(parameters: &str) -> String {
    format!(r#"{{"type": "SendSMS", "parameters": {parameters}}}"#)
}

/// A tree of one condition; the expression holds nothing that JSON escapes.
pub fn deciding(expression: &str) -> String {
    format!(
        r#"{{"type": "Condition", "parameters": {{"expression": "{expression}"}}, "trueAction": {}}}"#,
        sending(r#"{"phone": "+1234567890", "message": "x"}"#)
    )
}
