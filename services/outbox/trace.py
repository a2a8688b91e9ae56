"""The trace that an event belongs to, where the main application traces at all."""

import sys


def current_traceparent() -> str | None:
    """W3C trace context of the active OpenTelemetry span, None without one.

    Looks only at what is already imported: an application without OpenTelemetry has no span, and pays nothing.
    """
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
