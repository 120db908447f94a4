"""What programs read about the API: `/api/v1/openapi.json`."""

from typing import Any

from apiflask import APIFlask

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string", "description": "for programs; stays as it is"},
                "message": {"type": "string", "description": "for people, in their language"},
                "fields": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}


def init_description(app: APIFlask) -> None:
    """Describe what holds for every address of the API: the token, and the shape of errors."""
    app.config["SECURITY_SCHEMES"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    app.config["HTTP_ERROR_SCHEMA"] = app.config["VALIDATION_ERROR_SCHEMA"] = _ERROR

    @app.spec_processor
    def finish(spec: Any) -> Any:
        spec["security"] = [{"bearer": []}]
        spec["paths"] = {
            path: operations
            for path, operations in spec["paths"].items()
            if path.startswith("/api/")
        }
        return spec
