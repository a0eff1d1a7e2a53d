//! Makes the messages from proto/, by protobuf's own generator in Rust.

use std::{env, path::Path};

use protobuf_codegen_pure::{Codegen, Customize};

const INPUTS: [&str; 6] = [
    "google/rpc/status.proto",
    "google/rpc/error_details.proto",
    "grpc/health/v1/health.proto",
    "smartflow/v1/tree.proto",
    "smartflow/v1/execution.proto",
    "smartflow/v1/tree_service.proto",
];

fn main() {
    let proto = env::var("SMARTFLOW_PROTO").expect("SMARTFLOW_PROTO names the folder proto/");
    let proto = Path::new(&proto);
    println!("cargo:rerun-if-env-changed=SMARTFLOW_PROTO");
    for input in INPUTS {
        println!("cargo:rerun-if-changed={}", proto.join(input).display());
    }
    Codegen::new()
        .customize(Customize { gen_mod_rs: Some(true), ..Default::default() })
        .out_dir(env::var("OUT_DIR").expect("cargo sets OUT_DIR"))
        .inputs(INPUTS.iter().map(|input| proto.join(input)))
        .include(proto)
        .run()
        .expect("the messages can't be generated");
}
