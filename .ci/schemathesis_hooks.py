"""What schemathesis needs to be told of this API: how lines of JSON are written."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    values = value if isinstance(value, list) else [value]
    return "\n".join(v if isinstance(v, str) else json.dumps(v, default=str) for v in values).encode(errors="replace")
