  truncate analytics.session_place, analytics.pending_session,
    {{session_rollups}};
