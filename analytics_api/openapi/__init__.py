"""The OpenAPI document, made from the same tables and types that the service runs on."""
