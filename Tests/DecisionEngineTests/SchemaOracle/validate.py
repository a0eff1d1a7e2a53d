"""Says of each tree whether a JSON Schema accepts it: validate.py SCHEMA TREES VERDICTS

SCHEMA is a file of JSON, TREES one of a tree a line. VERDICTS gets a line for each: a list of the mistakes,
as JSON texts "/place keyword", empty where there is none. The schema itself must be one of draft 2020-12.
"""
import json
import sys

import jsonschema_rs

schema_path, trees_path, verdicts_path = sys.argv[1:]
with open(schema_path, encoding="utf-8") as file:
    schema = json.load(file)
# Raises an error that names the place where the schema breaks the draft's own meta-schema.
jsonschema_rs.meta.validate(schema)
validator = jsonschema_rs.Draft202012Validator(schema)
with open(trees_path, encoding="utf-8") as trees, open(verdicts_path, "w", encoding="utf-8") as verdicts:
    for line in trees:
        mistakes = [
            "/" + "/".join(str(step) for step in error.instance_path) + " " + error.kind.name
            for error in validator.iter_errors(json.loads(line))
        ]
        verdicts.write(json.dumps(mistakes) + "\n")
